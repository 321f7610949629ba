"""Something is wrong: a person takes it up."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.calls import Why
from app.sms.answers import Answer, Said, _passed_on
from app.sms.reading import Reading

INTENTS = ("COMPLAINT",)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    return await _passed_on.to_staff(db, said, Why.COMPLAINT, "complaint.txt")
