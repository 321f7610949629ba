"""Finding work: what somebody wishes, how many openings fit, and the twenty that a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Boolean, ColumnElement, Select, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.db import core
from app.dialects import spelled
from app.jobs import search
from app.jobs.jobs import Job
from app.jobs.openings import Opening
from app.jobs.search import Term
from app.listings.listings import Listing
from app.nearby.ground import Ground
from app.org.areas import Area

UNKNOWN_MINUTES = 9_999  # a place that is no spot comes after all that are


@dataclass(frozen=True)
class Wish:
    """`day` counts from today, or any from `since` on; `near` is within a quarter of an hour on foot; all `marks` (of
    Mark) have to hold; `typed` is what stands in the search box."""

    day: int | None = None
    since: int = 0
    near: bool = False
    marks: int = 0
    typed: str = ""


@dataclass(frozen=True)
class Card:
    """What a list shows of a job."""

    id: int
    number: int
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    places: int
    pay_fen: int
    pay_per: str
    paid_same_day: bool
    area_code: str
    area_name: str

    @classmethod
    def of(cls, job: Job) -> "Card":
        return cls(job.id, job.number, job.title, job.place, job.starts_at, job.ends_at, job.places, job.pay_fen,
                   job.pay_per, job.paid_same_day, job.area.code, job.area.name)


@dataclass(frozen=True)
class Found:
    """`total` fit; `cards` are those of the page."""

    total: int
    page: int
    cards: list[Card]


async def find(db: AsyncSession, area: Area | None, wish: Wish, ground: Ground, *, page: int = 1,
               most: int = 20) -> Found:
    """The openings that fit, day by day, the nearest of a day first; a page behind the last one is the last one."""
    conditions = _conditions(area, wish, ground, search.terms(wish.typed))
    total = await _count(db, conditions)
    if not total and wish.typed and (looser := search.looser(wish.typed)):
        conditions = _conditions(area, wish, ground, looser)
        total = await _count(db, conditions)
    page = max(1, min(page, -(-total // most)))
    ids = await _ids(db, conditions, ground, first=(page - 1) * most, most=most) if total else []
    return Found(total, page, await cards(db, ids))


async def total(db: AsyncSession, area: Area | None) -> int:
    """All of them, whatever anybody wishes."""
    return await _count(db, _conditions(area, Wish(), None, ()))


async def cards(db: AsyncSession, ids: Sequence[int]) -> list[Card]:
    """These jobs in this order."""
    if not ids:
        return []
    listing, job, area = core(Listing).c, core(Job).c, core(Area).c
    rows = await db.execute(
        select(listing.id, listing.number, listing.title, listing.place, listing.starts_at, listing.ends_at,
               listing.places, job.pay_fen, job.pay_per, job.paid_same_day, area.code, area.name)
        .join_from(core(Listing), core(Job), job.id == listing.id).join(core(Area), area.id == listing.area_id)
        .where(listing.id.in_(ids)))
    by_id = {row.id: Card(*tuple(row)) for row in rows}
    return [by_id[i] for i in ids if i in by_id]


async def _count(db: AsyncSession, conditions: list[ColumnElement[bool]]) -> int:
    return await db.scalar(select(func.count()).select_from(core(Opening)).where(*conditions)) or 0


async def _ids(db: AsyncSession, conditions: list[ColumnElement[bool]], ground: Ground, *, first: int,
               most: int) -> list[int]:
    nearest = [case(ground.minutes, value=_opening.place, else_=UNKNOWN_MINUTES)] if ground.minutes else []
    chosen: Select[int] = (select(_opening.listing_id).where(*conditions)
                           .order_by(_opening.day, *nearest, _opening.starts_at, _opening.listing_id)
                           .offset(first).limit(most))
    return list(await db.scalars(chosen))


def _conditions(area: Area | None, wish: Wish, ground: Ground | None,
                terms: tuple[Term, ...]) -> list[ColumnElement[bool]]:
    """A day is a range of the index; of what has begun nothing is shown."""
    now, today = clock.now(), clock.today()
    first = today + timedelta(days=wish.since if wish.day is None else wish.day)
    day = _opening.day >= first if wish.day is None else _opening.day == first
    made = [day, _opening.starts_at > now]
    if area is not None:
        made.append(_opening.area_id == area.id)
    if wish.near and ground is not None and ground.start is not None:
        made.append(_opening.place.in_(ground.near))
    if wish.marks:
        made.append(_opening.marks.op("&")(wish.marks) == wish.marks)
    return [*made, *map(_says, terms)]


def _says(term: Term) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if term.needle:
        ways.append(_holds(_opening.words, term.needle))
    if term.trades:
        ways.append(_opening.trade.in_(sorted(term.trades)))
    if term.number is not None:
        ways.append(_opening.number == term.number)
    return or_(*ways)


_opening = core(Opening).c
_holds = spelled("holds_words", sqlite="instr({0}, {1}) > 0", postgresql="strpos({0}, {1}) > 0", gives=Boolean())
