"""A form that arrives twice does its deed once: a phone without a signal sends again what it had no answer to."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import String, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Table, core, settings_of

KEPT = timedelta(days=4)  # a device gives up after twelve hours
_LONGEST = 300


class Once(Table):
    """What came of the form with this key; the key itself stays on the person's device."""

    __tablename__ = "once"
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    outcome: Mapped[str] = mapped_column(String(_LONGEST), default="")
    told: Mapped[bool] = mapped_column(default=False)


def key(*parts: object) -> str:
    """Of whom, for what, and the form's own random word: nobody can use up, or learn from, another one's."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


async def begin(db: AsyncSession, key_hash: str) -> bool:
    """Whether the form comes for the first time. One that is being dealt with elsewhere is waited for. Without a key
    each is the first, and there is nothing to note.

    Whoever begins notes an outcome in the same transaction, or takes it back where nothing was decided yet.
    """
    if not key_hash:
        return True
    make = sqlite.insert if settings_of(db).is_sqlite else postgresql.insert
    row = make(core(Once)).values(key_hash=key_hash, made_at=clock.now(), outcome="", told=False)
    done = await db.execute(row.on_conflict_do_nothing().returning(core(Once).c.key_hash))
    return done.first() is not None


async def note(db: AsyncSession, key_hash: str, outcome: str, *, told: bool) -> None:
    """What came of it, and whether the person was told by text."""
    await db.execute(update(Once).where(Once.key_hash == key_hash).values(outcome=outcome[:_LONGEST], told=told)
                     .execution_options(synchronize_session=False))


async def take_back(db: AsyncSession, key_hash: str) -> None:
    """Nothing was decided: something is asked of the person first, and the form comes again."""
    await db.execute(delete(Once).where(Once.key_hash == key_hash).execution_options(synchronize_session=False))


async def of(db: AsyncSession, key_hash: str) -> Once | None:
    """What came of it when it came first."""
    return await db.scalar(select(Once).where(Once.key_hash == key_hash))


async def forget_old(db: AsyncSession) -> None:
    await db.execute(delete(Once).where(Once.made_at < clock.now() - KEPT).execution_options(synchronize_session=False))
