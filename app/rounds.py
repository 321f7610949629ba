"""What the clock makes due: people move up after the night, reminders go out, what is over is closed."""

from app.db import Database, take_turn
from app.listings import reminders, signups
from app.listings.listings import Listing
from app.sms import batches


async def go(database: Database) -> None:
    """One round. Any number of processes may walk it; one at a time does. Each errand is a transaction of its own, so
    that it holds no listing while it waits for another one."""
    async with database.reading() as db:
        due = [listing.id for listing in await signups.due_promotions(db)]
    for listing_id in due:
        async with database.session() as db:
            await take_turn(db, "rounds")
            await signups.promote(db, await db.get_one(Listing, listing_id))
    for errand in (reminders.send_due, reminders.close_over, batches.keep_up):
        async with database.session() as db:
            await take_turn(db, "rounds")
            await errand(db)
