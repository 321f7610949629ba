"""How fast receipts are kept and applied, as many at once as a poll brings."""

from typing import Any

from sqlalchemy import bindparam, insert, update

from app import clock
from app.db import core
from app.sms import outbox, receipts
from app.sms.gateways.base import Report
from app.sms.outbox import Message, Purpose, Receipt, Status
from tests.bench import fill
from tests.bench.house import House, Result, timed, until

NAMES = ("receipts_per_second",)
RECEIPTS, SECONDS, PIECE = 20_000, 15, 1_000

_message, _receipt = core(Message), core(Receipt)


async def measure(house: House) -> list[Result]:
    count = min(RECEIPTS, house.rows)
    bare = await _accepted(house, "bare", count // 2)
    done, time_is_left = 0, until(SECONDS / 2)
    with timed() as bare_watch:
        while done < len(bare) and time_is_left():
            done += await _take_down(house, bare[done:done + PIECE])
    reports = [Report(one, "delivered", raw=f"{one} delivered") for one in await _accepted(house, "kept", count)]
    applied, time_is_left = 0, until(SECONDS)
    with timed() as watch:
        while applied < count and time_is_left():
            async with house.database.session() as db:
                await receipts.keep(db, "simulator", reports[applied:applied + PIECE])
                applied += await receipts.apply_kept(db)
    return [house.result("receipts_per_second", watch.per_second(applied), "receipts/s",
                         yardstick=bare_watch.per_second(done), note=watch.note(applied))]


async def _accepted(house: House, mark: str, count: int) -> list[str]:
    """Texts that wait for their receipts; returns the provider's ids."""
    now = clock.now()
    rows = [{**outbox.written(house.settings, to=fill.phone(i), text="10号活:香菇分拣", purpose=Purpose.PUSH,
                              addressed=[i]),
             "status": Status.ACCEPTED, "provider_id": f"{mark}-{i}", "sent_at": now} for i in range(1, count + 1)]
    for start in range(0, count, 2_000):
        async with house.database.session() as db:
            await outbox.queue_all(db, rows[start:start + 2_000])
    return [str(row["provider_id"]) for row in rows]


async def _take_down(house: House, ids: list[str]) -> int:
    """The yardstick: the same rows inserted and updated by three plain statements."""
    now = clock.now()
    async with house.database.session() as db:
        await db.execute(insert(_receipt), [
            {"gateway": "simulator", "provider_id": one, "status": "delivered", "reason": "", "code": "",
             "raw": f"{one} delivered", "received_at": now, "applied_at": now} for one in ids])
        await db.execute(_MOVE, {"ids": ids, "now": now})
    return len(ids)


_MOVE: Any = (update(_message).where(_message.c.gateway == "simulator",
                                     _message.c.provider_id.in_(bindparam("ids", expanding=True)))
              .values(status="delivered", ended_at=bindparam("now")))
