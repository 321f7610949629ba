"""How fast the outbox empties while as many texts wait in it as there are rows: claimed, handed to the simulated
carrier and written down, in one process."""

from dataclasses import replace
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.db import core
from app.sms.dispatch import Dispatch
from app.sms.gateways.base import Made
from app.sms.gateways.simulator import SimulatedMessage, SimulatedReceipt
from app.sms.inbox import Inbox
from tests.bench import draining
from tests.bench.draining import Contest
from tests.bench.house import House, Result
from tests.bench.queued import Queue

NAMES = ("outbox_texts_per_second",)
PIECE = 500
_simulated, _receipt = core(SimulatedMessage), core(SimulatedReceipt)


async def measure(house: House) -> list[Result]:
    queue = Queue(house, house.database, house.rows)
    gateways = Made(replace(house.settings, simulator_faults="delay=0s"), house.database)
    dispatch = Dispatch(house.database, gateways, Inbox(house.database))

    async def bare() -> int:
        """Rows claimed, and the simulated carrier's and ours written, and nothing decided."""
        claimed = await draining.claim(queue, PIECE)
        if not claimed:
            return 0
        async with queue.database.session() as db:
            ids = await _insert(db, house, claimed)
        return await draining.write_down(queue, {row.id: f"sim-{ids[row.id]}" for row in claimed})

    async def poll(_told: list[str] | None) -> None:
        while await dispatch.poll_once():
            pass

    rounds = await Contest(queue, bare, dispatch.drain_once, taken=_in_its_tables, receipts=poll).rounds()
    await gateways.close()
    return [draining.result(house, "outbox_texts_per_second", rounds, f"; {queue.depth:,} queued")]


async def _in_its_tables() -> None:
    return None


async def _insert(db: AsyncSession, house: House, claimed: list[Any]) -> dict[int, int]:
    """As the simulated carrier keeps them, with their receipts."""
    now = clock.now()
    statement = (sqlite.insert if house.engine == "sqlite" else postgresql.insert)(_simulated)
    rows = (await db.execute(
        statement.on_conflict_do_update(index_elements=["reference"], set_={"repeats": _simulated.c.repeats + 1})
        .returning(_simulated.c.reference, _simulated.c.id, _simulated.c.repeats),
        [{"reference": row.id, "phone": row.phone, "text": row.body, "segments": 1, "at": now, "arrived": True,
          "repeats": 0} for row in claimed])).all()
    await db.execute(insert(_receipt), [
        {"provider_id": f"sim-{row.id}", "outcome": "delivered", "code": "", "due_at": now} for row in rows])
    return {row.reference: row.id for row in rows}
