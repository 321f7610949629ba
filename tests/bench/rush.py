"""What is needed for a rush: people who were told of a job and write, one after the other, by the clock."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, insert, select, update

from app import clock
from app.db import core
from app.jobs.jobs import Job
from app.listings.signups import Place, Signup
from app.sms import outbox
from app.sms.arrivals import Inbound, State
from app.sms.outbox import Message, Purpose, Status
from tests.bench import fill
from tests.bench.connections import BadAnswer, Call
from tests.bench.house import House
from tests.bench.served import Server

PATH = "/gateway/simulator/reply"
MOST_PLACES = 9_999
CONNECTIONS = 500
_PIECE = 5_000


@dataclass(frozen=True)
class Told:
    """A person who was told of a job, and will write its number."""

    phone: str
    job: int


async def tell(house: House, count: int, *, hours: float) -> tuple[list[Job], list[Told]]:
    """So many answers to come: of as many people, as far as there are enough, else each writes about several jobs. Each
    job has a place for everybody who was told of it."""
    people = [i for i in range(1, house.rows + 1) if i % 10 not in (0, 9)]  # their phones are nobody else's
    each = min(len(people), MOST_PLACES, count)
    jobs = [await house.village.job(places=each, hours=hours + 5 * number) for number in range(-(-count // each))]
    rows, told = [], []
    for number in range(count):
        job, person = jobs[number // each], people[number % len(people)]
        told.append(Told(fill.phone(person), job.number))
        rows.append({**outbox.written(house.settings, to=fill.phone(person), text=f"{job.number}号活:香菇分拣",
                                      purpose=Purpose.PUSH, asks=f"push:{job.number}", addressed=[person],
                                      area_id=house.village.area.id, listing_id=job.id),
                     "status": Status.DELIVERED, "sent_at": clock.now()})
    for start in range(0, count, _PIECE):
        async with house.database.session() as db:
            await db.execute(insert(core(Message)), rows[start:start + _PIECE])
    return jobs, told


async def call(house: House, server: Server, told: list[Told], *, mark: str, per_second: float, seconds: float,
               before: Callable[[], Awaitable[None]]) -> list[Call]:
    """Each of them writes when it is their turn; `before` is done when the client is ready to begin."""
    path = house.folder / f"{mark}.bodies"
    _write(path, [json.dumps({"from": one.phone, "text": str(one.job), "id": f"{mark}-{number}"})
                  for number, one in enumerate(told)])
    client = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.caller", str(server.port), str(path), PATH, str(per_second), str(seconds),
        str(CONNECTIONS), stdin=PIPE, stdout=PIPE, cwd=Path(__file__).parents[2])
    assert client.stdin
    assert client.stdout
    try:
        if not await client.stdout.readline():
            raise RuntimeError("the client does not start")
        await before()
        client.stdin.write(b"go\n")
        if await client.wait():
            raise RuntimeError("the client broke")
    finally:
        if client.returncode is None:
            client.kill()
            await client.wait()
    return [Call(sent_at, took, status, body.encode())
            for sent_at, took, status, body in json.loads(_read(path.with_suffix(".calls")))]


async def must_have_kept(house: House, mark: str, stored: list[int], jobs: list[Job]) -> None:
    """Raises BadAnswer where a text that was said to be stored is not there, or one is there twice, or was answered
    without its deed."""
    async with house.database.reading() as db:
        rows = (await db.execute(select(Inbound.id, Inbound.provider_id, Inbound.state)
                                 .where(Inbound.provider_id.like(f"{mark}-%")))).all()
        taken = await db.scalar(select(func.count()).select_from(Signup).where(
            Signup.listing_id.in_([job.id for job in jobs]), Signup.place == Place.TAKEN))
    states = {row.state for row in rows}
    if not {row.id for row in rows} >= set(stored) or len({row.provider_id for row in rows}) != len(rows):
        raise BadAnswer(f"of {len(stored)} texts that were stored {len(rows)} are there")
    if states - {State.ANSWERED, State.STORED}:
        raise BadAnswer(f"some texts are {states}")
    if taken != (answered := sum(row.state == State.ANSWERED for row in rows)):
        raise BadAnswer(f"{answered} texts were answered, and {taken} places taken")


async def put_away(house: House) -> None:
    """What still waits is not answered while something else is measured."""
    async with house.database.session() as db:
        await db.execute(update(Inbound).where(Inbound.state == State.STORED).values(state=State.SILENT))


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines))


def _read(path: Path) -> str:
    return path.read_text()
