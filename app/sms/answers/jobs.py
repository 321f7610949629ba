"""What work is there? As many of the next jobs as fit into one text, with their numbers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.i18n import _
from app.jobs import jobs
from app.jobs.jobs import Job
from app.listings import signups
from app.sms.answers import Answer, Example, Said, that_fit
from app.sms.reading import Reading

INTENTS = ("JOBS",)
EXAMPLES = (
    Example(("岗位", "有什么活"), _("the next jobs with free places")),
)
MOST = 4


async def answer(db: AsyncSession, said: Said, reading: Reading, *, memory: dict[str, Any] | None = None) -> Answer:
    found = await jobs.open_in(db, said.area, limit=30)
    counts = await signups.counts(db, [job.id for job in found])
    free = [job for job in found if counts[job.id].left(job.places)][:MOST]
    if not free:
        return Answer(words.text("no_jobs.txt"))
    shown = that_fit(db, free, _text)
    return Answer(_text(shown), asks="list:" + ",".join(str(job.number) for job in shown),
                  addressed=tuple(person.id for person in said.people), memory=memory or {})


def _text(shown: Sequence[Job]) -> str:
    return words.text("jobs.txt", jobs=[(job, jobs.pay(job)) for job in shown])
