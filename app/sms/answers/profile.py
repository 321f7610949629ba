"""The birth date that we asked for; then the sign-up that waited for it."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app.listings.listings import Listing
from app.residents import residents
from app.sms.answers import Answer, Said, signup
from app.sms.reading import Reading

INTENTS = ("PROFILE",)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    person = next(one for one in said.people if one.id == said.memory["people"][0])
    await residents.set_birth_date(db, person, date.fromisoformat(reading.slots["born_on"]))
    return await signup.sign_up(db, await db.get_one(Listing, said.memory["listing"]), person)
