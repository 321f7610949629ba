"""What the clock makes due: people move up after the night, reminders go out, what is over is closed or forgotten."""

from app.access import codes
from app.db import Database, deed, take_turn
from app.listings import reminders, signups
from app.sms import batches
from app.staff import logins


async def go(database: Database) -> None:
    """One round. Any number of processes may walk it; one at a time does."""
    async with database.session() as db:
        await take_turn(db, "rounds")
        for listing in await signups.due_promotions(db):
            async with deed(db):
                await signups.promote(db, listing)
        await reminders.send_due(db)
        await reminders.close_over(db)
        await batches.keep_up(db)
        await codes.forget_old(db)
        await logins.forget_old(db)
