"""Taking a place back."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.listings import signups
from app.listings.signups import Signup, Via
from app.sms.answers import Answer, Said, decline, signup, that_fit
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
        return which(db, held)
    if len(held) > 1:
        return signup.ask_who([one.resident for one in held], held[0].listing, verb="cancel")
    await signups.cancel(db, held[0], via=Via.TEXT)
    return done(held[0])


def which(db: AsyncSession, held: Sequence[Signup]) -> Answer:
    """Of several places, which? The soonest ones, as many as one text can name."""
    def say(shown: Sequence[Signup]) -> str:
        return words.text("cancel_which.txt", signups=shown)

    return Answer(say(that_fit(db, held[:3], say)))


def done(held: Signup) -> Answer:
    return Answer(words.text("cancelled.txt", listing=held.listing), addressed=(held.resident_id,),
                  listing_id=held.listing_id)
