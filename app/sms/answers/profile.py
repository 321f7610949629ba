"""The birth date that we asked for; then the sign-up that waited for it."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n, words
from app.calls.calls import Why
from app.db import deed
from app.errors import Refused
from app.listings.listings import Listing
from app.residents import residents
from app.sms.answers import Answer, Said, _passed_on, signup
from app.sms.reading import Reading

INTENTS = ("PROFILE",)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    if "born_on" not in reading.slots:
        return await _passed_on.to_staff(db, said, Why.TOLD, "told.txt")
    asked: int = said.memory["people"][0]
    person = next((one for one in said.people if one.id == asked), None)
    if person is None:  # moved away or changed the number since
        return Answer(words.text("nothing_held.txt"))
    try:
        async with deed(db):
            await residents.set_birth_date(db, person, date.fromisoformat(reading.slots["born_on"]))
    except Refused as no:
        return Answer(i18n.why(no), asks=said.asked.asks if said.asked else "", addressed=(asked,),
                      memory=dict(said.memory))
    try:  # what the person told us stays, also when there is no place for them
        async with deed(db):
            return await signup.sign_up(db, await db.get_one(Listing, said.memory["listing"]), person)
    except Refused as no:
        return Answer(i18n.why(no), addressed=(asked,))
