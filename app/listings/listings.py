"""The listing: anything that a resident can say yes to. It has a number, a place, a time and a count of places."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.db import Id, Table, core, only, take_turn
from app.org.areas import Area

FIRST_NUMBER = 10  # one digit is always an answer to a question, never a listing
REST = timedelta(days=30)  # how long a number rests after its listing closed


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"  # no more sign-ups: it is over, or staff closed it
    CALLED_OFF = "called_off"


class Listing(Table):
    """`area_id` is the community whose numbers it uses; `title` and `place` are short enough for a text."""

    __tablename__ = "listing"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    places: Mapped[int]
    min_age: Mapped[int] = mapped_column(default=16)
    state: Mapped[str] = mapped_column(String(12), default=State.OPEN)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    closed_at: Mapped[datetime | None]

    area: Mapped[Area] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "listing"}  # noqa: RUF012
    __table_args__ = (
        Index("uq_listing_open_number", "area_id", "number", unique=True,
              **only("state = 'open'")),
        Index(None, "area_id", "state", "starts_at"),
        Index(None, "number", "state"),
        Index(None, "area_id", "closed_at"),
        Index(None, "area_id", "ends_at"),
        Index("ix_listing_calendar", "area_id", "starts_at", **only("kind <> 'job'")),  # few among many jobs
    )

    @property
    def open(self) -> bool:
        return self.state == State.OPEN

    def started(self, moment: datetime) -> bool:
        return self.starts_at <= moment


async def free_number(db: AsyncSession, area: Area) -> int:
    """The lowest number, from 10 on, that no listing of the area has or had within the last 30 days, be it that it was
    closed for sign-ups long before and goes on.

    Holds the area's turn to give out numbers until the transaction ends.
    """
    await take_turn(db, "numbers")
    since = clock.now() - REST
    taken = set(await db.scalars(select(Listing.number).where(
        Listing.area_id == area.id,
        or_(Listing.state == State.OPEN, Listing.closed_at > since,
            (Listing.ends_at > since) & (Listing.state == State.CLOSED)))))
    number = FIRST_NUMBER
    while number in taken:
        number += 1
    return number


async def by_number(db: AsyncSession, number: int, *, area_id: int) -> Listing | None:
    """The newest listing of that number in the community, open or not: whoever asks may mean yesterday's."""
    return await db.scalar(select(Listing).where(Listing.area_id == area_id, Listing.number == number)
                           .order_by(Listing.id.desc()).limit(1))


async def with_number(db: AsyncSession, number: int) -> list[Listing]:
    """Every open listing of that number, one per community at the most."""
    return list(await db.scalars(select(Listing).where(Listing.number == number, Listing.state == State.OPEN)
                                 .order_by(Listing.id)))


async def with_ids(db: AsyncSession, ids: Collection[int]) -> dict[int, Listing]:
    """These listings by id."""
    rows = await db.scalars(select(Listing).where(Listing.id.in_(ids))) if ids else ()
    return {listing.id: listing for listing in rows}


async def locked(db: AsyncSession, listing: Listing) -> Listing:
    """The row as it is now, held until the transaction ends; rows that only refer to it may still be written."""
    now = (await db.execute(select(*_SHARED).where(_table.c.id == listing.id)
                            .with_for_update(key_share=True))).one()
    for column, value in zip(_SHARED, now, strict=True):
        set_committed_value(listing, column.name, value)
    return listing


_table = core(Listing)
_SHARED = (_table.c.state, _table.c.places, _table.c.starts_at, _table.c.ends_at, _table.c.min_age)
