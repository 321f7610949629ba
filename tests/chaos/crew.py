"""The processes of a station in the middle of it all: one that serves the provider's calls, and dispatchers who die."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from tests.chaos.hours import STEP_SECONDS, Hours
from tests.chaos.provider import Provider
from tests.conftest import PLAIN
from tests.kannel.box import free_ports
from tests.patience import PATIENCE_SECONDS
from tests.stories import station as watching

TOKEN = "a-callback-token-for-tests"
ROOT = Path(__file__).parents[2]
PAUSE_SECONDS = 0.03  # between two turns


@dataclass
class Crew:
    """A dispatcher for each of these addresses of the database; the first one serves the calls, too. `deaths` counts
    how often a dispatcher was killed, `ended` how often one gave up by itself. What they all say is kept in a file."""

    folder: Path
    hours: Hours
    provider: Provider
    databases: Sequence[str] = ()
    port: int = field(default_factory=lambda: free_ports(1)[0])
    deaths: int = 0
    ended: int = 0
    serving: "subprocess.Popen[bytes] | None" = None
    dispatchers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def said(self) -> str:
        return (self.folder / "said.txt").read_text()

    @asynccontextmanager
    async def at_work(self, *databases: str) -> AsyncIterator[None]:
        """Meanwhile the clock is turned, and whoever gives up is started again, as a machine's own watch does."""
        self.databases = databases
        self.serving = self.run(databases[0], "serve", "--no-dispatch", "--port", str(self.port))
        self.dispatchers = [self.run(database, "work") for database in databases]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", trust_env=False) as client:
            await watching.until(lambda: _is_ready(client), every=0.1)
        days = asyncio.create_task(self._go_through_days())
        try:
            yield
        finally:
            days.cancel()
            await asyncio.gather(days, return_exceptions=True)

    def lose_one(self, random: Random) -> None:
        """kill -9 of any dispatcher; another one takes its place."""
        place = random.randrange(len(self.dispatchers))
        _kill(self.dispatchers[place])
        self.dispatchers[place] = self.run(self.databases[place], "work")
        self.deaths += 1

    def run(self, database: str, *words: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "said.txt").open("ab") as said:
            return subprocess.Popen(self._call(*words), env=self._environ(database), cwd=self.folder, stdout=said,
                                    stderr=said)

    def call(self, database: str, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(self._call(*words), env=self._environ(database), cwd=self.folder, capture_output=True,
                              text=True, timeout=PATIENCE_SECONDS, check=False)

    async def go_home(self) -> list[int]:
        """The dispatchers are asked to leave; returns how they left."""
        for process in self.dispatchers:
            process.terminate()
        return [await asyncio.to_thread(process.wait, PATIENCE_SECONDS) for process in self.dispatchers]

    def end(self) -> None:
        """Nothing of it is left when this returns."""
        for process in [*self.dispatchers, *([self.serving] if self.serving else [])]:
            _kill(process)

    async def _go_through_days(self) -> None:
        """Only between the provider's answers, and only when everybody has seen the last turn: so nobody waits for long
        but those whom the provider, or the database, leaves without an answer."""
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            for place, process in enumerate(self.dispatchers):
                if process.poll() is not None:
                    self.dispatchers[place] = self.run(self.databases[place], "work")
                    self.ended += 1
            busy = self.provider.busy or self.hours.stands
            if not busy and all(self.hours.is_seen_by(process.pid) for process in self.dispatchers):
                self.hours.turn(STEP_SECONDS)

    def _call(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "tests.chaos.turned", str(self.hours.file), *words]

    def _environ(self, database: str) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), "DATABASE_URL": database,
                "SECRET_KEY": PLAIN.secret_key, "DATA_KEY": PLAIN.data_key, "SMS_SIGNATURE": PLAIN.sms_signature,
                "QUIET_HOURS": "off", "PUBLIC_URL": f"http://127.0.0.1:{self.port}", **_kannel(self.provider.url)}


def _kannel(url: str) -> dict[str, str]:
    """What they are told of the provider."""
    return {"SMS_GATEWAY": "kannel", "KANNEL_URL": url, "KANNEL_FROM": "10690000", "KANNEL_USERNAME": "doorstep",
            "KANNEL_PASSWORD": "a-sendsms-password-for-tests", "KANNEL_CALLBACK_TOKEN": TOKEN}


async def _is_ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health/ready")).status_code == 200
    except httpx.HTTPError:
        return False


def _kill(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
