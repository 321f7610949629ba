"""What people answered to a bulk text that numbers its answers: one word each, the last one; the texts themselves stay
in the inbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Table, core
from app.staff.accounts import Officer


class Reply(Table):
    """`choice` counts from 1; `seats` where somebody said how many come along; `officer_id` where staff noted it for
    them, on the telephone or at the door."""

    __tablename__ = "reply"
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"), primary_key=True)
    phone: Mapped[str] = mapped_column(String(20))
    choice: Mapped[int]
    seats: Mapped[int | None]
    at: Mapped[datetime]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))

    __table_args__ = (Index(None, "batch_id", "choice"),)


async def note(db: AsyncSession, batch_id: int, resident_ids: Sequence[int], choice: int, *, phone: str = "",
               seats: int | None = None, by: Officer | None = None) -> dict[int, int | None]:
    """These people mean that answer now; returns what each had said before."""
    before = await choices(db, batch_id, resident_ids)
    make = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    said = {"phone": phone, "choice": choice, "seats": seats, "at": clock.now(), "officer_id": by.id if by else None}
    await db.execute(make(core(Reply)).on_conflict_do_update(index_elements=["batch_id", "resident_id"], set_=said),
                     [{"batch_id": batch_id, "resident_id": one, **said} for one in resident_ids])
    return {one: before.get(one) for one in resident_ids}


async def take_back(db: AsyncSession, batch_id: int, resident_id: int, *, said: int, before: int | None,
                    by: Officer) -> bool:
    """What was noted was not meant: what they had said before holds again. Says whether it was still as noted."""
    row = await db.get(Reply, (batch_id, resident_id), with_for_update=True, populate_existing=True)
    if row is None or row.choice != said:
        return False
    if before is None:
        await db.execute(delete(Reply).where(Reply.batch_id == batch_id, Reply.resident_id == resident_id))
        db.expunge(row)
    else:
        row.choice, row.seats, row.at, row.officer_id = before, None, clock.now(), by.id
    await db.flush()
    return True


async def choices(db: AsyncSession, batch_id: int, resident_ids: Sequence[int]) -> dict[int, int]:
    """What each of these people answered, if anything."""
    rows = await db.execute(select(Reply.resident_id, Reply.choice).where(
        Reply.batch_id == batch_id, Reply.resident_id.in_(resident_ids)))
    return {row.resident_id: row.choice for row in rows}
