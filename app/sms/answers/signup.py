"""Yes, I will come."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n, words
from app.calls.calls import Why
from app.errors import Refused
from app.i18n import _
from app.listings import listings, signups
from app.listings.listings import Listing, State
from app.listings.signups import NeedsBirthDate, Place, Via
from app.residents.residents import Resident
from app.sms.answers import BY_STAFF, Answer, Example, Said, _passed_on, _together, _undo, _who
from app.sms.answers._passed_on import needs
from app.sms.reading import Reading

INTENTS = ("SIGNUP", "YES")
EXAMPLES = (
    Example(("23", "报名23", "二十三", "㉓", "我要报23号"), _("a place, or the next place on the waiting list")),
    Example(("1", "报名", "要得，我去"),
            _("the same, for the job of that push; after two pushes we ask which"), "push:23"),
    Example(("报名23和24",),
            _("each of them that can be had; what is full, over or at the same time is said in the same answer")),
    Example(("我妈去", "我们两个都去"),
            _("whoever of the phone is meant; unless that is clear, we ask, and nobody else is signed up"), "push:23"),
    Example(("是", "好"), _("the place that was asked about"), "confirm:23"),
)
UNDO = {"signed_up": _undo.signed_up}


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    from app.sms.answers import cancel, choice

    reading = _who.remembered(said, reading)
    numbers = _who.numbers(reading)
    if said.context.kind == "who" and not numbers:
        return await choice.answer(db, said, reading)
    guessed = reading.rule != BY_STAFF
    if guessed and said.memory.get("verb") == "cancel" and said.context.kind == "signed" and _only_a_number(said.text):
        gives_up = replace(reading, intent="CANCEL")
        return replace(await cancel.answer(db, said, gives_up), meant=gives_up)
    if not numbers and reading.intent == "YES" and len(said.context.numbers) == 1:
        numbers = list(said.context.numbers)
    found = [(number, await _listing(db, said, number)) for number in numbers]
    meant = [listing for _number, listing in found if listing is not None]
    if not meant:
        return await ask_which(db, said, reading)
    if not said.people:
        return Answer(words.text("unknown_phone.txt", station=said.station_phone), listing_id=meant[0].id,
                      did=await _passed_on.ask(db, said, Why.UNKNOWN_PHONE, about=meant[0]),
                      needs=needs(Why.UNKNOWN_PHONE))
    return await _of_the_phone(db, said, reading, meant, [number for number, listing in found if listing is None])


async def _of_the_phone(db: AsyncSession, said: Said, reading: Reading, meant: list[Listing],
                        unheard: list[int]) -> Answer:
    """Who of the phone is to come? Named, counted, somebody else's relative, or whom our message addressed."""
    named, count = _who.named(said, reading), _who.headcount(reading)
    everybody = count >= max(2, len(said.people))
    if named or everybody:
        going = said.people if everybody else named
        return await sign_up_all(db, said, meant, going, others=max(0, count - len(going)), unheard=unheard)
    proxy = "proxy" not in said.memory and (
        "proxy" in reading.slots or (reading.rule != BY_STAFF and _who.names_another(said)))
    people = said.people if proxy or count > 1 else addressed(said, meant[0])
    if len(said.people) > 1:
        free = [one for one in said.people if not all([await signups.held(db, listing, one) for listing in meant])]
        going_already = "、".join(person.name for person in people if person not in free)
        if free and (going_already or len(people) > 1):
            return ask_who([one for one in people if one in free] or free, meant, verb="sign_up",
                           already=going_already)
    if proxy and len(said.people) == 1:
        return await _is_it(db, said, reading, meant)
    return await sign_up_all(db, said, meant, people[:1], unheard=unheard)


async def _is_it(db: AsyncSession, said: Said, reading: Reading, meant: Sequence[Listing]) -> Answer:
    """Somebody answers for a relative, and the registry knows one person of this phone: is it that one?"""
    [person], listing = said.people, meant[0]
    if len(meant) > 1 or await signups.held(db, listing, person) is not None:
        return await _passed_on.to_staff(db, said, Why.TOLD, "relative.txt")
    return Answer(words.text("is_it.txt", listing=listing, name=person.name), asks=f"confirm:{listing.number}",
                  addressed=(person.id,), listing_id=listing.id, memory={"proxy": reading.slots.get("proxy", "other")})


async def sign_up_all(db: AsyncSession, said: Said, meant: Sequence[Listing], people: Sequence[Resident], *,
                      others: int = 0, unheard: Sequence[int] = ()) -> Answer:
    if len(meant) == len(people) == 1 and not others and not unheard:
        return await _sign_up(db, said, meant[0], people[0])
    return await _together.sign_up(db, said, meant, people, others=others, unheard=unheard)


async def _sign_up(db: AsyncSession, said: Said, listing: Listing, resident: Resident) -> Answer:
    """The deed for one person, and what to say of it; without a birth date, the question for it."""
    try:
        signup = await signups.sign_up(db, listing, resident, via=Via.TEXT)
    except NeedsBirthDate:
        return _together.ask_birth(said, resident, [listing], [resident.id])
    except Refused as no:
        if listing.open and not listing.started(clock.now()):
            raise
        comes = listing.state != State.CALLED_OFF and await signups.held(db, listing, resident) is not None
        return Answer(words.text("not_any_more.txt", why=i18n.why(no), station=said.station_phone, held=comes),
                      addressed=(resident.id,))
    template = "booked.txt" if signup.place == Place.TAKEN else "waiting.txt"
    values = {"listing": listing, "position": signup.turn}
    text, brief = _who.wordings(db, said, resident, template, **values)
    return Answer(text, brief=brief, asks=f"signed:{listing.number}", addressed=(resident.id,), listing_id=listing.id,
                  did={"signed_up": [signup.id]})


def addressed(said: Said, listing: Listing) -> list[Resident]:
    """Whom the answer can mean: those whom our message about this listing named, else everybody of the phone."""
    if said.asked is not None and said.asked.listing_id == listing.id and said.asked.addressed:
        return _who.by_ids(said, said.asked.addressed) or said.people
    return said.people


def ask_who(people: Sequence[Resident], meant: Sequence[Listing], *, verb: str, already: str = "") -> Answer:
    """Of several people on one phone, which? At most nine, so that one digit answers."""
    asked, numbers = people[:9], [listing.number for listing in meant]
    return Answer(words.text("who.txt", people=asked, numbers=numbers, verb=verb, already=already),
                  asks=f"who:{','.join(map(str, numbers))}", addressed=tuple(person.id for person in asked),
                  listing_id=meant[0].id, memory={"people": [person.id for person in asked], "verb": verb,
                                                  "listings": [listing.id for listing in meant]})


async def _listing(db: AsyncSession, said: Said, number: int) -> Listing | None:
    if said.area is None:
        return None
    for message in said.told:  # people of one phone may live in two communities that both have that number
        if message.listing_id and message.asks.partition(":")[2] == str(number):
            return await db.get(Listing, message.listing_id)
    return await listings.by_number(db, number, area_id=said.area.id)


async def ask_which(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    """There is no such listing, or several are on the table, or none."""
    numbers = _who.numbers(reading)
    if numbers and not said.people and said.area is None:
        found = await listings.with_number(db, numbers[0])
        only = found[0] if len(found) == 1 else None  # nobody knows of which community, unless one alone has it
        return Answer(words.text("unknown_phone.txt", station=said.station_phone), needs=needs(Why.UNKNOWN_PHONE),
                      did=await _passed_on.ask(db, said, Why.UNKNOWN_PHONE, about=only))
    if numbers:
        return Answer(words.text("no_such_number.txt", number=numbers[0]))
    memory = _who.to_remember(reading)
    if len(said.context.numbers) > 1:
        shown = said.context.numbers[:3]
        return Answer(words.text("which.txt", numbers=shown), asks=f"list:{','.join(map(str, shown))}",
                      addressed=tuple(said.asked.addressed) if said.asked else (), memory=memory)
    from app.sms.answers import jobs

    return await jobs.answer(db, said, reading, memory=memory)


def _only_a_number(text: str) -> bool:
    """Whether nothing but a number was written, such as 10 or 10号: an answer to "which of these?"."""
    return unicodedata.normalize("NFKC", text).strip(" .。,号\n").isdigit()
