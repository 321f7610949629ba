"""Which of the family it is."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.i18n import _
from app.listings import signups
from app.listings.listings import Listing
from app.residents.residents import Resident
from app.sms.answers import Answer, Example, Said, _who, cancel, link, signup, survey
from app.sms.reading import Reading

INTENTS = ("CHOICE",)
EXAMPLES = (
    Example(("1", "2"), _("the one of the list; a name does as well"), "who:23"),
)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    ids: list[int] = said.memory["people"]
    if said.memory["verb"] == survey.VERB:
        meant = _chosen(said, reading, ids)
        return await survey.note(db, said, said.memory, meant) if meant else survey.ask_who(
            said.memory, _who.by_ids(said, ids))
    if said.memory["verb"] == link.VERB:
        meant = _chosen(said, reading, ids)
        return await link.send(db, said, meant) if len(meant) == 1 else link.ask_who(_who.by_ids(said, ids))
    wanted: list[int] = said.memory.get("listings") or [said.memory["listing"]]
    listings = list(await db.scalars(select(Listing).where(Listing.id.in_(wanted)).order_by(Listing.id)))
    chosen, verb = _chosen(said, reading, ids), said.memory["verb"]
    if not chosen:
        return signup.ask_who(_who.by_ids(said, ids), listings, verb=verb)
    if verb == "sign_up":
        others = max(0, _who.headcount(reading) - len(chosen))
        return await signup.sign_up_all(db, said, listings, chosen, others=others)
    held = [one for listing in listings for person in chosen
            if (one := await signups.held(db, listing, person)) is not None]
    return await cancel.cancel_all(db, said, held) if held else Answer(words.text("nothing_held.txt"))


def _chosen(said: Said, reading: Reading, ids: list[int]) -> list[Resident]:
    """By digits of the list, by name, or all of them by their count."""
    places = [int(part) for part in reading.slots.get("choice", "").split("+") if part.isdigit()]
    if places:
        within = all(1 <= place <= len(ids) for place in places)
        chosen = _who.by_ids(said, [ids[place - 1] for place in places]) if within else []
        return chosen if len(chosen) == len(places) else []
    named, asked = _who.named(said, reading), _who.by_ids(said, ids)
    return named or (asked if _who.headcount(reading) >= max(2, len(asked)) else [])
