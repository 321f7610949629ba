"""Texts that nobody will end any more by himself: the dispatch does the same every few seconds, where one works."""

from datetime import timedelta

from app import clock
from app.db import Database, take_turn
from app.sms import handover
from app.watch.books import Finding, Trouble

LONG_OVER = timedelta(hours=1)  # since a lease ended: no worker is so slow, and no clock of another machine so wrong


async def clear(database: Database) -> list[Finding]:
    async with database.session() as db:
        await take_turn(db, "leases")
        stuck = await handover.expire_forgotten(db, before=clock.now() - LONG_OVER)
        endless = await handover.give_up_waiting(db)
    return [Finding(what, count, repaired=True)
            for what, count in ((Trouble.STUCK_CLAIMS, stuck), (Trouble.NO_END, endless)) if count]
