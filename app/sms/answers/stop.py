"""Stop. It works for numbers that nobody knows, takes back what has not left, and its confirmation is the end."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.sms import consent, outbox
from app.sms.answers import Answer, Said
from app.sms.reading import Reading

INTENTS = ("UNSUB",)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    await consent.withdraw(db, said.phone, source="text", ground=said.text)
    await outbox.withdraw_pushes(db, said.phone, reason="stopped")
    return Answer(words.text("stopped.txt", station=said.station_phone))
