"""Per number and purpose: who agreed, who said stop, who came back. The log is only added to and kept for good.

The word about jobs is the general one: it holds for every purpose of which the number has said nothing by itself.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Exists, ForeignKey, Index, String, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Id, Table, core
from app.staff.accounts import Officer

JOBS = "jobs"
NOTICES = "notices"  # surveys, buses, what is new in the community
PURPOSES = (JOBS, NOTICES)
CORRECTED = "corrected"  # the source, where staff put right what a text was taken for


class Word(StrEnum):
    AGREED = "agreed"
    STOPPED = "stopped"
    UNSAID = "unsaid"  # in the log only: what was taken for a word of theirs was none, and there was none before


class Consent(Table):
    """What holds for a number and a purpose now."""

    __tablename__ = "consent"
    phone: Mapped[str] = mapped_column(String(20), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(12), primary_key=True)
    word: Mapped[str] = mapped_column(String(8))
    since: Mapped[datetime]


class ConsentRecord(Table):
    """Everything that was ever said about it: by whom, when, and on what ground (the words, a form, the carrier)."""

    __tablename__ = "consent_record"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(12))
    word: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    source: Mapped[str] = mapped_column(String(20))
    ground: Mapped[str] = mapped_column(String(200), default="")
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))

    __table_args__ = (Index(None, "phone", "purpose", "id"),)


async def give(db: AsyncSession, phone: str, *, source: str, ground: str = "", purpose: str = JOBS,
               by: Officer | None = None, at: datetime | None = None) -> int:
    """The number's owner agreed. Only their own later word or a recorded one of staff lifts an earlier stop. Returns
    the id of the record, also where they had said so before."""
    return await _say(db, ConsentRecord(
        phone=phone, purpose=purpose, word=Word.AGREED, source=source, ground=ground[:200],
        officer_id=by.id if by else None, at=at or clock.now()))


async def withdraw(db: AsyncSession, phone: str, *, source: str, ground: str = "", purpose: str = JOBS,
                   by: Officer | None = None, at: datetime | None = None) -> int:
    """The number's owner said stop; it holds for numbers that nobody knows, too. Returns the id of the record."""
    return await _say(db, ConsentRecord(
        phone=phone, purpose=purpose, word=Word.STOPPED, source=source, ground=ground[:200],
        officer_id=by.id if by else None, at=at or clock.now()))


async def take_back(db: AsyncSession, phone: str, *, before: Word | None, by: Officer, purpose: str = JOBS) -> None:
    """What was taken for the owner's word was none: what they had said before holds again, in the log for good."""
    if before is not None:
        say = give if before == Word.AGREED else withdraw
        await say(db, phone, source=CORRECTED, purpose=purpose, by=by)
        return
    await db.execute(delete(Consent).where(Consent.phone == phone, Consent.purpose == purpose))
    db.add(ConsentRecord(phone=phone, purpose=purpose, word=Word.UNSAID, source=CORRECTED, officer_id=by.id))
    await db.flush()


async def word(db: AsyncSession, phone: str, purpose: str = JOBS) -> Word | None:
    """What the number's owner said last; None if nothing."""
    row = await db.get(Consent, (phone, purpose))
    return Word(row.word) if row else None


async def is_newest(db: AsyncSession, record_id: int, phone: str, purpose: str = JOBS) -> bool:
    """Whether nothing was said of the number since that record."""
    newest = await db.scalar(select(ConsentRecord.id).where(
        ConsentRecord.phone == phone, ConsentRecord.purpose == purpose).order_by(ConsentRecord.id.desc()).limit(1))
    return newest == record_id


async def stopped(db: AsyncSession, phone: str, purpose: str = JOBS) -> bool:
    return await word(db, phone, purpose) == Word.STOPPED


async def stopped_among(db: AsyncSession, phones: list[str], purpose: str = JOBS) -> set[str]:
    """Those of the numbers that said stop."""
    return set(await db.scalars(select(Consent.phone).where(
        Consent.phone.in_(phones), Consent.purpose == purpose, Consent.word == Word.STOPPED)))


def said(word: Word, phone: Any, purpose: str = JOBS) -> Exists:
    """The condition, for queries over many people: the number in that column stands at this word."""
    return exists().where(Consent.phone == phone, Consent.purpose == purpose, Consent.word == word)


async def _say(db: AsyncSession, record: ConsentRecord) -> int:
    """One statement, so that two who say it first at the same moment do not meet."""
    make = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    now = {"word": record.word, "since": record.at}
    await db.execute(make(core(Consent)).values(phone=record.phone, purpose=record.purpose, **now)
                     .on_conflict_do_update(index_elements=["phone", "purpose"], set_=now))
    held = await db.get(Consent, (record.phone, record.purpose))
    if held is not None:
        await db.refresh(held)
    db.add(record)
    await db.flush()
    return record.id
