"""Answers to a push, over HTTP from many connections: how fast they are kept, and how fast dealt with.

Each is a deed: a sign-up of somebody who was told of the job, with an answer that goes into the outbox. The serving
process sends the answers out meanwhile, as it does every day.
"""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, literal_column, select, update

from app import clock
from app.jobs.jobs import Job
from app.listings.signups import Place, Signup
from app.sms import arrivals, inbox, outbox
from app.sms.arrivals import Inbound, State
from app.sms.gateways.base import Incoming
from app.sms.inbox import Inbox
from app.sms.outbox import Message, Purpose, Status
from tests.bench import connections, fill, served
from tests.bench.connections import BadAnswer, Flood
from tests.bench.house import House, Result, Stopwatch, timed, until
from tests.bench.served import Server

NAMES = ("inbound_answers_per_second", "inbound_stored_per_second", "inbound_p50_ms", "inbound_p99_ms",
         "inbound_answered_p50_ms", "inbound_answered_p99_ms")
TEXTS, CONNECTIONS, WARM = 2_000, 200, 50
SECONDS, ANSWER_SECONDS = 20, 60
PATH = "/gateway/simulator/reply"


@dataclass
class _Answered:
    """From the first text sent to the last one answered, and how long each of them took."""

    seconds: float
    each_ms: list[float]


async def measure(house: House) -> list[Result]:
    people = house.residents(TEXTS)
    alone = await _alone(house, people[:len(people) // 2])
    job = await _push(house, people, hours=24)
    requests = [connections.post(PATH, json.dumps({"from": fill.phone(i), "text": str(job.number),
                                                   "id": f"answer-{i}"}).encode()) for i in people]
    async with served.doorstep(house) as server:
        await _flood(server, requests[:WARM])
        await _all_answered(house)
        before = server.cpu_seconds()
        flood = await _flood(server, requests[WARM:])
        await _all_answered(house)
        cpu_seconds = server.cpu_seconds() - before
    answered = await _answered(house, job, flood)
    ceiling = await _ceiling(house, requests[WARM:])
    return _results(house, flood, answered, ceiling=ceiling, alone=alone.per_second(len(people) // 2),
                    cpu_seconds=cpu_seconds)


def _results(house: House, flood: Flood, answered: _Answered, *, ceiling: Flood, alone: float,
             cpu_seconds: float) -> list[Result]:
    count, each = len(flood.calls), answered.each_ms
    how = f"{count:,} texts over {CONNECTIONS} connections"
    left = f", {count - len(each):,} still waited when the time was over" if len(each) < count else ""
    return [
        house.result("inbound_answers_per_second", len(each) / answered.seconds, "texts/s", yardstick=alone,
                     note=f"{how}{left}; {len(each) / max(cpu_seconds, 1e-9):,.0f} per CPU second of the server; "
                          "yardstick: the same deeds without HTTP and carrier"),
        house.result("inbound_stored_per_second", flood.per_second(), "texts/s", yardstick=ceiling.per_second(),
                     note=f"{how}; yardstick: an empty handler; {flood.client_note}"),
        house.result("inbound_p50_ms", flood.latency_ms(0.5), "ms", yardstick=ceiling.latency_ms(0.5)),
        house.result("inbound_p99_ms", flood.latency_ms(0.99), "ms", yardstick=ceiling.latency_ms(0.99)),
        house.result("inbound_answered_p50_ms", connections.quantile(each, 0.5), "ms",
                     note=f"sent as fast as they are kept, the last of {count:,} waits for all the others"),
        house.result("inbound_answered_p99_ms", connections.quantile(each, 0.99), "ms"),
    ]


async def _push(house: House, people: list[int], *, hours: float) -> Job:
    """A job with a place for each of them, of which each phone has just been told."""
    job = await house.village.job(places=9_999, hours=hours)
    rows = [{**outbox.written(house.settings, to=fill.phone(i), text=f"{job.number}号活:香菇分拣", purpose=Purpose.PUSH,
                              asks=f"push:{job.number}", addressed=[i], area_id=house.village.area.id,
                              listing_id=job.id), "status": Status.DELIVERED} for i in people]
    async with house.database.session() as db:
        await outbox.queue_all(db, rows)
    return job


async def _alone(house: House, people: list[int]) -> Stopwatch:
    """The yardstick: as many texts kept and answered in this process, by nobody but the inbox itself."""
    job = await _push(house, people, hours=72)
    texts = [("simulator", Incoming(fill.phone(i), str(job.number), raw=str(job.number),
                                    provider_id=f"alone-{i}")) for i in people]
    with timed() as watch:
        for start in range(0, len(texts), inbox.GROUP):
            await arrivals.store(house.database, texts[start:start + inbox.GROUP])
        mine = Inbox(house.database)
        while await mine.answer_once():
            pass
    await _must_have_places(house, job, len(people))
    async with house.database.session() as db:  # nothing of it leaves after what is pushed next
        await db.execute(update(Message).where(Message.status == Status.QUEUED, Message.purpose == Purpose.ANSWER)
                         .values(status=Status.DELIVERED, sent_at=clock.now()))
    return watch


async def _flood(server: Server, requests: list[bytes]) -> Flood:
    return await connections.flood(server.port, requests, connections=min(CONNECTIONS, len(requests)),
                                   seconds=SECONDS, expect=202)


async def _ceiling(house: House, requests: list[bytes]) -> Flood:
    """What this client gets out of a server that keeps nothing."""
    async with served.bare(house.folder, b'{"id":1000000}', media_type="application/json", status=202) as server:
        aimed = [request.replace(PATH.encode(), b"/", 1) for request in requests]
        await _flood(server, aimed[:WARM])
        return await _flood(server, aimed)


async def _all_answered(house: House) -> None:
    """Wait until no text waits, or the time is over."""
    time_is_left = until(ANSWER_SECONDS)
    while time_is_left():
        async with house.database.reading() as db:
            if await db.scalar(select(Inbound.id).where(Inbound.state == literal_column("'stored'")).limit(1)) is None:
                return
        await asyncio.sleep(0.1)


async def _answered(house: House, job: Job, flood: Flood) -> _Answered:
    """When each text was answered, by our own notes. Raises BadAnswer if one was lost, or answered without a place."""
    sent = {int(json.loads(call.body)["id"]): call.sent_at for call in flood.calls}
    async with house.database.reading() as db:
        rows = (await db.execute(select(Inbound.id, Inbound.answered_at, Inbound.state)
                                 .where(Inbound.id >= min(sent), Inbound.id <= max(sent)))).all()
    states = Counter(row.state for row in rows)
    if len(rows) != len(sent) or set(states) - {State.ANSWERED, State.STORED}:
        raise BadAnswer(f"of {len(sent)} texts {dict(states)} are there")
    await _must_have_places(house, job, states[State.ANSWERED] + WARM)
    ends = {row.id: row.answered_at.timestamp() for row in rows if row.answered_at}
    return _Answered(max(ends.values()) - min(sent.values()), [(ends[i] - sent[i]) * 1000 for i in ends])


async def _must_have_places(house: House, job: Job, count: int) -> None:
    async with house.database.reading() as db:
        taken = await db.scalar(select(func.count()).select_from(Signup).where(
            Signup.listing_id == job.id, Signup.place == Place.TAKEN))
    if taken != count:
        raise BadAnswer(f"{taken} places were taken instead of {count}")
