"""Which of the family it is."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.listings import signups
from app.listings.listings import Listing
from app.listings.signups import Via
from app.sms.answers import Answer, Said, cancel, signup
from app.sms.reading import Reading

INTENTS = ("CHOICE",)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    ids: list[int] = said.memory["people"]
    place = int(reading.slots["choice"])
    listing = await db.get_one(Listing, said.memory["listing"])
    by_id = {person.id: person for person in said.people}
    if not 1 <= place <= len(ids) or ids[place - 1] not in by_id:
        return signup.ask_who([by_id[i] for i in ids if i in by_id], listing, verb=said.memory["verb"])
    person = by_id[ids[place - 1]]
    if said.memory["verb"] == "sign_up":
        return await signup.sign_up(db, listing, person)
    held = await signups.held(db, listing, person)
    if held is None:
        return Answer(words.text("nothing_held.txt"))
    await signups.cancel(db, held, via=Via.TEXT)
    return cancel.done(held)
