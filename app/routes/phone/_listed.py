"""What a number on a page means, whole: a job or an occasion. The one place where pages ask which of them it is."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.jobs import jobs
from app.jobs.jobs import Job
from app.listings import listings
from app.occasions import occasions
from app.occasions.occasions import Occasion

Listed = Job | Occasion


async def by_number(db: AsyncSession, number: int, *, area_id: int) -> Listed | None:
    """The newest of that number in the community, open or not."""
    job = await jobs.by_number(db, number, area_id=area_id)
    if job is not None and job.open:  # no other open listing of the community has its number
        return job
    newest = await listings.by_number(db, number, area_id=area_id)
    return await occasions.get(db, newest.id) if isinstance(newest, Occasion) else job


async def with_number(db: AsyncSession, number: int) -> list[Listed]:
    """Every open one of that number, one per community at the most."""
    return [*await jobs.with_number(db, number), *await occasions.with_number(db, number)]
