"""Correct it: what only the person can know they change themselves; what papers say, staff compare first."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n, phones
from app.calls import calls
from app.calls.calls import Call, Why
from app.db import settings_of
from app.errors import Refused
from app.i18n import _
from app.org import areas
from app.residents import residents
from app.residents.residents import Resident, WordKind

LONGEST = 60
PAPERS = {"name": _("Name"), "born_on": _("Birth date"), "building": _("Building and door"),
          "phone": _("Phone number")}


async def choose_words(db: AsyncSession, person: Resident, kind: WordKind, chosen: list[str],
                       offered: set[str]) -> None:
    """The person's own skills, wishes or limits, out of those that were offered."""
    await residents.set_words(db, person, kind, [word for word in chosen if word in offered])


async def ask(db: AsyncSession, person: Resident, field: str, new: str, *, phone: str = "") -> Call:
    """Staff are to compare it and put it right: a call task with the old and the new, and a last day. Raises Refused
    beside the field."""
    if field not in PAPERS:
        raise Refused(_("Please choose what is wrong."), field="field")
    if not new.strip() or len(new) > LONGEST:
        raise Refused(_("Please write how it should be, in at most {most} letters."), field="new", most=LONGEST)
    old = await _old(db, person, field)
    with i18n.speaking(i18n.DEFAULT):
        said = i18n.say(_("Please correct: {what}. Now: {old}. Right: {new}"), what=i18n.gettext(PAPERS[field]),
                        old=old or i18n.gettext(_("not known")), new=new.strip())
    return await calls.ask_once(db, Why.CORRECTION, phone=phone, resident=person, said=said, due_on=last_day(db))


def last_day(db: AsyncSession) -> date:
    """By when staff have to have answered what is asked today."""
    return calls.working_days_on(clock.today(), settings_of(db).requests_working_days)


async def _old(db: AsyncSession, person: Resident, field: str) -> str:
    if field == "name":
        return person.name
    if field == "born_on":
        return person.born_on.isoformat() if person.born_on else ""
    if field == "phone":
        return phones.mask(person.phone) if person.phone else ""
    return (await areas.get(db, person.area_id)).name
