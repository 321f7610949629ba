"""A phone that was proved stays proved on that device for a while; who of the family it is, the person says. At the
station a card number opens the pages of one person for a few minutes, with or without a phone."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Id, Table
from app.residents import residents
from app.residents.residents import Resident

KEPT = timedelta(days=90)
AT_STATION = timedelta(minutes=15)


class PhoneSession(Table):
    """`phone` was proved; where it is empty, an officer opened the session by the card `card_id`, and it is of this one
    person, whoever else shares their phone."""

    __tablename__ = "phone_session"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    phone: Mapped[str] = mapped_column(String(20), index=True)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id"))
    card_id: Mapped[int | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def at_station(self) -> bool:
        return self.card_id is not None


async def start(db: AsyncSession, phone: str, *, resident_id: int | None = None) -> str:
    """A new session for a phone that was just proved; returns the token for the cookie."""
    token = secrets.token_urlsafe(32)
    db.add(PhoneSession(token_hash=_hash(token), phone=phone, resident_id=resident_id,
                        expires_at=clock.now() + KEPT))
    await db.flush()
    return token


async def start_at_station(db: AsyncSession, resident: Resident, *, card_id: int) -> str:
    """A short session of this person alone; returns the token for the cookie."""
    token = secrets.token_urlsafe(32)
    db.add(PhoneSession(token_hash=_hash(token), phone="", resident_id=resident.id, card_id=card_id,
                        expires_at=clock.now() + AT_STATION))
    await db.flush()
    return token


async def of(db: AsyncSession, token: str) -> PhoneSession | None:
    """The open session of that token."""
    return await db.scalar(select(PhoneSession).where(
        PhoneSession.token_hash == _hash(token), PhoneSession.ended_at.is_(None),
        PhoneSession.expires_at > clock.now()))


async def people(db: AsyncSession, session: PhoneSession) -> list[Resident]:
    """Whom the session may act for: everybody who uses the phone, or the one person of the card."""
    if session.phone:
        return await residents.by_phone(db, session.phone)
    one = await residents.get(db, session.resident_id) if session.resident_id else None
    return [one] if one is not None and one.left_at is None else []


async def choose(db: AsyncSession, session: PhoneSession, resident: Resident) -> None:
    """Of several people on this phone, this one is holding it; only people of this very phone can be chosen."""
    if session.phone and resident.phone == session.phone:
        session.resident_id = resident.id
        await db.flush()


async def end(db: AsyncSession, token: str) -> None:
    await db.execute(update(PhoneSession).where(PhoneSession.token_hash == _hash(token)).values(ended_at=clock.now()))


def mark(token: str) -> str:
    """What the table keeps of a token."""
    return _hash(token)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
