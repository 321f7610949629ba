"""What a person told the staff about texts to their phone: yes or no, to which, how it was learned, when, and on what
ground."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.errors import Refused
from app.i18n import _
from app.residents.residents import Resident
from app.sms import consent
from app.sms.consent import JOBS, PURPOSES, Consent, Word
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require


class Source(StrEnum):
    FORM = "form"
    SPOKEN = "spoken"
    OTHER = "other"


@dataclass(frozen=True)
class Told:
    """`about` is the purpose of which they spoke; None is all texts."""

    word: Word
    source: Source
    on: date
    ground: str = ""
    about: str | None = None


async def record(db: AsyncSession, resident: Resident, told: Told, *, by: Officer) -> None:
    """Note what the person said about texts to this number; of one purpose alone, the others stay as they were. What
    the number itself said later stays in force, and a stop is lifted only with words that say who asked for it. Raises
    Refused, naming the field."""
    require(by, May.EDIT_RESIDENTS)
    if not resident.phone:
        raise Refused(_("Without a phone there is nothing to agree to. Please note the phone first."), field="word")
    if not date(2000, 1, 1) <= told.on <= clock.today():
        raise Refused(_("Please give the day on which they said it; it cannot be in the future."), field="on")
    if told.source == Source.OTHER and not told.ground:
        raise Refused(_("Please write how you know it."), field="ground")
    held = await consent.held(db, resident.phone, lock=True)
    earlier = [held[purpose] for purpose in ([told.about] if told.about else PURPOSES) if purpose in held]
    for row in earlier:
        if row.word not in (told.word, Word.UNSAID):
            _must_lift(row, told)
    at = clock.now() if told.on == clock.today() else clock.at(told.on, time(12))
    await _say(db, resident.phone, told, by=by, at=max(at, *(row.since for row in earlier)) if earlier else at)
    audit.record(db, "record_consent", resident, by=by, word=told.word, source=told.source,
                 **({"about": told.about} if told.about else {}))


async def _say(db: AsyncSession, phone: str, told: Told, *, by: Officer, at: datetime) -> None:
    if told.about is None:
        await consent.say_of_all(db, phone, told.word, source=told.source, ground=told.ground, by=by, at=at)
        return
    if told.about == JOBS and await consent.word(db, phone) != told.word:
        for other in PURPOSES[1:]:
            await consent.keep(db, phone, other, by=by)
    say = consent.give if told.word == Word.AGREED else consent.withdraw
    await say(db, phone, source=told.source, ground=told.ground, purpose=told.about, by=by, at=at)


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
