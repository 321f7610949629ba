"""A question: answered from the listing when it is about time, place, pay, meals or transport, else by a person."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.calls.calls import Why
from app.jobs import jobs
from app.jobs.jobs import Job
from app.sms.answers import Answer, Said, _passed_on
from app.sms.reading import Reading

INTENTS = ("QUESTION",)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    about = reading.slots.get("about", "")
    job = await _job(db, said) if about else None
    if job is None or not job.open:
        return await _passed_on.to_staff(db, said, Why.QUESTION, "question.txt")
    # The question that we asked stays open: whoever wanted to know may now answer it.
    return Answer(words.text("facts.txt", job=job, about=about, pay=jobs.pay(job)), listing_id=job.id,
                  asks=said.asked.asks if said.asked else "", memory=dict(said.memory),
                  addressed=tuple(said.asked.addressed) if said.asked else ())


async def _job(db: AsyncSession, said: Said) -> Job | None:
    """The one job on the table."""
    if said.area is None or len(said.context.numbers) != 1:
        return None
    return await jobs.by_number(db, said.context.numbers[0], area_id=said.area.id)
