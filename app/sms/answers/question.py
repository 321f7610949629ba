"""A question: answered from the listing when it is about time, place, pay, meals or transport, else by a person."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.calls.calls import Why
from app.i18n import _
from app.jobs import jobs
from app.jobs.jobs import Job
from app.sms.answers import Answer, Example, Said, _passed_on, _who
from app.sms.reading import Reading

INTENTS = ("QUESTION",)
EXAMPLES = (
    Example(("几点集合?", "管饭不?", "工钱多少?"),
            _("answered from the job: time, place, pay, meals or transport"), "push:23"),
    Example(("能带孙子去吗?",), _("a person telephones")),
)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    about = reading.slots.get("about", "")
    job = await _job(db, said, reading) if about else None
    if job is None or not job.open:
        return await _passed_on.to_staff(db, said, Why.QUESTION, "question.txt")
    values = {"job": job, "about": about, "pay": jobs.pay(job), "going": said.context.kind in ("signed", "birth")}
    # The question that we asked stays open: whoever wanted to know may now answer it.
    return Answer(words.text("facts.txt", short=False, **values), brief=words.text("facts.txt", short=True, **values),
                  listing_id=job.id, asks=said.asked.asks if said.asked else "", memory=dict(said.memory),
                  addressed=tuple(said.asked.addressed) if said.asked else ())


async def _job(db: AsyncSession, said: Said, reading: Reading) -> Job | None:
    """The one job that the text names, or that is on the table."""
    numbers = _who.numbers(reading) or list(said.context.numbers)
    if said.area is None or len(numbers) != 1:
        return None
    return await jobs.by_number(db, numbers[0], area_id=said.area.id)
