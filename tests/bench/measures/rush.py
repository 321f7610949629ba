"""A rush: a thousand calls a second by the clock, for a minute, each an answer to a job, while bulk texts leave.

How fast they are kept, how fast they are answered, and whether each answer leaves before the bulk that waits.
"""

import json
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from app.db import core
from app.sms.arrivals import Inbound
from app.sms.gateways import simulator
from app.sms.gateways.simulator import SimulatedMessage
from app.sms.outbox import Message, Purpose
from tests.bench import rush, served
from tests.bench.connections import BadAnswer, Call, quantile
from tests.bench.house import House, Result, at_most
from tests.bench.queued import Queue
from tests.bench.served import Server

NAMES = ("rush_stored_per_second", "rush_stored_p99_ms", "rush_answered_per_second", "rush_answered_p99_ms",
         "rush_bulk_texts_per_second")
PER_SECOND, SECONDS, BULK, WARM = 1_000, 60.0, 100_000, 100
# By how many claims of bulk an answer may be preceded: what was with the carrier when it was written, and, where others
# write beside the claim, one that began before the answer was committed.
CLAIMS = {"sqlite": 1, "postgresql": 2}
_message, _simulated, _inbound = core(Message), core(SimulatedMessage), core(Inbound)


@dataclass
class Seen:
    """What happened in that time. `stored_ms` and `answered_ms` hold what has not happened yet with as long as it has
    waited; `overtaken` is the most bulk texts that left while an answer waited that was written before."""

    how: str
    due: int
    seconds: float
    stored: int
    stored_ms: list[float]
    answered: int
    answered_ms: list[float]
    waiting_bulk: int
    bulk: int
    bulk_seconds: float
    overtaken: int
    allowed: int
    cpu: str = ""


async def measure(house: House) -> list[Result]:
    arrangements = ["serve"] if house.engine == "sqlite" else ["serve", "serve and work"]
    seen = [await _seen(house, how, hours=24 + 400 * place) for place, how in enumerate(arrangements)]
    return _results(house, *sorted(seen, key=lambda one: (quantile(one.stored_ms, 0.99), -one.answered)))


def _results(house: House, best: Seen, *others: Seen) -> list[Result]:
    def beside(say: Any) -> str:
        return "".join(f"; {one.how}: {say(one):,.0f}" for one in others)

    how = f"{best.how}, {best.due:,} calls in {best.seconds:.0f} s, {best.stored:,} stored{best.cpu}"
    waits = f"{best.stored - best.answered:,} still waited" if best.answered < best.stored else "none waited"
    return [
        house.result("rush_stored_per_second", best.stored / best.seconds, "texts/s",
                     note=how + beside(lambda one: one.stored / one.seconds)),
        house.result("rush_stored_p99_ms", quantile(best.stored_ms, 0.99), "ms",
                     note=f"from when a call was due; p50 {quantile(best.stored_ms, 0.5):,.0f}"
                          + beside(lambda one: quantile(one.stored_ms, 0.99))),
        house.result("rush_answered_per_second", best.answered / best.seconds, "texts/s",
                     note=f"{best.answered:,}; {waits}; at the most {best.overtaken:,} bulk texts left while a written "
                          f"answer waited, of {best.allowed:,} that may"
                          + beside(lambda one: one.answered / one.seconds)),
        house.result("rush_answered_p99_ms", quantile(best.answered_ms, 0.99), "ms",
                     note=f"of those that were stored, with what the others have waited; p50 "
                          f"{quantile(best.answered_ms, 0.5):,.0f}"
                          + beside(lambda one: quantile(one.answered_ms, 0.99))),
        house.result("rush_bulk_texts_per_second", best.bulk / best.bulk_seconds, "texts/s",
                     note=f"{best.bulk:,} of {best.waiting_bulk:,} in {best.bulk_seconds:.0f} s"
                          + beside(lambda one: one.bulk / one.bulk_seconds)),
    ]


async def _seen(house: House, how: str, *, hours: float) -> Seen:
    seconds = at_most(SECONDS)
    mark = f"rush{hours:.0f}"
    jobs, told = await rush.tell(house, int(PER_SECOND * seconds) + WARM, hours=hours)
    queue = Queue(house, house.database, min(BULK, house.rows * 10))
    await queue.open()
    try:
        async with _serving(house, how) as servers:
            warm = await rush.call(house, servers[0], told[:WARM], mark=f"{mark}-warm", per_second=PER_SECOND,
                                   seconds=60, before=_nothing)
            _must_all_be_stored(warm)
            used = [server.cpu_seconds() for server in servers]
            calls = await rush.call(house, servers[0], told[WARM:], mark=f"{mark}-due", per_second=PER_SECOND,
                                    seconds=seconds, before=partial(queue.fill_up, tidy=False))
            used = [server.cpu_seconds() - before for server, before in zip(servers, used, strict=True)]
        stored = {int(json.loads(call.body)["id"]): call for call in calls if call.status == 202}
        await rush.must_have_kept(house, mark, list(stored), jobs)
        seen = await _looked_up(house, how, calls, stored, queue=queue, due=len(told) - WARM, seconds=seconds)
    finally:
        await rush.put_away(house)
        await queue.close()
    seen.cpu = ", CPU seconds " + " and ".join(f"{one:.0f}" for one in used)
    return seen


@asynccontextmanager
async def _serving(house: House, how: str) -> AsyncIterator[list[Server]]:
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(
            served.doorstep(house) if how == "serve" else served.doorstep(house, "--no-dispatch"))]
        if how != "serve":
            servers.append(await stack.enter_async_context(served.work(house)))
        yield servers


async def _looked_up(house: House, how: str, calls: list[Call], stored: dict[int, Call], *, queue: Queue, due: int,
                     seconds: float) -> Seen:
    start = min(call.sent_at for call in calls)
    end = start + seconds
    async with house.database.reading() as db:
        answered_at = {row.id: row.answered_at.timestamp() for row in await db.execute(
            select(_inbound.c.id, _inbound.c.answered_at)
            .where(_inbound.c.id >= min(stored), _inbound.c.answered_at.is_not(None)))
            if row.id in stored and row.answered_at.timestamp() <= end}
        bulk = (await db.execute(select(_simulated.c.id, _simulated.c.at)
                                 .join(_message, _message.c.id == _simulated.c.reference)
                                 .where(_message.c.batch_id == queue.batch_id).order_by(_simulated.c.id))).all()
    in_time = [call for call in stored.values() if call.sent_at + call.seconds <= end]
    waited = [(end - start - number / PER_SECOND) * 1000 for number in range(due)]  # of each call that was due
    late = sorted(waited, reverse=True)[len(in_time):] if len(in_time) < due else []
    left = [row.at.timestamp() for row in bulk if start <= row.at.timestamp() <= end]
    overtaken = await _overtaken(house, bulk, stored)
    allowed = CLAIMS[house.engine] * simulator.Carrier.abilities.batch
    if overtaken > allowed:
        raise BadAnswer(f"{overtaken} bulk texts left while an answer waited; at most {allowed} may ({how})")
    return Seen(how, due, seconds, len(in_time), [call.seconds * 1000 for call in in_time] + late, len(answered_at),
                [(answered_at.get(i, end) - call.sent_at) * 1000 for i, call in stored.items()], queue.depth,
                len(left), max(left, default=end) - start, overtaken, allowed)


async def _overtaken(house: House, bulk: Sequence[Any], stored: dict[int, Call]) -> int:
    """The most bulk texts that the carrier got after an answer was written and before it got that answer itself."""
    ids, ats = [row.id for row in bulk], [row.at for row in bulk]
    async with house.database.reading() as db:
        answers = (await db.execute(
            select(_inbound.c.answered_at, _simulated.c.id)
            .join_from(_message, _inbound, _inbound.c.id == _message.c.inbound_id)
            .outerjoin(_simulated, _simulated.c.reference == _message.c.id)
            .where(_message.c.purpose == Purpose.ANSWER, _message.c.inbound_id >= min(stored),
                   _message.c.inbound_id <= max(stored)))).all()
    return max((_between(ids, ats, row.answered_at, row.id) for row in answers), default=0)


def _between(ids: list[int], ats: list[datetime], written_at: datetime, left_as: int | None) -> int:
    """Bulk texts from that moment on until the carrier's number `left_as`, or to the last where it has not left."""
    until = len(ids) if left_as is None else bisect_left(ids, left_as)
    return max(0, until - bisect_left(ats, written_at))


async def _nothing() -> None:
    return None


def _must_all_be_stored(calls: list[Call]) -> None:
    if len(calls) != WARM or {call.status for call in calls} != {202}:
        raise BadAnswer(f"{len(calls)} of {WARM} texts were taken before the rush")
