"""Openings: open jobs as people look for them. A narrow row beside each job, in the order of the list, so that finding
twenty among twenty thousand reads one index. The verbs that post, change and end a job write it."""

import asyncio
from datetime import date, datetime, time
from enum import IntFlag
from typing import TYPE_CHECKING

from sqlalchemy import Date, ForeignKey, Index, String, Text, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Table, core, only
from app.jobs import _sounds
from app.org.areas import Area

if TYPE_CHECKING:
    from app.jobs.jobs import Job

EMPLOYER_LETTERS = 20  # of the name, in what is searched
SCHOOL_BEGINS, SCHOOL_ENDS = time(8), time(16, 30)


class Mark(IntFlag):
    """What people filter by; the numbers stand in the database."""

    SCHOOL = 1  # between bringing a child to school and fetching it
    SEATED = 2
    AT_HOME = 4
    PAID_SAME_DAY = 8
    MEALS = 16
    BUS = 32


class Opening(Table):
    """`day` is that of the start in China; `marks` are added up from Mark; `words` is what is searched in, and empty
    (null) while nobody has put it together."""

    __tablename__ = "opening"
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True, autoincrement=False)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    number: Mapped[int]
    day: Mapped[date] = mapped_column(Date)
    starts_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(60))
    trade: Mapped[str] = mapped_column(String(20))
    marks: Mapped[int]
    words: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_opening_list", "area_id", "day", "starts_at", "marks", "place", "listing_id"),
        Index("ix_opening_everywhere", "day", "starts_at", "listing_id", "marks"),
        Index("ix_opening_no_words", "listing_id", **only("words IS NULL")),
    )


async def write(db: AsyncSession, job: "Job", *, employer: str) -> None:
    """The job as it is now, for those who look for it; it has its id already."""
    words = await asyncio.to_thread(_sounds.text_of, (job.title, job.place, employer[:EMPLOYER_LETTERS]))
    await db.merge(Opening(
        listing_id=job.id, area_id=job.area_id, number=job.number, day=clock.local(job.starts_at).date(),
        starts_at=job.starts_at, place=job.place, trade=job.trade, marks=int(marks_of(job)), words=words))
    await db.flush()


async def remove(db: AsyncSession, job: "Job") -> None:
    """Nobody can sign up for it any more."""
    table = core(Opening)
    await db.execute(delete(table).where(table.c.listing_id == job.id))


async def places(db: AsyncSession, area: Area) -> list[str]:
    """Where the open jobs of the community are, by the names that they have there."""
    table = core(Opening)
    return list(await db.scalars(select(table.c.place).where(table.c.area_id == area.id, table.c.day >= clock.today())
                                 .distinct().order_by(table.c.place).limit(100)))


def marks_of(job: "Job") -> Mark:
    """Everything of Mark that holds for the job."""
    start, end = clock.local(job.starts_at), clock.local(job.ends_at)
    school = start.date() == end.date() and start.time() >= SCHOOL_BEGINS and end.time() <= SCHOOL_ENDS
    holds = {Mark.SCHOOL: school, Mark.SEATED: job.seated, Mark.AT_HOME: job.at_home, Mark.MEALS: job.meals,
             Mark.PAID_SAME_DAY: job.paid_same_day, Mark.BUS: job.bus}
    return Mark(sum(mark for mark, held in holds.items() if held))
