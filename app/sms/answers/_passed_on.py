"""What a person has to deal with: a call task with the words, and a sentence that says so."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.calls import calls
from app.calls.calls import Why
from app.sms.answers import Answer, Said


async def to_staff(db: AsyncSession, said: Said, why: Why, template: str) -> Answer:
    """Make the call task, where the phone's people live, and say the template."""
    await calls.ask(db, why, phone=said.phone, resident=said.people[0] if said.people else None, said=said.text,
                    area_id=said.area.id if said.area else await calls.anywhere(db))
    return Answer(words.text(template, station=said.station_phone),
                  addressed=tuple(person.id for person in said.people))
