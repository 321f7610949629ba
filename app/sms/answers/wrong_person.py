"""The phone is somebody else's: it gets no further pushes, and staff check the number."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.calls import Why
from app.residents import residents
from app.sms import outbox
from app.sms.answers import Answer, Said, _passed_on
from app.sms.reading import Reading

INTENTS = ("WRONG_PERSON",)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    told = await _passed_on.to_staff(db, said, Why.WRONG_PERSON, "wrong_person.txt")
    await residents.mark_wrong_phone(db, said.phone)
    await outbox.withdraw_pushes(db, said.phone, reason="wrong_person")
    return told
