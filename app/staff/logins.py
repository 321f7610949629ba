"""Logging staff in: sessions live in the database, and guessing gets slower with every failure."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Id, Table, settings_of
from app.errors import Refused
from app.i18n import _
from app.staff import accounts, audit
from app.staff.accounts import Officer

SESSION_HOURS = 12
FREE_FAILURES = 3
LONGEST_WAIT_SECONDS = 15 * 60
MEMORY = timedelta(hours=1)
# A hash of nothing, so that an unknown user name takes as long as a wrong password.
_DECOY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$0JvpB4n9fXJGm5oYJ3d1rT1oN8xJ0m8wZyqB0b1cJ5E"


class StaffSession(Table):
    __tablename__ = "staff_session"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class LoginFailure(Table):
    """A wrong try, by user name and by address; both are kept only as keyed hashes."""

    __tablename__ = "login_failure"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    who: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (Index(None, "who", "at"),)


async def wait_seconds(db: AsyncSession, username: str, address: str) -> int:
    """How long this user name or this address has to wait before the next try: 0 up to three failures an hour,
    then 2, 4, 8 … seconds, at most a quarter of an hour."""
    waits = [await _wait(db, key) for key in _keys(db, username, address)]
    return max(waits)


async def log_in(db: AsyncSession, username: str, password: str, *, address: str) -> str | None:
    """A session's token, or None when name and password do not fit (the failure is then written down, so the
    caller commits). Raises Refused while a wait is on, whatever the password."""
    waiting = await wait_seconds(db, username, address)
    if waiting:
        raise Refused(_("Too many tries. Please wait {seconds} seconds."), seconds=waiting)
    officer = await accounts.by_username(db, username)
    fits = accounts.password_fits(officer.password_hash if officer else _DECOY, password)
    if officer is None or not fits:
        db.add_all(LoginFailure(who=key) for key in _keys(db, username, address))
        return None
    token = secrets.token_urlsafe(32)
    db.add(StaffSession(token_hash=_hash(token), officer_id=officer.id,
                        expires_at=clock.now() + timedelta(hours=SESSION_HOURS)))
    audit.record(db, "log_in", officer, by=officer)
    return token


async def officer_of(db: AsyncSession, token: str) -> Officer | None:
    """The officer whose open session this token is."""
    officer_id = await db.scalar(select(StaffSession.officer_id).where(
        StaffSession.token_hash == _hash(token), StaffSession.ended_at.is_(None),
        StaffSession.expires_at > clock.now()))
    return await accounts.get(db, officer_id) if officer_id else None


async def log_out(db: AsyncSession, token: str) -> None:
    await db.execute(update(StaffSession).where(StaffSession.token_hash == _hash(token))
                     .values(ended_at=clock.now()))


async def change_password(db: AsyncSession, officer: Officer, old: str, new: str) -> None:
    """Raises Refused when the old one is wrong or the new one is shorter than 10 characters."""
    if not accounts.password_fits(officer.password_hash, old):
        raise Refused(_("The old password is wrong."), field="old")
    if len(new) < 10:
        raise Refused(_("Please choose at least 10 characters."), field="new")
    officer.password_hash = accounts.hash_password(new)
    officer.must_change = False
    audit.record(db, "change_password", officer, by=officer)


async def forget_old(db: AsyncSession) -> None:
    """Failures count for an hour; a day later nothing needs them."""
    await db.execute(delete(LoginFailure).where(LoginFailure.at < clock.now() - timedelta(days=1))
                     .execution_options(synchronize_session=False))


async def _wait(db: AsyncSession, who: str) -> int:
    row = (await db.execute(select(func.count(), func.max(LoginFailure.at)).where(
        LoginFailure.who == who, LoginFailure.at > clock.now() - MEMORY))).one()
    failures, last = row
    if failures <= FREE_FAILURES or last is None:
        return 0
    pause = min(2 ** (failures - FREE_FAILURES), LONGEST_WAIT_SECONDS)
    return max(0, int((last + timedelta(seconds=pause) - clock.now()).total_seconds() + 0.999))


def _keys(db: AsyncSession, username: str, address: str) -> list[str]:
    secret = settings_of(db).secret_key.encode()
    return [hmac.new(secret, f"login:{kind}:{value}".encode(), hashlib.sha256).hexdigest()
            for kind, value in (("user", username.casefold()), ("address", address))]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
