"""A phone that was proved stays proved on that device for a while; who of the family it is, the person says."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Id, Table
from app.residents.residents import Resident

KEPT = timedelta(days=90)


class PhoneSession(Table):
    __tablename__ = "phone_session"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    phone: Mapped[str] = mapped_column(String(20), index=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


async def start(db: AsyncSession, phone: str) -> str:
    """A new session for a phone that was just proved; returns the token for the cookie."""
    token = secrets.token_urlsafe(32)
    db.add(PhoneSession(token_hash=_hash(token), phone=phone, expires_at=clock.now() + KEPT))
    await db.flush()
    return token


async def of(db: AsyncSession, token: str) -> PhoneSession | None:
    """The open session of that token."""
    return await db.scalar(select(PhoneSession).where(
        PhoneSession.token_hash == _hash(token), PhoneSession.ended_at.is_(None),
        PhoneSession.expires_at > clock.now()))


async def choose(db: AsyncSession, session: PhoneSession, resident: Resident) -> None:
    """Of several people on this phone, this one is holding it; only people of this very phone can be chosen."""
    if resident.phone == session.phone:
        session.resident_id = resident.id
        await db.flush()


async def end(db: AsyncSession, token: str) -> None:
    await db.execute(update(PhoneSession).where(PhoneSession.token_hash == _hash(token)).values(ended_at=clock.now()))


def mark(token: str) -> str:
    """What the table keeps of a token."""
    return _hash(token)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
