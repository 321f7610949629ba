"""Somebody is in danger: the building's head and the station are told at once by text, day or night."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import phones, words
from app.calls import calls
from app.calls.calls import Why
from app.i18n import _
from app.org import areas
from app.org.areas import Area
from app.sms import outbox
from app.sms.answers import Answer, Example, Said, _passed_on
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
    near = await _who_is_near(db, said)
    for number in near:
        # As an answer it leaves before everything else, at any hour, and whatever that phone said stop to.
        await outbox.queue(db, to=number, purpose=Purpose.ANSWER, memory={outbox.ALARM: True}, text=words.text(
            "alarm.txt", name=said.people[0].name if said.people else "", phone=phones.national(said.phone),
            text=said.text[:_SHOWN]))
    return await _passed_on.to_staff(db, said, Why.URGENT, "urgent.txt", told=bool(near))


async def _who_is_near(db: AsyncSession, said: Said) -> list[str]:
    """Phones of the officers whose area the person lives in, the nearest first."""
    home_id = said.people[0].area_id if said.people else said.area.id if said.area else await calls.anywhere(db)
    home = await areas.get(db, home_id) if home_id else None
    if home is None:
        return []
    above = [int(part) for part in home.path.strip("/").split("/")]
    found = await db.execute(select(Officer.phone, Area.path).join(Area, Area.id == Officer.area_id).where(
        Officer.area_id.in_(above), Officer.closed_at.is_(None), Officer.phone.is_not(None)))
    nearest = sorted(found, key=lambda row: -len(row.path))
    return list(dict.fromkeys(row.phone for row in nearest if row.phone))[:MOST_TOLD]
