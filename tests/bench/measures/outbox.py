"""How fast the outbox empties: texts claimed, handed to the simulated carrier and written down, in one process."""

from datetime import timedelta

from sqlalchemy import bindparam, func, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.db import core
from app.sms import outbox
from app.sms.dispatch import Dispatch
from app.sms.gateways.base import Made
from app.sms.gateways.simulator import SimulatedMessage, SimulatedReceipt
from app.sms.inbox import Inbox
from app.sms.outbox import Attempt, Message, Priority, Purpose, Status
from tests.bench import fill
from tests.bench.house import House, Result, Stopwatch, timed, until

NAMES = ("outbox_texts_per_second",)
TEXTS, SECONDS, PIECE = 10_000, 15, 500

_message, _attempt = core(Message), core(Attempt)
_simulated, _receipt = core(SimulatedMessage), core(SimulatedReceipt)


async def measure(house: House) -> list[Result]:
    bare, bare_watch = await _bare(house)
    gateways = Made(house.settings, house.database)
    dispatch = Dispatch(house.database, gateways, Inbox(house.database))
    await _queue(house, min(TEXTS, house.rows))
    sent, time_is_left = 0, until(SECONDS)
    with timed() as watch:
        while time_is_left() and (handed := await dispatch.drain_once()):
            sent += handed
    await gateways.close()
    await _forget_the_rest(house)
    return [house.result("outbox_texts_per_second", watch.per_second(sent), "texts/s",
                         yardstick=bare_watch.per_second(bare), note=watch.note(sent))]


async def _queue(house: House, count: int) -> None:
    """Pushes to as many phones."""
    rows = [{**outbox.written(house.settings, to=fill.phone(i), text="10号活:香菇分拣,明早7点2号厂房集合",
                              purpose=Purpose.PUSH, asks="push:10", addressed=[i], area_id=house.village.area.id),
             "priority": Priority.BULK} for i in range(1, count + 1)]
    for start in range(0, count, 2_000):
        async with house.database.session() as db:
            await outbox.queue_all(db, rows[start:start + 2_000])


async def _bare(house: House) -> tuple[int, Stopwatch]:
    """The yardstick: the same rows claimed, inserted and updated by plain statements, and nothing decided."""
    await _queue(house, min(TEXTS, house.rows) // 2)
    sent, time_is_left = 0, until(SECONDS / 2)
    with timed() as watch:
        while time_is_left():
            async with house.database.session() as db:
                claimed = (await db.execute(_CLAIM, {"lease": clock.now() + timedelta(seconds=30)})).all()
            if not claimed:
                break
            async with house.database.session() as db:
                ids = await _insert(db, [row.id for row in claimed])
            async with house.database.session() as db:
                now = clock.now()
                await db.execute(insert(_attempt), [
                    {"message_id": row.id, "number": 1, "at": now, "outcome": "accepted", "code": ""}
                    for row in claimed])
                await db.execute(_DONE, [{"row": row.id, "provider": f"sim-{ids[row.id]}", "at": now}
                                         for row in claimed])
            sent += len(claimed)
    await _forget_the_rest(house)
    return sent, watch


async def _insert(db: AsyncSession, references: list[int]) -> dict[int, int]:
    now = clock.now()
    rows = await db.execute(insert(_simulated).returning(_simulated.c.reference, _simulated.c.id), [
        {"reference": reference, "phone": "+8614200000001", "text": "x" * 40, "segments": 1, "at": now,
         "arrived": True, "repeats": 0} for reference in references])
    ids = {row.reference: row.id for row in rows}
    await db.execute(insert(_receipt), [
        {"provider_id": f"sim-{made}", "outcome": "delivered", "code": "", "due_at": now} for made in ids.values()])
    return ids


async def _forget_the_rest(house: House) -> None:
    """Texts and receipts that are left must not be sent while something else is measured."""
    async with house.database.session() as db:
        await db.execute(update(_message).where(_message.c.status.in_((Status.QUEUED, Status.SENDING)))
                         .values(status=Status.WITHDRAWN))
        await db.execute(update(_receipt).where(_receipt.c.fetched_at.is_(None)).values(fetched_at=func.now()))


_CLAIM = (update(_message).where(_message.c.id.in_(
    select(_message.c.id).where(_message.c.gateway == "simulator", _message.c.status == literal_column("'queued'"))
    .order_by(_message.c.priority, _message.c.next_at, _message.c.id).limit(PIECE)))
    .values(status="sending", attempts=1, worker="bare", lease_until=bindparam("lease"))
    .returning(_message.c.id))
_DONE = (update(_message).where(_message.c.id == bindparam("row"))
         .values(status="accepted", provider_id=bindparam("provider"), sent_at=bindparam("at"), worker=None))
