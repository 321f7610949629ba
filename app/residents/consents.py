"""What a person told the staff about texts to their phone: yes or no, how it was learned, when, and on what ground."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.errors import Refused
from app.i18n import _
from app.residents.residents import Resident
from app.sms import consent
from app.sms.consent import JOBS, Consent, Word
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require


class Source(StrEnum):
    FORM = "form"
    SPOKEN = "spoken"
    OTHER = "other"


@dataclass(frozen=True)
class Told:
    word: Word
    source: Source
    on: date
    ground: str = ""


async def record(db: AsyncSession, resident: Resident, told: Told, *, by: Officer) -> None:
    """Note what the person said about texts to this number. What the number itself said later stays in force, and a
    stop is lifted only with words that say who asked for it. Raises Refused, naming the field."""
    require(by, May.EDIT_RESIDENTS)
    if not resident.phone:
        raise Refused(_("Without a phone there is nothing to agree to. Please note the phone first."), field="word")
    if not date(2000, 1, 1) <= told.on <= clock.today():
        raise Refused(_("Please give the day on which they said it; it cannot be in the future."), field="on")
    if told.source == Source.OTHER and not told.ground:
        raise Refused(_("Please write how you know it."), field="ground")
    held = await db.get(Consent, (resident.phone, JOBS), with_for_update=True)
    if held is not None and held.word != told.word:
        _must_lift(held, told)
    at = clock.now() if told.on == clock.today() else clock.at(told.on, time(12))
    say = consent.give if told.word == Word.AGREED else consent.withdraw
    await say(db, resident.phone, source=told.source, ground=told.ground, by=by,
              at=max(at, held.since) if held else at)
    audit.record(db, "record_consent", resident, by=by, word=told.word, source=told.source)


def _must_lift(held: Consent, told: Told) -> None:
    """Raises Refused when the earlier word holds against the one that was told."""
    day = clock.local(held.since).date()
    if told.on < day and held.word == Word.STOPPED:
        raise Refused(_("This number said stop later, on {day}. That holds."), field="on", day=day.isoformat())
    if told.on < day:
        raise Refused(_("This number agreed later, on {day}. That holds."), field="on", day=day.isoformat())
    if held.word == Word.STOPPED and not told.ground:
        raise Refused(_("This number said stop on {day}. Please write who said that texts may come again, and when."),
                      field="ground", day=day.isoformat())
