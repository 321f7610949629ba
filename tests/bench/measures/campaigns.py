"""How fast a campaign is written down: recipients, reasons, outbox rows, every exclusion applied twice, in pieces."""

import time

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.audience.filters import Filter
from app.campaigns import campaigns, sending
from app.campaigns.campaigns import Campaign, Kind
from app.db import core
from app.residents.residents import Resident
from app.sms.batches import Batch, Reason, Recipient, State
from app.sms.outbox import Message
from tests.bench import fill
from tests.bench.house import House, Result, Stopwatch, timed

NAMES = ("campaign_rows_per_second",)
MOST = 300_000  # people: what is left over is taken away again before others measure
TEXT = "{姓名}您好,节后想干活吗?回1想外出 2想就近 3暂不"
_TABLES = (core(Message), core(Reason), core(Recipient))


async def measure(house: House) -> list[Result]:
    buildings = fill.BUILDINGS if house.rows <= MOST else fill.BUILDINGS * MOST // house.rows
    first = house.village.building.id
    areas = tuple(range(first, first + buildings))
    bare_rows, bare = await _bare(house, areas)
    campaign, longest = await _drafted(house, Filter(areas=areas)), [0.0]
    with timed() as watch:
        async with house.database.session() as db:
            batch = await sending.hand_in(db, await db.get_one(Campaign, campaign.id), by=house.village.boss)
        await _fill(house, longest)
        async with house.database.session() as db:
            now = await db.get_one(Batch, batch.id)
            if now.state == State.AWAITING_APPROVAL:
                await sending.approve(db, await db.get_one(Campaign, campaign.id), by=house.village.second)
        await _fill(house, longest)
    async with house.database.reading() as db:
        rows = sum([await db.scalar(select(func.count()).where(table.c.batch_id == batch.id)) or 0
                    for table in _TABLES])
        texts = await db.scalar(select(func.count()).where(Message.batch_id == batch.id)) or 0
        assert texts == (await db.get_one(Batch, batch.id)).texts > 0
    await _forget(house, batch)
    return [house.result("campaign_rows_per_second", watch.per_second(rows), "rows/s",
                         yardstick=bare.per_second(bare_rows),
                         note=f"{watch.note(rows)}; {texts / watch.seconds:,.0f} texts/s, from hand-in to outbox; "
                              f"longest piece {longest[0] * 1000:.0f} ms")]


async def _drafted(house: House, chosen: Filter) -> Campaign:
    async with house.database.session() as db:
        campaign = await campaigns.draft(db, "节后调查", kind=Kind.SURVEY, by=house.village.boss)
        await campaigns.change(db, campaign, by=house.village.boss, chosen=chosen, text=TEXT)
    return campaign


async def _fill(house: House, longest: list[float]) -> None:
    more = 1
    while more:
        start = time.perf_counter()
        more = await sending.go_on(house.database)
        longest[0] = max(longest[0], time.perf_counter() - start)


async def _forget(house: House, batch: Batch) -> None:
    async with house.database.session() as db:
        for table in _TABLES:
            await db.execute(delete(table).where(table.c.batch_id == batch.id))


class _Undo(Exception):
    pass


async def _bare(house: House, areas: tuple[int, ...]) -> tuple[int, Stopwatch]:
    """The yardstick: the same rows by one plain INSERT … SELECT per table, nobody left out, and undone afterwards."""
    rows = 0
    watch = Stopwatch()
    try:
        async with house.database.session() as db:
            with timed() as watch:
                rows = await _copied(db, house, areas)
            raise _Undo
    except _Undo:
        return rows, watch


async def _copied(db: AsyncSession, house: House, areas: tuple[int, ...]) -> int:
    message, reason, recipient = _TABLES
    person, now, batch_id = core(Resident), clock.now(), fill.BATCHES
    people = select(literal(batch_id), func.min(person.c.phone), literal("【青龙泉就业站】" + TEXT), literal(1),
                    literal([1], recipient.c.addressed.type)).where(
        person.c.area_id.in_(areas), person.c.left_at.is_(None)).group_by(person.c.phone)
    done = await db.execute(insert(recipient).from_select(
        ["batch_id", "phone", "body", "segments", "addressed"], people))
    rows = int(done.rowcount)  # type: ignore[attr-defined]  # every INSERT has one
    await db.execute(delete(reason).where(reason.c.batch_id == batch_id))
    done = await db.execute(insert(reason).from_select(
        ["batch_id", "resident_id", "phone", "why"],
        select(literal(batch_id), person.c.id, person.c.phone, literal(["consent"], reason.c.why.type)).where(
            person.c.area_id.in_(areas), person.c.left_at.is_(None))))
    rows += int(done.rowcount)  # type: ignore[attr-defined]
    fixed = {"purpose": "push", "priority": 9, "gateway": "simulator", "status": "queued", "reason": "",
             "attempts": 0, "next_at": now, "created_at": now, "asks": "survey", "memory": {},
             "area_id": house.village.area.id}
    copied = [recipient.c[name] for name in ("phone", "body", "segments", "addressed", "batch_id")]
    done = await db.execute(insert(message).from_select(
        [*(column.name for column in copied), *fixed],
        select(*copied, *(literal(value, message.c[name].type) for name, value in fixed.items()))
        .where(recipient.c.batch_id == batch_id)))
    return rows + int(done.rowcount)  # type: ignore[attr-defined]
