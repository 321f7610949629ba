"""A real Kannel, bearerbox and smsbox, on free ports of the loopback, with the configuration in deploy/kannel."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.kannel.smsc import soon

DEPLOY = Path(__file__).parents[2] / "deploy" / "kannel"
SECRET, STATUS_PASSWORD = "a-callback-secret-for-tests", "a-status-password-for-tests"
USER, PASSWORD = "doorstep", "a-sendsms-password-for-tests"
NO_KANNEL = "This test needs a real Kannel: install it (on Debian: apt-get install kannel)."


@dataclass
class Kannel:
    """`serves` is the port of the Doorstep that it calls, `carrier` that of its carrier, `way` the file that says how
    to get there. With `quick` it tries again after a second. What it keeps lies in `folder` and outlives it."""

    folder: Path
    serves: int
    carrier: int = 0
    way: str = "smpp"
    quick: bool = True
    admin: int = 0
    sendsms: int = 0
    processes: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not Path("/usr/sbin/bearerbox").exists():
            pytest.fail(NO_KANNEL, pytrace=False)
        self.admin, boxes, self.sendsms = free_ports(3)
        for name in ("store", "dlr", "log"):
            (self.folder / name).mkdir(parents=True)
        values = {"ADMIN_PASSWORD": "an-admin-password-for-tests", "STATUS_PASSWORD": STATUS_PASSWORD,
                  "SENDSMS_PASSWORD": PASSWORD, "CALLBACK_TOKEN": SECRET, "CARRIER_CONF": str(self._carrier_conf),
                  "SMPP_HOST": "127.0.0.1", "SMPP_PORT": str(self.carrier), "SMPP_USER": "station",
                  "SMPP_PASSWORD": "secret", "MODEM_DEVICE": str(self.folder / "no-modem"), "SIM_NUMBER": "14200000000"}
        ports = {"13000": str(self.admin), "13001": str(boxes), "13013": str(self.sendsms),
                 "127.0.0.1:8000": f"127.0.0.1:{self.serves}", "/var/spool/kannel": str(self.folder),
                 "/var/log/kannel": str(self.folder / "log")}
        pauses = {"sms-resend-freq = 60": "sms-resend-freq = 1", "http-queue-delay = 10": "http-queue-delay = 1",
                  "reconnect-delay = 10": "reconnect-delay = 1", "throughput = 10": "throughput = 0"}
        self._conf.write_text(_filled(DEPLOY / "kannel.conf", values, {**ports, **(pauses if self.quick else {})}))
        self._carrier_conf.write_text(_filled(DEPLOY / f"{self.way}.conf", values, pauses if self.quick else {}))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.sendsms}/cgi-bin/sendsms"

    @property
    def status_url(self) -> str:
        return f"http://127.0.0.1:{self.admin}/status.xml"

    @property
    def said(self) -> str:
        """Everything that its processes wrote so far, on their screens and into their logs."""
        return "".join(path.read_text("utf-8", "replace") for path in sorted((self.folder / "log").iterdir()))

    @property
    def environ(self) -> Mapping[str, str]:
        """What a Doorstep is told of it."""
        return {"SMS_GATEWAY": "kannel", "KANNEL_URL": self.url, "KANNEL_USERNAME": USER, "KANNEL_PASSWORD": PASSWORD,
                "KANNEL_STATUS_URL": self.status_url, "KANNEL_STATUS_PASSWORD": STATUS_PASSWORD,
                "KANNEL_FROM": "10690000", "KANNEL_CALLBACK_TOKEN": SECRET,
                "KANNEL_CALLBACK_URL": f"http://127.0.0.1:{self.serves}"}

    async def start(self, *, online: bool = True) -> None:
        """Start both boxes; returns when texts can be handed over and, if it shall be `online`, leave."""
        await self._launch("bearerbox", self.admin)
        await self._launch("smsbox", self.sendsms)
        if online:
            await soon(self._is_online, "Kannel does not reach its carrier")

    async def lose_bearerbox(self) -> None:
        """kill -9 of bearerbox alone, and another one; smsbox notices, waits ten seconds and begins anew by itself."""
        self.processes["bearerbox"].kill()
        self.processes["bearerbox"].wait()
        await self._launch("bearerbox", self.admin)
        await soon(self._is_online, "smsbox does not find the new bearerbox")

    def kill(self) -> None:
        """kill -9 of both boxes, and nothing is left of them when this returns."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # a smsbox that began anew is another process
        for process in self.processes.values():
            process.wait()
        self.processes.clear()

    async def status(self) -> str:
        async with httpx.AsyncClient() as client:
            return (await client.get(self.status_url, params={"password": STATUS_PASSWORD})).text

    async def _is_online(self) -> bool:
        page = await self.status()
        return "<status>online" in page and "<type>smsbox</type>" in page

    async def _launch(self, box: str, port: int) -> None:
        self.processes[box] = self._spawn(box)
        await soon(lambda: _listens(port), f"{box} does not start")

    def _spawn(self, box: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "log" / f"{box}.screen").open("ab") as screen:
            return subprocess.Popen([f"/usr/sbin/{box}", "-v", "4", str(self._conf)], cwd=self.folder, stdout=screen,
                                    stderr=screen, start_new_session=True)

    @property
    def _conf(self) -> Path:
        return self.folder / "kannel.conf"

    @property
    def _carrier_conf(self) -> Path:
        return self.folder / "carrier.conf"


def free_ports(count: int) -> list[int]:
    """So many ports of the loopback on which nobody listens, all different."""
    doors = [socket.socket() for _ in range(count)]
    try:
        for door in doors:
            door.bind(("127.0.0.1", 0))
        return [int(door.getsockname()[1]) for door in doors]
    finally:
        for door in doors:
            door.close()


def _filled(path: Path, values: Mapping[str, str], changes: Mapping[str, str]) -> str:
    """The file as an operator fills it in; the comments still speak of what stood there."""
    text = "\n".join(line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")) + "\n"
    for before, after in changes.items():
        text = text.replace(before, after)
    return re.sub(r"@([A-Z_]+)@", lambda found: values[found[1]], text)


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
