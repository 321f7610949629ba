"""Whoever stopped hears from us again."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.sms import consent
from app.sms.answers import Answer, Said
from app.sms.reading import Reading

INTENTS = ("RESUB",)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    await consent.give(db, said.phone, source="text", ground=said.text)
    return Answer(words.text("back.txt"))
