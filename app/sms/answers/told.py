"""Something that staff should know or do, for which no feature is built yet: written down and passed on."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.calls import Why
from app.sms.answers import Answer, Said, _passed_on
from app.sms.reading import Reading

INTENTS = ("REGISTER", "POINTS", "REDEEM", "SURVEY", "BUS", "FOLLOWUP", "ARRIVED")


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    return await _passed_on.to_staff(db, said, Why.TOLD, "told.txt")
