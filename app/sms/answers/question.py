"""A question: answered from the listing when it is about time, place, pay, meals or transport, else by a person."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.calls.calls import Why
from app.i18n import _
from app.jobs import jobs
from app.jobs.jobs import Job
from app.listings import listings
from app.occasions import occasions
from app.occasions.occasions import Bus, Occasion
from app.sms.answers import Answer, Example, Said, _passed_on, _who, that_fit
from app.sms.reading import Reading

INTENTS = ("QUESTION",)
MOST = 3
EXAMPLES = (
    Example(("几点集合?", "管饭不?", "工钱多少?"),
            _("answered from the job: time, place, pay, meals or transport"), "push:23"),
    Example(("能带孙子去吗?",), _("a person telephones")),
)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    about = reading.slots.get("about", "")
    found = [one for one in await _open(db, said, reading) if _knows(one, about)] if about else []
    if not found:
        return await _passed_on.to_staff(db, said, Why.QUESTION, "question.txt")
    going = len(found) > 1 or said.context.kind in ("signed", "birth")

    def say(shown: Sequence[Job | Occasion], *, short: bool) -> str:
        return ";".join(_fact(one, about=about, short=short, going=going) for one in shown)

    return Answer(say(that_fit(db, found, partial(say, short=False)), short=False),
                  brief=say(found[:1], short=True), listing_id=found[0].id)


def _knows(one: Job | Occasion, about: str) -> bool:
    """Whether what we know of it answers that: nobody has written down whether a fair has meals."""
    return isinstance(one, Job) or about in ("time", "place", "pay") or (about == "transport" and isinstance(one, Bus))


def _fact(one: Job | Occasion, *, about: str, short: bool, going: bool) -> str:
    if isinstance(one, Job):
        return words.text("facts.txt", job=one, about=about, pay=jobs.pay(one), short=short, going=going)
    return words.text("occasion_facts.txt", listing=one, about=about, cost=occasions.cost(one),
                      destination=one.destination, short=short, going=going)


async def _open(db: AsyncSession, said: Said, reading: Reading) -> list[Job | Occasion]:
    """The open jobs and occasions that the text names, or that are on the table."""
    numbers = _who.numbers(reading) or list(said.context.numbers)
    if said.area is None:
        return []
    found: list[Job | Occasion] = []
    for number in numbers[:MOST]:
        listing = await listings.by_number(db, number, area_id=said.area.id)
        if listing is None or not listing.open:
            continue
        get = occasions.get if isinstance(listing, Occasion) else jobs.get
        if (whole := await get(db, listing.id)) is not None:
            found.append(whole)
    return found
