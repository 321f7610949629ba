"""A question: answered from the listing when it is about time, place, pay, meals or transport, else by a person."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.calls.calls import Why
from app.i18n import _
from app.jobs import jobs
from app.jobs.jobs import Job
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
    found = await _jobs(db, said, reading) if about else []
    if not found:
        return await _passed_on.to_staff(db, said, Why.QUESTION, "question.txt")
    going = len(found) > 1 or said.context.kind in ("signed", "birth")

    def say(shown: Sequence[Job], *, short: bool) -> str:
        return ";".join(words.text("facts.txt", job=job, about=about, pay=jobs.pay(job), short=short, going=going)
                        for job in shown)

    return Answer(say(that_fit(db, found, partial(say, short=False)), short=False),
                  brief=say(found[:1], short=True), listing_id=found[0].id)


async def _jobs(db: AsyncSession, said: Said, reading: Reading) -> list[Job]:
    """The open jobs that the text names, or that are on the table."""
    numbers = _who.numbers(reading) or list(said.context.numbers)
    if said.area is None:
        return []
    found = [await jobs.by_number(db, number, area_id=said.area.id) for number in numbers[:MOST]]
    return [job for job in found if job is not None and job.open]
