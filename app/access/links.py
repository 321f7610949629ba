"""A personal link by text: whoever opens it is signed in, once and soon, as the person to whom it was sent.

A link lasts 15 minutes where the person asked for it. What is sent another way than it is used should not last longer
than ten minutes (NIST SP 800-63B, 5.1.3.2; OWASP ASVS, 2.7.2), and a text code does not; but nothing has to be guessed
or typed here, a text takes minutes to come where the signal is weak, and the reader has to find it first. What staff
send lasts a day: nobody waits for it with the phone in hand.
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, i18n, words
from app.access import codes, sessions
from app.db import Id, Table, settings_of
from app.errors import Refused
from app.i18n import _
from app.residents import residents
from app.residents.residents import Resident
from app.sms import outbox
from app.sms.outbox import Purpose
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

KEPT = timedelta(minutes=15)
KEPT_BY_STAFF = timedelta(days=1)
TWICE = timedelta(minutes=1)  # within which the same browser may send the same button again
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 of them, none like another one on a small screen
_LENGTH = 20  # 100 bits
_IN_A_TEXT = re.compile(rf"(/l/)[{_LETTERS}]{{{_LENGTH}}}")


class Link(Table):
    """`resident_id` is empty where several share the phone and nobody said who: then the page asks, as after a code.
    `browser_hash` is of the browser that pressed the button."""

    __tablename__ = "link"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    phone: Mapped[str] = mapped_column(String(20))
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id"), index=True)
    listing_id: Mapped[int | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    browser_hash: Mapped[str] = mapped_column(String(64), default="")


async def make(db: AsyncSession, phone: str, *, resident: Resident | None = None, listing_id: int | None = None,
               kept: timedelta = KEPT) -> str:
    """A new link; returns its address, which is known nowhere else afterwards. Older ones that are still open stay
    good: texts overtake each other."""
    token = "".join(secrets.choice(_LETTERS) for _place in range(_LENGTH))
    now = clock.now()
    db.add(Link(token_hash=_hash(db, token), phone=phone, resident_id=resident.id if resident else None,
                listing_id=listing_id, created_at=now, expires_at=now + kept))
    await db.flush()
    return f"{settings_of(db).public_url}/l/{token}"


async def ask(db: AsyncSession, phone: str, *, address: str, listing_id: int | None = None) -> None:
    """Somebody at a page wants a link in the place of a code. The limits are those of codes, both counted together, and
    nothing that the asker sees tells whether the registry has the number. Raises codes.TooOften."""
    if not await codes.count(db, phone, address=address):
        return
    people = await residents.by_phone(db, phone)
    person = people[0] if len(people) == 1 else None
    with i18n.speaking(person.language if person else i18n.language()):
        await _queue(db, phone, person, listing_id=listing_id)


async def send(db: AsyncSession, resident: Resident, *, by: Officer) -> None:
    """Staff text a link to somebody who asked for it, at the counter or on the telephone: it goes after a stop, too.
    Raises Refused without a phone that could get it."""
    require(by, May.SIGN_UP)
    if not resident.phone or resident.wrong_phone_at or resident.left_at:
        raise Refused(_("There is no phone to which a link could be texted. Please give them a card number instead."),
                      field="link")
    with i18n.speaking(resident.language):
        await _queue(db, resident.phone, resident, kept=KEPT_BY_STAFF)
    audit.record(db, "text_link", resident, by=by)


async def look(db: AsyncSession, token: str) -> Link | None:
    """The link of that token, whatever became of it."""
    return await db.scalar(select(Link).where(Link.token_hash == _hash(db, token)))


def is_open(link: Link) -> bool:
    return link.used_at is None and link.expires_at > clock.now()


async def use(db: AsyncSession, token: str, *, browser: str = "") -> str | None:
    """Sign in: returns the token of a new session, or None when the link does not hold any more. Of two who open it at
    the same moment one wins. The same `browser` (a secret of its own) may come twice within a minute: an impatient
    finger presses twice, and the browser listens to the second answer only."""
    now, mark = clock.now(), _hash(db, token)
    won = await db.scalar(update(Link).where(Link.token_hash == mark, Link.used_at.is_(None), Link.expires_at > now)
                          .values(used_at=now, browser_hash=_hash(db, browser) if browser else "").returning(Link.id))
    link = await db.scalar(select(Link).where(Link.token_hash == mark).execution_options(populate_existing=True))
    if link is None or (won is None and not _again(db, link, browser, now)):
        return None
    people = await residents.by_phone(db, link.phone)
    mine = link.resident_id is None or link.resident_id in {person.id for person in people}
    if not mine:  # they moved away, or the number is somebody else's now
        return None
    return await sessions.start(db, link.phone, resident_id=link.resident_id)


def covered(text: str) -> str:
    """The text without what opens a link: it is for its owner's eyes alone."""
    return _IN_A_TEXT.sub(r"\1…", text)


async def forget_old(db: AsyncSession) -> None:
    """A link that has ended is of no use, and its phone is somebody's."""
    await db.execute(delete(Link).where(Link.created_at < clock.now() - timedelta(days=2))
                     .execution_options(synchronize_session=False))


async def _queue(db: AsyncSession, phone: str, person: Resident | None, *, listing_id: int | None = None,
                 kept: timedelta = KEPT) -> None:
    link = await make(db, phone, resident=person, listing_id=listing_id, kept=kept)
    await outbox.queue(db, to=phone, purpose=Purpose.CODE, expires_at=clock.now() + kept,
                       addressed=[person.id] if person else (),
                       text=words.text("link.txt", link=link, minutes=int(kept.total_seconds() // 60)))


def _again(db: AsyncSession, link: Link, browser: str, now: datetime) -> bool:
    return bool(browser and link.used_at and now - link.used_at < TWICE
                and hmac.compare_digest(link.browser_hash, _hash(db, browser)))


def _hash(db: AsyncSession, token: str) -> str:
    secret = settings_of(db).secret_key.encode()
    return hmac.new(secret, f"link:{token[:200]}".encode(), hashlib.sha256).hexdigest()
