"""Taking a place back."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.listings import signups
from app.listings.signups import Signup, Via
from app.sms.answers import Answer, Said, decline, signup
from app.sms.reading import Reading

INTENTS = ("CANCEL",)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    held = await signups.held_by(db, [person.id for person in said.people])
    if "job" in reading.slots:
        held = [one for one in held if one.listing.number == int(reading.slots["job"])]
    if not held:
        if said.context.kind == "push" and "job" not in reading.slots:
            return await decline.answer(db, said, reading)
        return Answer(words.text("nothing_held.txt"))
    if len({one.listing_id for one in held}) > 1:
        return Answer(words.text("cancel_which.txt", signups=held[:3]))
    if len(held) > 1:
        return signup.ask_who([one.resident for one in held], held[0].listing, verb="cancel")
    await signups.cancel(db, held[0], via=Via.TEXT)
    return done(held[0])


def done(held: Signup) -> Answer:
    return Answer(words.text("cancelled.txt", listing=held.listing), addressed=(held.resident_id,),
                  listing_id=held.listing_id)
