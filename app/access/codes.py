"""Codes by text: how a resident proves a phone. The page says the same whether the phone is known or not."""

import hashlib
import hmac
import ipaddress
import logging
import re
import secrets
import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import Index, Select, String, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, words
from app.db import Id, Table, settings_of, take_turn
from app.errors import Refused
from app.i18n import _
from app.residents import residents
from app.sms import outbox
from app.sms.outbox import Purpose

log = logging.getLogger("doorstep.codes")
DIGITS = 6
NOT_SENT = ""  # in the place of a code's hash; nothing that somebody types fits it
ANOTHER_WAY = "link"  # the same
KEPT = timedelta(minutes=10)
TRIES = 5
PAUSE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TWICE = timedelta(minutes=1)  # within which the same browser may send the same code again
PER_PHONE = 5
PER_ADDRESS = 20
_IN_A_TEXT = re.compile(rf"(?<!\d)\d{{{DIGITS}}}(?!\d)")
MOST_AN_HOUR = 1000  # to everybody; beyond them only numbers of the registry get one


class Code(Table):
    """A code that was asked for, sent or not; the code, the asker's address and the browser that used it are kept only
    as keyed hashes."""

    __tablename__ = "code"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone: Mapped[str] = mapped_column(String(20))
    code_hash: Mapped[str] = mapped_column(String(64))
    address_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    browser_hash: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (Index(None, "phone", "created_at"), Index(None, "address_hash", "created_at"))


class TooOften(Refused):
    """Codes were asked for too often; later is right."""


async def ask(db: AsyncSession, phone: str, *, address: str) -> None:
    """Send a new code to the phone; an older one that is still open stays good.

    Codes cost money, so a number that the registry does not know gets one only if it is a mainland mobile's, and only
    while the hour's codes are below MOST_AN_HOUR. Nothing that the asker sees tells the difference.

    Raises TooOften after one within the minute or five within the hour to this phone, or twenty within the hour from
    this address. "One a minute and five an hour per phone, and per address" may be read as the same figures for an
    address; but a whole village may come from one address of its carrier, and a station helps many people on one
    computer, so that would lock out those whom the pages are for.
    """
    now = clock.now()
    code = await _asked(db, phone, address, expires_at=now + KEPT)
    if not await _is_worth_a_text(db, phone):
        return
    digits = "".join(secrets.choice("0123456789") for _place in range(DIGITS))
    code.code_hash = _hash(db, "code", phone, digits)
    await outbox.queue(db, to=phone, purpose=Purpose.CODE, expires_at=now + KEPT,
                       text=words.text("code.txt", code=digits, minutes=int(KEPT.total_seconds() // 60)))


async def count(db: AsyncSession, phone: str, *, address: str) -> bool:
    """Something else than a code is sent to the phone to prove it, within the same limits; whether it is worth a text.
    Raises TooOften as `ask` does."""
    row = await _asked(db, phone, address, expires_at=clock.now())
    worth = await _is_worth_a_text(db, phone)
    row.code_hash = ANOTHER_WAY if worth else NOT_SENT
    return worth


async def check(db: AsyncSession, phone: str, typed: str, *, browser: str = "") -> bool:
    """Whether this is a code that was sent to the phone. A right one is used up, a wrong one counts as a try of every
    open code: the caller commits in both cases. The same `browser` (a secret of its own) may bring it twice within a
    minute: an impatient finger presses twice, and the browser listens to the second answer only."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", typed[:60]) if c.isdigit())
    found = list(await db.scalars(_open(phone).with_for_update().execution_options(populate_existing=True)))
    given = _hash(db, "code", phone, digits)
    right = any(hmac.compare_digest(code.code_hash, given) for code in found)
    mark = _hash(db, "browser", browser) if browser else None
    if not right and mark and await _was_right(db, phone, given, mark):
        return True
    for code in found:
        if right:
            code.used_at, code.browser_hash = clock.now(), mark
        else:
            code.tries += 1
    await db.flush()
    return right


async def _was_right(db: AsyncSession, phone: str, given: str, mark: str) -> bool:
    return await db.scalar(select(Code.id).where(
        Code.phone == phone, Code.used_at > clock.now() - TWICE, Code.code_hash == given, Code.browser_hash == mark)
        .limit(1)) is not None


def covered(text: str) -> str:
    """The text without the code."""
    return _IN_A_TEXT.sub("……", text)


async def is_open(db: AsyncSession, phone: str) -> bool:
    """Whether a code that was sent to the phone can still be typed in."""
    return await db.scalar(_open(phone).limit(1)) is not None


async def forget_old(db: AsyncSession) -> None:
    """Codes are of no use after a day, and their phones are somebody's."""
    await db.execute(delete(Code).where(Code.created_at < clock.now() - timedelta(days=1))
                     .execution_options(synchronize_session=False))


async def _asked(db: AsyncSession, phone: str, address: str, *, expires_at: datetime) -> Code:
    """Note that it was asked for. Raises TooOften."""
    await take_turn(db, "codes")
    asker = address_mark(db, address)
    await _must_not_be_too_often(db, phone, asker)
    code = Code(phone=phone, code_hash=NOT_SENT, address_hash=asker, created_at=clock.now(), expires_at=expires_at)
    db.add(code)
    return code


def address_mark(db: AsyncSession, address: str) -> str:
    """Tells an asker's address from others, without keeping it."""
    return _hash(db, "address", _network(address))


async def _is_worth_a_text(db: AsyncSession, phone: str) -> bool:
    if await residents.by_phone(db, phone):
        return True
    if not phone.startswith("+86"):
        return False
    sent = await db.scalar(select(func.count()).where(Code.created_at > clock.now() - HOUR, Code.code_hash != NOT_SENT))
    if (sent or 0) < MOST_AN_HOUR:
        return True
    log.warning("%d codes within the hour; numbers that nobody knows get none for now", sent)
    return False


async def _must_not_be_too_often(db: AsyncSession, phone: str, asker: str) -> None:
    now = clock.now()
    to_phone = list(await db.scalars(select(Code.created_at).where(Code.phone == phone, Code.created_at > now - HOUR)))
    if to_phone and max(to_phone) > now - PAUSE:
        raise TooOften(_("We sent a text to this phone just now. It may take a minute to arrive."), field="code")
    from_address = await db.scalar(select(func.count()).where(Code.address_hash == asker, Code.created_at > now - HOUR))
    if len(to_phone) >= PER_PHONE or (from_address or 0) >= PER_ADDRESS:
        raise TooOften(_("Too many codes were asked for within the hour. Please try again later, or telephone the "
                         "station."), field="phone")


def _open(phone: str) -> Select[Code]:
    return select(Code).where(Code.phone == phone, Code.used_at.is_(None), Code.tries < TRIES,
                              Code.expires_at > clock.now()).order_by(Code.id)


def _network(address: str) -> str:
    """Whoever has one address of the newer kind has the 2^64 around it."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else address


def _hash(db: AsyncSession, *parts: str) -> str:
    secret = settings_of(db).secret_key.encode()
    return hmac.new(secret, ":".join(("code", *parts)).encode(), hashlib.sha256).hexdigest()
