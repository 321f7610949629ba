"""Yes, I will come."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.calls import calls
from app.calls.calls import Why
from app.listings import listings, signups
from app.listings.listings import Listing
from app.listings.signups import NeedsBirthDate, Place, Via
from app.residents.residents import Resident
from app.sms.answers import Answer, Said
from app.sms.reading import Reading

INTENTS = ("SIGNUP", "YES")


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    listing = await _meant(db, said, reading)
    if listing is None:
        return await _ask_which(db, said, reading)
    if not said.people:
        await calls.ask(db, Why.UNKNOWN_PHONE, phone=said.phone, area_id=listing.area_id, said=said.text,
                        listing_id=listing.id)
        return Answer(words.text("unknown_phone.txt", station=said.station_phone), listing_id=listing.id)
    people = addressed(said, listing)
    if len(said.people) > 1:
        free = [person for person in said.people if await signups.held(db, listing, person) is None]
        going = "、".join(person.name for person in people if person not in free)
        if free and (going or len(people) > 1):
            return ask_who([one for one in people if one in free] or free, listing, verb="sign_up", already=going)
    return await sign_up(db, listing, people[0])


async def sign_up(db: AsyncSession, listing: Listing, resident: Resident) -> Answer:
    """The deed for one person, and what to say of it; without a birth date, the question for it."""
    try:
        signup = await signups.sign_up(db, listing, resident, via=Via.TEXT)
    except NeedsBirthDate:
        return Answer(words.text("birth_date.txt", resident=resident), asks=f"birth:{listing.number}",
                      addressed=(resident.id,), memory={"people": [resident.id], "listing": listing.id},
                      listing_id=listing.id)
    if signup.place == Place.TAKEN:
        text = words.text("booked.txt", listing=listing, resident=resident)
    else:
        text = words.text("waiting.txt", listing=listing, resident=resident, position=signup.turn)
    return Answer(text, asks=f"signed:{listing.number}", addressed=(resident.id,), listing_id=listing.id)


def addressed(said: Said, listing: Listing) -> list[Resident]:
    """Whom the answer can mean: those whom our message about this listing named, else everybody of the phone."""
    if said.asked is not None and said.asked.listing_id == listing.id and said.asked.addressed:
        named = [person for person in said.people if person.id in said.asked.addressed]
        return named or said.people
    return said.people


def ask_who(people: list[Resident], listing: Listing, *, verb: str, already: str = "") -> Answer:
    """Of several people on one phone, which? At most nine, so that one digit answers."""
    asked = people[:9]
    return Answer(words.text("who.txt", people=asked, listing=listing, verb=verb, already=already),
                  asks=f"who:{listing.number}", addressed=tuple(person.id for person in asked), listing_id=listing.id,
                  memory={"people": [person.id for person in asked], "listing": listing.id, "verb": verb})


async def _meant(db: AsyncSession, said: Said, reading: Reading) -> Listing | None:
    """The listing that the person means, as far as one is meant."""
    number = int(reading.slots["job"]) if "job" in reading.slots else None
    if number is None and reading.intent == "YES" and len(said.context.numbers) == 1:
        number = said.context.numbers[0]
    if number is None or said.area is None:
        return None
    for message in said.told:  # people of one phone may live in two communities that both have that number
        if message.listing_id and message.asks.partition(":")[2] == str(number):
            return await db.get(Listing, message.listing_id)
    return await listings.by_number(db, number, area_id=said.area.id)


async def _ask_which(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    if "job" in reading.slots:
        if not said.people and said.area is None:
            found = await listings.with_number(db, int(reading.slots["job"]))
            only = found[0] if len(found) == 1 else None  # nobody knows of which community, unless one alone has it
            await calls.ask(db, Why.UNKNOWN_PHONE, phone=said.phone, said=said.text,
                            area_id=only.area_id if only else await calls.anywhere(db),
                            listing_id=only.id if only else None)
            return Answer(words.text("unknown_phone.txt", station=said.station_phone))
        return Answer(words.text("no_such_number.txt", number=reading.slots["job"]))
    if len(said.context.numbers) > 1:
        numbers = said.context.numbers[:3]
        return Answer(words.text("which.txt", numbers=numbers), asks=f"list:{','.join(map(str, numbers))}",
                      addressed=(said.asked and tuple(said.asked.addressed)) or ())
    from app.sms.answers import jobs

    return await jobs.answer(db, said, reading)
