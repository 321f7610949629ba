"""The birth date that we asked for; then the sign-up that waited for it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n, words
from app.calls.calls import Why
from app.db import deed
from app.errors import Refused
from app.i18n import _
from app.listings.listings import Listing
from app.residents import residents
from app.residents.residents import Resident
from app.sms.answers import Answer, Example, Said, _passed_on, _who, signup
from app.sms.reading import Reading
from app.staff.accounts import Officer

INTENTS = ("PROFILE",)
EXAMPLES = (
    Example(("19580312", "1958年3月12日"), _("noted, and the sign-up goes on"), "birth:23"),
    Example(("我会电焊",), _("noted; staff see it")),
)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    if "born_on" not in reading.slots or said.context.kind != "birth":
        return await _passed_on.to_staff(db, said, Why.TOLD, "told.txt")
    people = _who.by_ids(said, said.memory["people"])
    if not people or people[0].id != said.memory["people"][0]:  # moved away or changed the number since
        return Answer(words.text("nothing_held.txt"))
    person, born_on = people[0], date.fromisoformat(reading.slots["born_on"])
    did = {} if person.born_on else {"born_on": {str(person.id): {"was": None, "is": born_on.isoformat()}}}
    try:
        async with deed(db):
            await residents.set_birth_date(db, person, born_on)
    except Refused as no:
        return Answer(i18n.why(no), asks=said.asked.asks if said.asked else "", addressed=(person.id,),
                      memory=dict(said.memory))
    wanted: list[int] = said.memory.get("listings") or [said.memory["listing"]]
    listings = list(await db.scalars(select(Listing).where(Listing.id.in_(wanted)).order_by(Listing.id)))
    try:  # what the person told us stays, also when there is no place for them
        async with deed(db):
            answer = await signup.sign_up_all(db, said, listings, people)
    except Refused as no:
        return Answer(i18n.why(no), addressed=(person.id,), did=did)
    return replace(answer, did={**did, **answer.did})


async def undo_born_on(db: AsyncSession, done: Mapping[str, Mapping[str, str | None]], *, by: Officer) -> str:
    """Forget the date again, unless staff have corrected it since."""
    language = None
    for resident_id, change in done.items():
        person = await db.get(Resident, int(resident_id))
        if person is not None and person.born_on and person.born_on.isoformat() == change["is"]:
            await residents.forget_birth_date(db, person, by=by)
            language = person.language
    if language is None:
        return ""
    with i18n.speaking(language):
        return words.text("undone_birth_date.txt")


UNDO = {"born_on": undo_born_on}
