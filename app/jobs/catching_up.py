"""Puts together what is searched in for openings that have none yet, such as those that a migration made."""

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import core
from app.employers.employers import Employer
from app.jobs import _sounds
from app.jobs.jobs import Job
from app.jobs.openings import EMPLOYER_LETTERS, Opening
from app.listings.listings import Listing

PIECE = 500  # rows of one round, so that nobody waits for it


async def catch_up(db: AsyncSession, *, most: int = PIECE) -> int:
    """Of the next so many; returns how many there were."""
    opening, listing, job, employer = core(Opening), core(Listing), core(Job), core(Employer)
    rows = list(await db.execute(
        select(opening.c.listing_id, listing.c.title, listing.c.place, employer.c.name)
        .join_from(opening, listing, listing.c.id == opening.c.listing_id).join(job, job.c.id == listing.c.id)
        .join(employer, employer.c.id == job.c.employer_id)
        .where(opening.c.words.is_(None)).order_by(opening.c.listing_id).limit(most)))
    if rows:
        await db.execute(
            update(opening).where(opening.c.listing_id == bindparam("which")).values(words=bindparam("said")),
            [{"which": which, "said": _sounds.text_of((title, place, name[:EMPLOYER_LETTERS]))}
             for which, title, place, name in rows])
    return len(rows)
