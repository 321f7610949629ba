"""The nightly look over the tables: what does not fit together is repaired where it is certain how, and told where it
is not. What was found is kept, with numbers only, for the page about carriers.

Looking happens in reading sessions and a repair is a short transaction of its own, so that nobody waits for either.
"""

import logging
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import JSON, Index, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Database, Id, Table, take_turn
from app.sms.outbox import Message
from app.watch import books, leftovers
from app.watch.books import Finding
from app.watch.stalls import Stall

log = logging.getLogger("doorstep.watch")
FROM, UNTIL = time(3, 0), time(6, 0)
MISSED_AFTER = timedelta(hours=36)  # a machine that is off at night makes up for it when it is on
GIVEN_UP_AFTER = timedelta(hours=1)  # whoever began it has died
KEPT = timedelta(days=90)


class Inspection(Table):
    """One look; without `ended_at` it goes on, or whoever made it died. `findings` are those of `books.Finding`."""

    __tablename__ = "inspection"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    day: Mapped[date]
    by_hand: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    findings: Mapped[list[Any]] = mapped_column(JSON)

    __table_args__ = (Index(None, "day"),)

    @property
    def found(self) -> list[Finding]:
        return [Finding(**one) for one in self.findings]


async def tonight(database: Database) -> None:
    """An errand of the round: once a day somebody looks, whoever comes first."""
    async with database.reading() as db:
        if not await _is_due(db):
            return
    async with database.session() as db:
        await take_turn(db, "rounds")
        if not await _is_due(db):
            return
        mine = await _begin(db)
        await _forget_old(db)
    for one in await _finish(database, mine):
        log.log(logging.INFO if one.repaired else logging.ERROR, "the look over the tables: %s %s, batch %s, %s",
                one.count, one.what, one.batch or "-", "repaired" if one.repaired else "please look")


async def by_hand(database: Database) -> list[Finding]:
    """Now, because somebody asks."""
    async with database.session() as db:
        mine = await _begin(db, by_hand=True)
    return await _finish(database, mine)


async def last(db: AsyncSession) -> Inspection | None:
    """The newest one that came to its end."""
    return await db.scalar(select(Inspection).where(Inspection.ended_at.is_not(None))
                           .order_by(Inspection.id.desc()).limit(1))


async def _is_due(db: AsyncSession) -> bool:
    now = clock.now()
    today = exists().where(Inspection.day == clock.local(now).date(), ~Inspection.by_hand,
                           Inspection.ended_at.is_not(None) | (Inspection.began_at > now - GIVEN_UP_AFTER))
    if await db.scalar(select(today)):
        return False
    return FROM <= clock.local(now).time() < UNTIL or await _was_missed(db, now)


async def _was_missed(db: AsyncSession, now: datetime) -> bool:
    """A station that has only just begun has missed none."""
    since = await db.scalar(select(func.max(Inspection.began_at)).where(~Inspection.by_hand))
    since = since or await db.scalar(select(Message.created_at).order_by(Message.id).limit(1))
    return since is not None and now - since > MISSED_AFTER


async def _begin(db: AsyncSession, *, by_hand: bool = False) -> int:
    now = clock.now()
    row = Inspection(day=clock.local(now).date(), by_hand=by_hand, began_at=now, findings=[])
    db.add(row)
    await db.flush()
    return row.id


async def _finish(database: Database, inspection_id: int) -> list[Finding]:
    found = [*await leftovers.clear(database), *await books.compare(database)]
    async with database.session() as db:
        row = await db.get_one(Inspection, inspection_id)
        row.findings, row.ended_at = [asdict(one) for one in found], clock.now()
    return found


async def _forget_old(db: AsyncSession) -> None:
    before = clock.now() - KEPT
    await db.execute(delete(Inspection).where(Inspection.began_at < before))
    await db.execute(delete(Stall).where(Stall.ended_at < before))
