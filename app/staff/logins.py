"""Logging staff in: sessions live in the database, and guessing gets slower with every failure."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Database, Id, Table, settings_of, take_turn
from app.errors import Refused
from app.i18n import _
from app.staff import accounts, audit, passwords
from app.staff.accounts import Officer

SESSION_HOURS = 12
FREE_FAILURES = 3
FREE_FAILURES_OF_AN_ADDRESS = 20  # a whole station, or everybody behind one proxy, may come from one
LONGEST_WAIT_SECONDS = 15 * 60
MEMORY = timedelta(hours=1)


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
    """How long this user name or this address has to wait before the next try: 0 up to so many failures an hour, then
    2, 4, 8 … seconds, at most a quarter of an hour."""
    waits = [await _wait(db, key, free) for key, free in _keys(db, username, address).items()]
    return max(waits)


async def log_in(database: Database, username: str, password: str, *, address: str) -> str | None:
    """A session's token, or None when name and password do not fit. Raises Refused while a wait is on, whatever the
    password.

    Every try is written down as a failure before the password is looked at, and taken back when it fits: many tries
    at once wait like many in a row. The slow look at the password happens outside every transaction.
    """
    async with database.session() as db:
        await take_turn(db, "logins")
        waiting = await wait_seconds(db, username, address)
        if waiting:
            raise Refused(_("Too many tries. Please wait {seconds} seconds."), seconds=waiting)
        tries = [LoginFailure(who=key) for key in _keys(db, username, address)]
        db.add_all(tries)
        officer = await accounts.by_username(db, username)
    fits = await passwords.soon_fits(officer.password_hash if officer else passwords.DECOY, password)
    if officer is None or not fits:
        return None
    async with database.session() as db:
        await db.execute(delete(LoginFailure).where(LoginFailure.id.in_([one.id for one in tries])))
        return await _start(db, officer)


async def officer_of(db: AsyncSession, token: str) -> Officer | None:
    """The officer whose open session this token is."""
    officer_id = await db.scalar(select(StaffSession.officer_id).where(
        StaffSession.token_hash == _hash(token), StaffSession.ended_at.is_(None),
        StaffSession.expires_at > clock.now()))
    return await accounts.get(db, officer_id) if officer_id else None


async def log_out(db: AsyncSession, token: str) -> None:
    await db.execute(update(StaffSession).where(StaffSession.token_hash == _hash(token))
                     .values(ended_at=clock.now()))


async def change_password(database: Database, officer: Officer, old: str, new: str, *, token: str = "") -> None:
    """End every session of the account but the one of this token: whoever changes a password may do so because
    somebody else knows it. Raises Refused when the old one is wrong or the new one is too short or too long."""
    if not await passwords.soon_fits(officer.password_hash, old):
        raise Refused(_("The old password is wrong."), field="old")
    if len(new) < passwords.SHORTEST:
        raise Refused(_("Please choose at least 10 characters."), field="new")
    if len(new) > passwords.LONGEST:
        raise Refused(_("Please choose at most 200 characters."), field="new")
    kept = await passwords.soon_hashed(new)
    async with database.session() as db:
        await db.execute(update(Officer).where(Officer.id == officer.id).values(password_hash=kept, must_change=False))
        await _end_sessions(db, officer, but=token)
        audit.record(db, "change_password", officer, by=officer)


async def reset_password(database: Database, username: str) -> str:
    """A new one-time password for an account whose officer forgot the old one. Raises Refused without an account."""
    chosen = secrets.token_urlsafe(9)
    kept = await passwords.soon_hashed(chosen)
    async with database.session() as db:
        officer = await _open_account(db, username)
        officer.password_hash, officer.must_change = kept, True
        await _end_sessions(db, officer)
        audit.record(db, "reset_password", officer, by=await accounts.operator(db, officer.area))
    return chosen


async def close_account(database: Database, username: str) -> None:
    """Nobody logs in with it any more, and whoever is logged in is out at once; what was done in its name stays.
    Raises Refused without an account."""
    async with database.session() as db:
        officer = await _open_account(db, username)
        officer.closed_at = clock.now()
        await _end_sessions(db, officer)
        audit.record(db, "close_account", officer, by=await accounts.operator(db, officer.area))


async def forget_old(db: AsyncSession) -> None:
    """Failures count for an hour; a day later nothing needs them."""
    await db.execute(delete(LoginFailure).where(LoginFailure.at < clock.now() - timedelta(days=1))
                     .execution_options(synchronize_session=False))


async def _start(db: AsyncSession, officer: Officer) -> str | None:
    """A session, unless the account was closed or got another password while this one was looked at."""
    now = await accounts.get(db, officer.id)
    if now is None or now.password_hash != officer.password_hash:
        return None
    token = secrets.token_urlsafe(32)
    db.add(StaffSession(token_hash=_hash(token), officer_id=officer.id,
                        expires_at=clock.now() + timedelta(hours=SESSION_HOURS)))
    audit.record(db, "log_in", officer, by=officer)
    return token


async def _open_account(db: AsyncSession, username: str) -> Officer:
    officer = await accounts.by_username(db, username)
    if officer is None:
        raise Refused(_("There is no open account with the user name {username}."), username=username)
    return officer


async def _end_sessions(db: AsyncSession, officer: Officer, *, but: str = "") -> None:
    await db.execute(update(StaffSession).where(
        StaffSession.officer_id == officer.id, StaffSession.ended_at.is_(None), StaffSession.token_hash != _hash(but))
        .values(ended_at=clock.now()))


async def _wait(db: AsyncSession, who: str, free: int) -> int:
    row = (await db.execute(select(func.count(), func.max(LoginFailure.at)).where(
        LoginFailure.who == who, LoginFailure.at > clock.now() - MEMORY))).one()
    failures, last = row
    if failures <= free or last is None:
        return 0
    pause = min(2 ** min(failures - free, 20), LONGEST_WAIT_SECONDS)
    return max(0, int((last + timedelta(seconds=pause) - clock.now()).total_seconds() + 0.999))


def _keys(db: AsyncSession, username: str, address: str) -> dict[str, int]:
    """What failures count against, and how many of them are free."""
    secret = settings_of(db).secret_key.encode()
    return {hmac.new(secret, f"login:{kind}:{value}".encode(), hashlib.sha256).hexdigest(): free
            for kind, value, free in (("user", username.casefold(), FREE_FAILURES),
                                      ("address", address, FREE_FAILURES_OF_AN_ADDRESS))}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
