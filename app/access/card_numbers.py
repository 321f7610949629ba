"""A number on a small card, for whoever has no phone or not with them: an officer types it in at the station, and the
pages there are that person's for a quarter of an hour. Nobody gets in by the number alone."""

import re
import secrets
import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.access import sessions
from app.db import Id, Table, only, take_turn
from app.errors import Refused
from app.i18n import _
from app.residents.residents import Resident
from app.staff import audit, scopes
from app.staff.accounts import May, Officer
from app.staff.audit import Audit
from app.staff.scopes import require

DIGITS = 7  # the last one checks the others
TRIES, WITHIN = 5, timedelta(minutes=15)  # wrong numbers of one officer
_WRONG = "wrong_card"  # in the audit
# Damm's quasigroup of order 10: finds every single wrong digit and every two neighbours that changed places.
_DAMM = ("0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
         "3674209581", "5869720134", "8945362017", "9438617205", "2581436790")


class CardNumber(Table):
    """A person has one open number; one that has ended is given to nobody else."""

    __tablename__ = "card_number"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(7), unique=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index("uq_card_number_open", "resident_id", unique=True, **only("ended_at IS NULL")),)


async def issue(db: AsyncSession, resident: Resident, *, by: Officer) -> CardNumber:
    """A new number for this person; the old one ends. Raises Refused for somebody who moved away."""
    require(by, May.SIGN_UP)
    if resident.left_at:
        raise Refused(_("Whoever moved away gets no card number."), field="card")
    await take_turn(db, "cards")
    await end(db, resident)
    number = _new()
    while await db.scalar(select(CardNumber.id).where(CardNumber.number == number)) is not None:
        number = _new()
    card = CardNumber(number=number, resident_id=resident.id, officer_id=by.id)
    db.add(card)
    await db.flush()
    audit.record(db, "issue_card", resident, by=by)
    return card


async def end(db: AsyncSession, resident: Resident) -> None:
    """The person's number does not hold any more."""
    held = await of(db, resident)
    if held is not None:
        held.ended_at = clock.now()
        await db.flush()


async def of(db: AsyncSession, resident: Resident) -> CardNumber | None:
    """The person's open number."""
    return await db.scalar(select(CardNumber).where(CardNumber.resident_id == resident.id,
                                                    CardNumber.ended_at.is_(None)))


async def open_pages(db: AsyncSession, typed: str, *, by: Officer) -> tuple[Resident, str]:
    """Let the person of this number use the pages on this device; returns the token of their session.

    Raises Refused beside the field. The caller keeps the transaction even then: a wrong number counts as a try, and
    after five within a quarter of an hour the officer waits. A slip of the finger is no try, the check digit finds it.
    """
    require(by, May.SIGN_UP)
    await take_turn(db, "cards")
    tries = await db.scalar(select(func.count()).where(Audit.officer_id == by.id, Audit.verb == _WRONG,
                                                       Audit.at > clock.now() - WITHIN)) or 0
    if tries >= TRIES:
        raise Refused(_("Too many wrong card numbers. Please wait a quarter of an hour, or look for the person by "
                        "name."), field="card")
    number = read(typed)
    card = await db.scalar(select(CardNumber).where(CardNumber.number == number, CardNumber.ended_at.is_(None)))
    person = await db.scalar(scopes.visible(Resident, by).where(
        Resident.id == card.resident_id, Resident.left_at.is_(None))) if card else None
    if card is None or person is None:
        audit.record(db, _WRONG, by=by)
        await db.flush()
        raise Refused(_("No card has this number, or it has ended. Please compare it with the card."), field="card")
    audit.record(db, "open_pages", person, by=by)
    return person, await sessions.start_at_station(db, person, card_id=card.id)


def read(typed: str) -> str:
    """The number as it was typed, with blanks or in wide digits. Raises Refused for what can be none."""
    digits = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed[:40]))
    if not re.fullmatch(r"[0-9]{7}", digits):
        raise Refused(_("A card number has 7 digits."), field="card")
    if _check(digits) != "0":
        raise Refused(_("There is a slip in this number: a digit is wrong, or two changed places. Please type it "
                        "again."), field="card")
    return digits


def shown(number: str) -> str:
    """123 4567: in two groups, as it stands on the card."""
    return f"{number[:3]} {number[3:]}"


def _new() -> str:
    first = str(secrets.randbelow(9 * 10 ** (DIGITS - 2)) + 10 ** (DIGITS - 2))  # none begins with 0
    return first + _check(first)


def _check(digits: str) -> str:
    """Damm's digit of these; "0" where the last one is right."""
    row = 0
    for digit in digits:
        row = int(_DAMM[row][int(digit)])
    return str(row)
