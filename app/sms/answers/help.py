"""What can be done by text."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.sms.answers import Answer, Said
from app.sms.reading import Reading

INTENTS = ("HELP",)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    return Answer(words.text("help.txt", station=said.station_phone))
