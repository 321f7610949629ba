"""Not for us."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.sms.answers import Answer, Said
from app.sms.reading import Reading

INTENTS = ("IGNORE",)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    return Answer()
