"""What the clock makes due: people move up after the night, reminders go out, what is over is closed or forgotten."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app import versions
from app.access import codes, form_answers, links
from app.audience import lists
from app.calls import helping
from app.db import Database, take_turn
from app.errors import TemporarilyAway, without_values
from app.jobs import catching_up
from app.listings import once, reminders, signups
from app.listings.listings import Listing
from app.occasions import occasions  # noqa: F401  # whoever loads a listing must know each kind that there is
from app.rights import erasure
from app.sms import batches
from app.staff import logins
from app.watch import inspections, stalls

log = logging.getLogger("doorstep.rounds")
Errand = Callable[[AsyncSession], Awaitable[Any]]
ERRANDS: tuple[Errand, ...] = (reminders.send_due, reminders.close_over, batches.keep_up, codes.forget_old,
                               links.forget_old, helping.forget_old, once.forget_old, form_answers.forget_old,
                               logins.forget_old, lists.forget_old, erasure.finish_due, erasure.finish_bulk,
                               catching_up.catch_up, versions.forget_gone)


async def go(database: Database, *, steady: bool = True) -> None:
    """One round. Any number of processes may walk it; one at a time does. Each errand is a transaction of its own, so
    that it holds no listing while it waits for another one, and so that one that fails keeps none of the others. While
    the clock is not `steady`, nobody is told that texts have waited for long, and no claim is called forgotten."""
    async with database.reading() as db:
        due = [listing.id for listing in await signups.due_promotions(db)]
    promotions: list[Errand] = [partial(_promote, listing_id=listing_id) for listing_id in due]
    for errand in (*promotions, *ERRANDS):
        try:
            async with database.session() as db:
                await take_turn(db, "rounds")
                await errand(db)
        except TemporarilyAway:
            raise
        except Exception as error:
            log.error("an errand of the round failed", exc_info=without_values(error))
    for look in (stalls.watch, inspections.tonight) if steady else ():
        try:
            await look(database)
        except TemporarilyAway:
            raise
        except Exception as error:
            log.error("a look of the round failed", exc_info=without_values(error))


async def _promote(db: AsyncSession, *, listing_id: int) -> None:
    await signups.promote(db, await db.get_one(Listing, listing_id))
