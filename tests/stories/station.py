"""A station as its operator runs it: `doorstep serve` as a process, on a database that holds the demo community."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from app.db import Database
from app.listings.listings import FIRST_NUMBER, Listing
from app.listings.signups import Signup
from app.sms import arrivals
from app.sms.arrivals import Inbound
from app.sms.outbox import Message, Purpose, Status
from tests.conftest import PLAIN
from tests.patience import PATIENCE_SECONDS
from tests.stories import nursery
from tests.stories.nursery import Child

COMMAND = str(Path(sys.executable).parent / "doorstep")
Process = subprocess.Popen[bytes] | Child
WORDS = ("10", "1", "报名", "报名10", "１０", "报名 10", "⑩", "10号", "報名", "我要报名")


@dataclass(frozen=True)
class Call:
    """What the carrier calls with: one text from one phone. With an id, it gives the same one when it calls again."""

    phone: str
    text: str
    id: str = ""

    def body(self) -> dict[str, str]:
        return {"from": self.phone, "text": self.text, **({"id": self.id} if self.id else {})}


@dataclass
class Station:
    """The serving process; it can be killed and started again on the same port. `serves` is what it is called with,
    `also` what its environment says besides. `from_nothing` it starts as an operator's does, which takes longer. What
    it says is kept in a file."""

    folder: Path
    database_url: str
    faults: str = ""
    serves: tuple[str, ...] = ("serve",)
    process: Process | None = None
    port: int = 0
    also: dict[str, str] = field(default_factory=dict)
    from_nothing: bool = False

    def __post_init__(self) -> None:
        with socket.socket() as door:
            door.bind(("127.0.0.1", self.port))
            self.port = int(door.getsockname()[1])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        """Everything that its processes wrote so far."""
        return (self.folder / "said.txt").read_text()

    async def start(self) -> float:
        """Start serving; returns after how many seconds it was ready."""
        began = time.monotonic()
        self.launch()
        async with httpx.AsyncClient(base_url=self.address) as client:
            await until(lambda: self._is_ready(client), every=0.02)
        return time.monotonic() - began

    def launch(self) -> None:
        """Start serving, without waiting for it to be ready."""
        self.process = self.run(*self.serves, "--port", str(self.port))

    def run(self, *words: str) -> Process:
        """A process of the command on this station's database; whoever starts it ends it."""
        with (self.folder / "said.txt").open("ab") as said:
            if not self.from_nothing:
                return nursery.start(words, environ=self._environ(), folder=self.folder, said=said)
            return subprocess.Popen([COMMAND, *words], env=self._environ(), cwd=self.folder, stdout=said, stderr=said)

    def kill(self) -> None:
        """kill -9, and nothing is left of it when this returns."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def call(self, *words: str) -> Any:
        """Another call of the command meanwhile; returns the JSON that it prints."""
        done = subprocess.run([COMMAND, *words], env=self._environ(), cwd=self.folder, capture_output=True, text=True,
                              timeout=PATIENCE_SECONDS, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def push(self, limit: int) -> None:
        """Tell so many phones of listing 10, as staff would."""
        said = self.call("push", str(FIRST_NUMBER), "--area", "demo", "--by", "clerk", "--approved-by", "supervisor",
                         "--limit", str(limit))
        assert (said["queued"], said["state"]) == (limit, "queued")

    async def _is_ready(self, client: httpx.AsyncClient) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.said
        try:
            return (await client.get("/health/ready")).status_code == 200
        except httpx.HTTPError:
            return False

    def _environ(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", ""), "DATABASE_URL": self.database_url, "SECRET_KEY": PLAIN.secret_key,
                "DATA_KEY": PLAIN.data_key, "QUIET_HOURS": "off", "SMS_GATEWAY": "simulator",
                "SIMULATOR_FAULTS": self.faults, **self.also}


async def until(happened: Callable[[], Awaitable[bool]], *, every: float = 0.2) -> None:
    """Wait for it, but not for ever."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not await happened():
        assert time.monotonic() < end, f"waited {PATIENCE_SECONDS} seconds in vain"
        await asyncio.sleep(every)


async def carried(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Every text that reached a phone, as the carrier says over HTTP, oldest first."""
    found: list[dict[str, Any]] = []
    while page := (await client.get("/gateway/simulator/messages",
                                    params={"after": found[-1]["id"] if found else 0})).json():
        found += page
    return found


async def is_quiet(database: Database) -> bool:
    """Every text that came is dealt with, and every text that goes is with the carrier or will never leave."""
    async with database.reading() as db:
        coming = await db.scalar(select(Inbound.id).where(Inbound.state == arrivals.State.STORED).limit(1))
        going = await db.scalar(select(Message.id).where(
            Message.status.in_((Status.QUEUED, Status.SENDING, Status.UNKNOWN))).limit(1))
    return coming is None and going is None


async def rows(database: Database, statement: Any) -> Sequence[Any]:
    async with database.reading() as db:
        return (await db.execute(statement)).all()


async def answered(database: Database) -> list[Any]:
    """Rows (id, phone, text) of the texts that were answered, in the order of storing."""
    return list(await rows(database, select(Inbound.id, Inbound.phone, Inbound.text).where(
        Inbound.state == arrivals.State.ANSWERED).order_by(Inbound.id)))


async def line(database: Database) -> list[tuple[int, str]]:
    """(resident, place) of everybody on listing 10, in the order of the line."""
    return [(row.resident_id, row.place) for row in await rows(
        database, select(Signup.resident_id, Signup.place).join(Listing, Listing.id == Signup.listing_id)
        .where(Listing.number == FIRST_NUMBER).order_by(Signup.id))]


async def addressees(database: Database) -> dict[str, int]:
    """By phone: the one person whom its push meant."""
    return {row.phone: row.addressed[0] for row in await rows(
        database, select(Message.phone, Message.addressed).where(Message.purpose == Purpose.PUSH))
        if len(row.addressed) == 1}

