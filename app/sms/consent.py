"""Per number and purpose: who agreed, who said stop, who came back. The log is only added to and kept for good.

Purposes are what texts are about: JOBS are job pushes and calls to work, NOTICES are surveys, buses and what is new in
the community. The word about jobs is the general one: it holds for every purpose of which the number has said nothing
by itself. What somebody says about one purpose (`give`, `withdraw`) leaves the others as they were; what they say of
all texts (`say_of_all`), as a stop by text is meant, changes each purpose.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Exists, ForeignKey, Index, String, and_, bindparam, delete, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app import clock, pairs
from app.db import Id, Table, core
from app.staff.accounts import Officer

JOBS = "jobs"
NOTICES = "notices"
PURPOSES = (JOBS, NOTICES)  # the general one first
CORRECTED = "corrected"  # the source, where staff put right what a text was taken for
KEPT = "kept"  # the source, where the general word changed for jobs alone, and this purpose stays as it was


class Word(StrEnum):
    """UNSAID stands in the log where what was taken for a word was none and there was none before. As what holds, it
    is as good as no word: of this purpose nothing was said, and the general word was about jobs alone."""

    AGREED = "agreed"
    STOPPED = "stopped"
    UNSAID = "unsaid"


class Consent(Table):
    """The newest word of a number about a purpose. A purpose without a row stands as JOBS does."""

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


_TOLD = pairs.joined("told")
_own, _general = core(Consent).alias("own"), core(Consent).alias("general")
_WORD = func.coalesce(_own.c.word, _general.c.word, "")
_NOT_AGREED = (
    select(_TOLD.c.number, _WORD.label("word"))
    .select_from(_TOLD.outerjoin(_own, and_(_own.c.phone == _TOLD.c.word, _own.c.purpose == bindparam("about")))
                 .outerjoin(_general, and_(_general.c.phone == _TOLD.c.word, _general.c.purpose == JOBS)))
    .where(_WORD != Word.AGREED))


@dataclass(frozen=True)
class Change:
    """What a word about all texts did to one purpose: its own word before, if any, and the id of the record."""

    before: Word | None
    record: int


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


async def say_of_all(db: AsyncSession, phone: str, word: Word, *, source: str, ground: str = "",
                     by: Officer | None = None, at: datetime | None = None) -> dict[str, Change]:
    """The number's owner agreed to all texts, or to none: the general word, and each purpose with one of its own.
    Returns by purpose what changed, also where they had said so before."""
    say = give if word == Word.AGREED else withdraw
    before = await own(db, phone)
    made = {JOBS: await say(db, phone, source=source, ground=ground, by=by, at=at)}
    for purpose in await own(db, phone):  # read anew: whoever changed one meanwhile held the general word's row
        if purpose != JOBS:
            made[purpose] = await say(db, phone, source=source, ground=ground, purpose=purpose, by=by, at=at)
    return {purpose: Change(before.get(purpose), record) for purpose, record in made.items()}


async def keep(db: AsyncSession, phone: str, purpose: str, *, by: Officer | None = None) -> None:
    """What holds for the purpose becomes its own word, and goes on while the general one changes for jobs alone."""
    row = (await held(db, phone)).get(purpose)
    if row is not None and row.purpose == purpose:
        return
    record = ConsentRecord(phone=phone, purpose=purpose, word=row.word if row else Word.UNSAID, source=KEPT,
                           officer_id=by.id if by else None, at=clock.now())
    await _say(db, record, since=row.since if row else None)


async def take_back(db: AsyncSession, phone: str, *, before: Word | None, by: Officer, purpose: str = JOBS) -> None:
    """What was taken for the owner's word was none: what they had said before holds again, in the log for good."""
    record = ConsentRecord(phone=phone, purpose=purpose, word=before or Word.UNSAID, source=CORRECTED, officer_id=by.id,
                           at=clock.now())
    if before is not None:
        await _say(db, record)
        return
    await db.execute(delete(Consent).where(Consent.phone == phone, Consent.purpose == purpose))
    db.add(record)
    await db.flush()


async def word(db: AsyncSession, phone: str, purpose: str = JOBS) -> Word | None:
    """What holds for the number and the purpose: the owner's last word about it, else the general one; None if they
    said nothing."""
    words = await own(db, phone)
    found = words.get(purpose, words.get(JOBS))
    return None if found == Word.UNSAID else found


async def own(db: AsyncSession, phone: str) -> dict[str, Word]:
    """By purpose the word that the number has of its own."""
    return {purpose: Word(word) for (_phone, purpose), word in (await own_among(db, [phone])).items()}


async def own_among(db: AsyncSession, phones: Sequence[str]) -> dict[tuple[str, str], str]:
    """The same for many numbers at once, by number and purpose."""
    said = core(Consent).c
    rows = await db.execute(select(said.phone, said.purpose, said.word).where(said.phone.in_(phones)))
    return {(phone, purpose): word for phone, purpose, word in rows}


async def not_agreed(db: AsyncSession, phones: Mapping[int, str], about: str) -> dict[int, str]:
    """Those of these (any number: phone) that do not agree now to texts about this purpose, and their word, or "" where
    they said none. One look for each, whatever their count."""
    connection = await db.connection()
    rows = await connection.execute(_NOT_AGREED, {"told": pairs.bound(phones), "about": about})
    return {row.number: row.word for row in rows}


async def held(db: AsyncSession, phone: str, *, lock: bool = False) -> dict[str, Consent]:
    """By purpose the row that holds for it, its own or the general one, as far as there is one. With `lock` nobody
    else changes the rows until the transaction ends."""
    chosen = select(Consent).where(Consent.phone == phone).order_by(Consent.purpose)  # jobs come first
    if lock:
        chosen = chosen.with_for_update().execution_options(populate_existing=True)
    rows = {row.purpose: row for row in await db.scalars(chosen)}
    found = {purpose: rows.get(purpose) or rows.get(JOBS) for purpose in PURPOSES}
    return {purpose: row for purpose, row in found.items() if row is not None}


async def log(db: AsyncSession, phone: str, *, most: int | None = None) -> list[ConsentRecord]:
    """Everything that was said of the number, newest first."""
    return list(await db.scalars(select(ConsentRecord).where(ConsentRecord.phone == phone)
                                 .order_by(ConsentRecord.id.desc()).limit(most)))


async def is_newest(db: AsyncSession, record_id: int, phone: str, purpose: str = JOBS) -> bool:
    """Whether nothing was said of the number and the purpose since that record."""
    newest = await db.scalar(select(ConsentRecord.id).where(
        ConsentRecord.phone == phone, ConsentRecord.purpose == purpose).order_by(ConsentRecord.id.desc()).limit(1))
    return newest == record_id


async def stopped(db: AsyncSession, phone: str, purpose: str = JOBS) -> bool:
    return await word(db, phone, purpose) == Word.STOPPED


async def stopped_all(db: AsyncSession, phone: str) -> bool:
    """Whether a stop holds for every purpose."""
    words = await own(db, phone)
    return words.get(JOBS) == Word.STOPPED and set(words.values()) == {Word.STOPPED}


def said(word: Word, phone: Any, purpose: str = JOBS) -> Exists:
    """The condition, for queries over many people: for the number in that column and the purpose this word holds."""
    found = exists().where(Consent.phone == phone, Consent.word == word)
    if purpose == JOBS:
        return found.where(Consent.purpose == JOBS)
    mine = aliased(Consent)
    alone = ~exists().where(mine.phone == phone, mine.purpose == purpose)
    return found.where(or_(Consent.purpose == purpose, and_(Consent.purpose == JOBS, alone)))


async def _say(db: AsyncSession, record: ConsentRecord, *, since: datetime | None = None) -> int:
    """One statement, so that two who say it first at the same moment do not meet."""
    make = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    now = {"word": record.word, "since": since or record.at}
    await db.execute(make(core(Consent)).values(phone=record.phone, purpose=record.purpose, **now)
                     .on_conflict_do_update(index_elements=["phone", "purpose"], set_=now))
    row = await db.get(Consent, (record.phone, record.purpose))
    if row is not None:
        await db.refresh(row)
    db.add(record)
    await db.flush()
    return record.id
