"""No, thank you. It is written down with the text itself, and nothing else follows from it."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.listings import signups
from app.sms.answers import Answer, Said
from app.sms.reading import Reading

INTENTS = ("DECLINE", "NO")


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    if said.context.kind not in ("push", "list", "confirm"):
        held = await signups.held_by(db, [person.id for person in said.people])
        if held:  # "not going", unasked, from somebody who has a place: it may be that place
            from app.sms.answers import cancel

            return cancel.which(db, held)
    return Answer(words.text("declined.txt"))
