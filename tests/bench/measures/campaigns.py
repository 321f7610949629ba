"""How fast a campaign is written down: recipients, reasons, outbox rows, every exclusion applied twice, in pieces; and
how long those wait meanwhile who write to the station."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.audience.filters import Filter
from app.campaigns import campaigns, sending
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.filler import Filler
from app.db import core
from app.residents.residents import Resident
from app.sms import arrivals
from app.sms.arrivals import Inbound
from app.sms.batches import Batch, Reason, Recipient, State
from app.sms.gateways.base import Incoming
from app.sms.outbox import Message
from tests.bench import fill, memory
from tests.bench.connections import quantile
from tests.bench.house import House, Result, Stopwatch, timed

NAMES = ("campaign_rows_per_second", "campaign_reply_p99_ms")
MOST, MOST_MEANWHILE = 300_000, 100_000  # people: what is left over is taken away again before others measure
EVERY_SECONDS = 0.025  # a text comes in
TEXT = "{姓名}您好,节后想干活吗?回1想外出 2想就近 3暂不"
ROUNDS = ("一号调查", "甲号调查", "乙号调查")
MEANWHILE = ("二号调查", "三号调查", "四号调查")
_TABLES = (core(Message), core(Reason), core(Recipient))


@dataclass
class _Filled:
    """What a campaign came to, from hand-in to the last outbox row."""

    batch_id: int
    rows: int
    texts: int
    watch: Stopwatch
    longest_seconds: float


@dataclass
class _Bare:
    """What the yardstick came to."""

    rows: int
    watch: Stopwatch


@dataclass
class _Round:
    """A campaign and, just before, the yardstick."""

    bare: _Bare
    done: _Filled
    grown_mb: float

    @property
    def ratio(self) -> float:
        return self.done.watch.per_second(self.done.rows) / self.bare.watch.per_second(self.bare.rows)


async def measure(house: House) -> list[Result]:
    await _forget(house, (await _campaign(house, "试", _areas(house, 1))).batch_id)  # statements are compiled once
    rounds = sorted([await _round(house, title) for title in ROUNDS], key=lambda one: one.ratio)
    done, bare = rounds[len(rounds) // 2].done, rounds[len(rounds) // 2].bare
    idle = await _waits(house)
    waits: list[float] = []
    for title in MEANWHILE:
        async with _texts_coming_in(house) as some:
            again = await _campaign(house, title, _areas(house, MOST_MEANWHILE))
        await _forget(house, again.batch_id)
        waits += some
    return [
        house.result("campaign_rows_per_second", done.watch.per_second(done.rows), "rows/s",
                     yardstick=bare.watch.per_second(bare.rows),
                     note=f"the middle one of {', '.join(f'{one.ratio:.2f}' for one in rounds)}; "
                          f"{done.watch.note(done.rows)}; {done.texts / done.watch.seconds:,.0f} texts/s, from hand-in "
                          f"to outbox; longest piece {done.longest_seconds * 1000:.0f} ms; memory "
                          f"+{max(one.grown_mb for one in rounds):.0f} MB"),
        house.result("campaign_reply_p99_ms", quantile(waits, 0.99), "ms", yardstick=quantile(idle, 0.99),
                     note=f"{len(waits)} texts stored while {MOST_MEANWHILE:,} people are told {len(MEANWHILE)} times, "
                          f"in the same process: p50 {quantile(waits, 0.5):.0f}, longest {max(waits):.0f}; "
                          f"yardstick: the same with nothing else to do, p50 {quantile(idle, 0.5):.0f}")]


async def _round(house: House, title: str) -> _Round:
    bare = await _bare(house, _areas(house, MOST))
    before_mb = memory.peak_mb(afresh=True)
    done = await _campaign(house, title, _areas(house, MOST))
    grown_mb = memory.peak_mb() - before_mb
    await _forget(house, done.batch_id)
    return _Round(bare, done, grown_mb)


def _areas(house: House, most: int) -> tuple[int, ...]:
    """Buildings with about so many people."""
    buildings = fill.BUILDINGS if house.rows <= most else max(1, fill.BUILDINGS * most // house.rows)
    first = house.village.building.id
    return tuple(range(first, first + buildings))


async def _campaign(house: House, title: str, areas: tuple[int, ...]) -> _Filled:
    """Hand one in, approve it, and write it down."""
    async with house.database.session() as db:
        campaign = await campaigns.draft(db, title, kind=Kind.SURVEY, by=house.village.boss)
        await campaigns.change(db, campaign, by=house.village.boss, chosen=Filter(areas=areas), text=title + TEXT)
    with timed() as watch:
        async with house.database.reading() as db:
            foreseen = await sending.foresee(db, await db.get_one(Campaign, campaign.id), sure=True)
        async with house.database.session() as db:
            batch = await sending.hand_in(db, await db.get_one(Campaign, campaign.id), by=house.village.boss, sure=True,
                                          foreseen=foreseen)
        longest = await _fill(house)
        async with house.database.session() as db:
            if (await db.get_one(Batch, batch.id)).state == State.AWAITING_APPROVAL:
                await sending.approve(db, await db.get_one(Campaign, campaign.id), by=house.village.second)
        longest = max(longest, await _fill(house))
    async with house.database.reading() as db:
        rows = [await db.scalar(select(func.count()).where(table.c.batch_id == batch.id)) or 0 for table in _TABLES]
        assert rows[0] == (await db.get_one(Batch, batch.id)).texts > 0
    return _Filled(batch.id, sum(rows), rows[0], watch, longest)


async def _fill(house: House) -> float:
    """Until all is written down; returns how long the longest piece took."""
    filler, longest, more = Filler(house.database), 0.0, 1
    while more:
        start = time.perf_counter()
        more = await filler.go_on()
        longest = max(longest, time.perf_counter() - start)
    return longest


@asynccontextmanager
async def _texts_coming_in(house: House) -> AsyncIterator[list[float]]:
    """Steadily, however long the one before takes; gathers how many ms each took to be kept, counted from when it was
    to come, so that a process that was busy elsewhere counts, too."""
    waits: list[float] = []
    async with asyncio.TaskGroup() as texts:
        coming = texts.create_task(_come(house, texts, waits))
        yield waits
        coming.cancel()
    async with house.database.session() as db:
        await db.execute(delete(Inbound).where(Inbound.provider_id.like("meanwhile-%")))


async def _come(house: House, texts: asyncio.TaskGroup, waits: list[float]) -> None:
    due, number = time.perf_counter(), 0
    while True:
        texts.create_task(_keep(house, number, due, waits))
        due, number = due + EVERY_SECONDS, number + 1
        await asyncio.sleep(max(0.0, due - time.perf_counter()))


async def _keep(house: House, number: int, due: float, waits: list[float]) -> None:
    text = Incoming(fill.phone(number % house.rows + 1), "1", raw="1", provider_id=f"meanwhile-{number}")
    await arrivals.store(house.database, [("simulator", text)])
    waits.append((time.perf_counter() - due) * 1000)


async def _waits(house: House, seconds: float = 2) -> list[float]:
    async with _texts_coming_in(house) as waits:
        await asyncio.sleep(seconds)
    return waits


async def _forget(house: House, batch_id: int) -> None:
    """Take the rows away. PostgreSQL would clean up after that by itself, while the next thing is measured."""
    async with house.database.session() as db:
        for table in _TABLES:
            await db.execute(delete(table).where(table.c.batch_id == batch_id))
    if house.engine == "postgresql":
        async with house.database.writer.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.exec_driver_sql("VACUUM message, reason, recipient, resident, inbound")


async def _bare(house: House, areas: tuple[int, ...]) -> _Bare:
    """The yardstick: rows of the same size by one plain INSERT … SELECT per table, nobody left out, committed, and
    taken away afterwards."""
    async with house.database.session() as db:
        batch = Batch(kind="bare", area_id=house.village.area.id, text="x", state=State.FINISHED, left_out={},
                      author_id=house.village.boss.id)
        db.add(batch)
    with timed() as watch:
        async with house.database.session() as db:
            rows = await _copied(db, house, areas, batch.id)
    await _forget(house, batch.id)
    return _Bare(rows, watch)


async def _copied(db: AsyncSession, house: House, areas: tuple[int, ...], batch_id: int) -> int:
    message, reason, recipient = _TABLES
    person, now = core(Resident), clock.now()
    body = literal("【青龙泉就业站】一号调查").concat(func.max(person.c.name)).concat(TEXT.removeprefix("{姓名}"))
    people = select(literal(batch_id), person.c.phone, body, literal(1),
                    literal([123_456], recipient.c.addressed.type)).where(
        person.c.area_id.in_(areas), person.c.left_at.is_(None)).group_by(person.c.phone)
    done = await db.execute(insert(recipient).from_select(
        ["batch_id", "phone", "body", "segments", "addressed"], people))
    rows = int(done.rowcount)  # type: ignore[attr-defined]  # every INSERT has one
    why = ["campaign:一号调查", "consent_notices"]
    done = await db.execute(insert(reason).from_select(
        ["batch_id", "resident_id", "phone", "why"],
        select(literal(batch_id), person.c.id, person.c.phone, literal(why, reason.c.why.type)).where(
            person.c.area_id.in_(areas), person.c.left_at.is_(None))))
    rows += int(done.rowcount)  # type: ignore[attr-defined]
    fixed = {"purpose": "push", "priority": 9, "gateway": "simulator", "status": "queued", "reason": "",
             "attempts": 0, "next_at": now, "created_at": now, "asks": "survey", "area_id": house.village.area.id,
             "memory": {"batch": batch_id, "options": ["想外出", "想就近", "暂不"]}}
    copied = [recipient.c[name] for name in ("phone", "body", "segments", "addressed", "batch_id")]
    done = await db.execute(insert(message).from_select(
        [*(column.name for column in copied), *fixed],
        select(*copied, *(literal(value, message.c[name].type) for name, value in fixed.items()))
        .where(recipient.c.batch_id == batch_id)))
    return rows + int(done.rowcount)  # type: ignore[attr-defined]
