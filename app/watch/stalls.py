"""When texts do not leave although they should, administrators are told by text: once per stall, and at most once an
hour. Where nobody dispatches, nobody tells: what asks /metrics from outside has to notice that."""

from datetime import datetime, timedelta

from sqlalchemy import Index, String, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, words
from app.db import Database, Id, Table, only, take_turn
from app.org.areas import Area
from app.sms import outbox
from app.sms.outbox import Purpose
from app.staff.accounts import Officer, Role
from app.watch import figures
from app.watch.figures import Figures, Kind

LONGEST = {Kind.ANSWERS: timedelta(minutes=5), Kind.BULK: timedelta(minutes=30)}
WELL_FOR = timedelta(minutes=10)  # before another stall is news
AT_MOST_EVERY = timedelta(hours=1)
GOOD_FOR = timedelta(hours=1)     # where even this text cannot leave, it would only puzzle people later
MOST_TOLD = 5


class Stall(Table):
    """Texts of this kind stood still from `began_at` on; `seen_at` is when they last did. `told` counts the phones."""

    __tablename__ = "stall"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    told: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_stall_open", "id", **only("ended_at IS NULL")), Index(None, "told_at"))


async def watch(database: Database) -> None:
    """A look of the round: notice stalls, and tell of one that nobody has been told of. Nothing is written, and nobody
    waits, while everything is well."""
    async with database.reading() as db:
        found, known = await figures.of(db), await current(db)
    seconds = {kind: found.stands(kind) for kind in LONGEST}
    if not known and all(seconds[kind] <= longest.total_seconds() for kind, longest in LONGEST.items()):
        return
    async with database.session() as db:
        await take_turn(db, "rounds")
        standing = {stall.kind: stall for stall in await current(db)}
        for kind, longest in LONGEST.items():
            if seconds[kind] > longest.total_seconds():
                await _stands(db, found, kind, seconds[kind], standing.get(kind))
            elif kind in standing:
                _goes_on(standing[kind], found.at)


async def current(db: AsyncSession) -> list[Stall]:
    """What stands still, or did within the last minutes, when somebody last looked."""
    return list(await db.scalars(select(Stall).where(Stall.ended_at.is_(None)).order_by(Stall.id)))


async def now(db: AsyncSession, found: Figures) -> list[Stall]:
    """What stands still at this moment, also where nobody walks the round and has written it down."""
    known = {stall.kind: stall for stall in await current(db)}
    return [known.get(kind) or Stall(kind=kind, began_at=found.at - timedelta(seconds=found.stands(kind)), told=0)
            for kind, longest in LONGEST.items() if found.stands(kind) > longest.total_seconds()]


async def _stands(db: AsyncSession, found: Figures, kind: Kind, seconds: float, stall: Stall | None) -> None:
    if stall is None:
        stall = Stall(kind=kind, began_at=found.at - timedelta(seconds=seconds))
        db.add(stall)
    stall.seen_at = found.at
    if stall.told_at is None and not await _told_lately(db, found.at):
        stall.told = await _tell(db, kind, minutes=int(seconds // 60))
        stall.told_at = found.at if stall.told else None


def _goes_on(stall: Stall, now: datetime) -> None:
    stall.seen_at = min(stall.seen_at, now)  # a clock that ran ahead may have written it
    if now - stall.seen_at >= WELL_FOR:
        stall.ended_at = now


async def _told_lately(db: AsyncSession, now: datetime) -> bool:
    last = await db.scalar(select(func.max(Stall.told_at)).where(Stall.told_at <= now))
    return last is not None and now - last < AT_MOST_EVERY


async def _tell(db: AsyncSession, kind: Kind, *, minutes: int) -> int:
    """One text to each administrator's phone, those who oversee most first; returns how many."""
    numbers = await _phones(db)
    for number in numbers:
        # As an answer it leaves before everything else, at any hour, and whatever that phone said stop to.
        await outbox.queue(db, to=number, purpose=Purpose.ANSWER, memory={outbox.ALARM: True},
                           text=words.text("stalled.txt", kind=kind, minutes=minutes),
                           expires_at=clock.now() + GOOD_FOR)
    return len(numbers)


async def _phones(db: AsyncSession) -> list[str]:
    rows = await db.execute(select(Officer.phone, Area.path).join(Area, Area.id == Officer.area_id).where(
        Officer.role == Role.ADMIN, Officer.closed_at.is_(None), Officer.phone.is_not(None)).order_by(Officer.id))
    highest = sorted(rows, key=lambda row: len(row.path.strip("/").split("/")))
    return list(dict.fromkeys(row.phone for row in highest if row.phone))[:MOST_TOLD]
