"""Somebody should telephone."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.calls import calls
from app.calls.calls import Why
from app.sms.answers import Answer, Said
from app.sms.reading import Reading

INTENTS = ("CALLBACK",)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    person = said.people[0] if said.people else None
    await calls.ask(db, Why.ASKED, phone=said.phone, resident=person, said=said.text,
                    area_id=said.area.id if said.area else await calls.anywhere(db))
    return Answer(words.text("call_me.txt", station=said.station_phone))
