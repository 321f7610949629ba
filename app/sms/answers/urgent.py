"""Somebody is in danger: the building's head and the station are told at once by text, day or night."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import phones, words
from app.calls import calls
from app.calls.calls import Why
from app.i18n import _
from app.org import areas
from app.org.areas import Area
from app.residents.residents import Resident
from app.sms import outbox
from app.sms.answers import Answer, Example, Said, _passed_on, first_that_fits
from app.sms.outbox import Purpose
from app.sms.reading import Reading
from app.staff.accounts import Officer

INTENTS = ("URGENT",)
EXAMPLES = (
    Example(("老李晕倒了", "他们不让我走"),
            _("the building's head and the station are told at once by text, day or night")),
)
MOST_TOLD = 5
_SHOWN = 20  # characters of what was written; the call task has all of it


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    named = [person for person in said.people if person.name in said.text]
    near = await _who_is_near(db, said)
    for number in near:
        # As an answer it leaves before everything else, at any hour, and whatever that phone said stop to.
        await outbox.queue(db, to=number, purpose=Purpose.ANSWER, text=_alarm(db, said, named or said.people),
                           memory={outbox.ALARM: True})
    first = replace(said, people=[*named, *(person for person in said.people if person not in named)])
    return await _passed_on.to_staff(db, first, Why.URGENT, "urgent.txt", told=bool(near))


def _alarm(db: AsyncSession, said: Said, people: Sequence[Resident]) -> str:
    """With the names of all whom it may be about, as long as one segment holds them."""
    names = [person.name for person in people]
    return first_that_fits(db, *(
        words.text("alarm.txt", name="、".join(names[:count]), phone=phones.national(said.phone),
                   text=said.text[:_SHOWN]) for count in range(len(names), -1, -1)))


async def _who_is_near(db: AsyncSession, said: Said) -> list[str]:
    """Phones of the officers in whose areas the phone's people live, the nearest first."""
    homes = {person.area_id for person in said.people}
    homes = homes or {said.area.id if said.area else await calls.anywhere(db) or 0}
    found = [await areas.get(db, home_id) for home_id in sorted(homes)]
    above = {int(part) for home in found if home for part in home.path.strip("/").split("/")}
    officers = await db.execute(select(Officer.phone, Area.path).join(Area, Area.id == Officer.area_id).where(
        Officer.area_id.in_(above), Officer.closed_at.is_(None), Officer.phone.is_not(None)).order_by(Officer.id))
    nearest = sorted(officers, key=lambda row: -len(row.path.strip("/").split("/")))
    return list(dict.fromkeys(row.phone for row in nearest if row.phone))[:MOST_TOLD]
