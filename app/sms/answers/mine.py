"""What have I signed up for?"""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.listings import signups
from app.listings.signups import Place
from app.sms.answers import Answer, Said
from app.sms.reading import Reading

INTENTS = ("STATUS",)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    held = (await signups.held_by(db, [person.id for person in said.people]))[:2]
    if not held:
        return Answer(words.text("nothing_held.txt"))
    turns = [await signups.position(db, one) if one.place == Place.WAITING else 0 for one in held]
    return Answer(words.text("mine.txt", signups=list(zip(held, turns, strict=True)), several=len(said.people) > 1),
                  asks=f"signed:{','.join(str(one.listing.number) for one in held)}",
                  addressed=tuple(dict.fromkeys(one.resident_id for one in held)))
