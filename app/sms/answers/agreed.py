"""Received, good, thanks: to a push it earns the question; anywhere else nothing needs to be said."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.i18n import _
from app.listings import listings
from app.sms.answers import Answer, Example, Said
from app.sms.reading import Reading

INTENTS = ("ACK",)
EXAMPLES = (
    Example(("收到", "好", "👍"), _("nothing is assumed: we ask whether to sign up, yes or no"), "push:23"),
)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    if said.context.kind != "push" or said.area is None:
        return Answer()
    if len(said.context.numbers) > 1:
        numbers = said.context.numbers[:3]
        return Answer(words.text("which.txt", numbers=numbers), asks=f"list:{','.join(map(str, numbers))}",
                      addressed=tuple(said.asked.addressed) if said.asked else ())
    listing = await listings.by_number(db, said.context.numbers[0], area_id=said.area.id)
    if listing is None or not listing.open:
        return Answer()
    return Answer(words.text("confirm.txt", listing=listing), asks=f"confirm:{listing.number}",
                  addressed=tuple(said.asked.addressed) if said.asked else (), listing_id=listing.id)
