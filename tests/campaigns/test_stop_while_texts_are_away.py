"""Texts that a worker holds, or that nobody knows about, while somebody stops the campaign: none comes back to life."""

import asyncio

import pytest

from app.db import Database
from app.sms import batches, claims, handover
from app.sms.batches import Batch
from app.sms.gateways.base import Outcome, Sent
from app.sms.outbox import Status
from tests.campaigns.acts import counted, does, filled, texts_of
from tests.campaigns.carriers import Carrier
from tests.village import OWN, Village

WORKER = "elsewhere:1:a"


async def _claimed(village: Village, most: int = 3) -> list[int]:
    async with village.database.session() as db:
        return [text.id for text in (await claims.claim(db, "simulator", OWN, worker=WORKER, most=most,
                                                          lease_seconds=60)).texts]


async def _drained(village: Village) -> Carrier:
    carrier = Carrier()
    worker = carrier.worker(village)
    while await worker.drain_once():
        pass
    return carrier


async def test_what_the_carrier_did_not_take_is_withdrawn_like_the_rest(ten: Village, underway: Batch) -> None:
    held = await _claimed(ten)
    await does(ten, batches.stop, underway)
    async with ten.database.session() as db:
        await handover.write_down(db, [Sent(held[0], Outcome.ACCEPTED, "p"),
                                       *(Sent(one, Outcome.TRY_LATER) for one in held[1:])], worker=WORKER)
    assert await counted(ten, underway) == {Status.ACCEPTED: 1, Status.WITHDRAWN: 9}
    assert {text.reason for text in await texts_of(ten, underway)} == {"", "batch_stopped"}
    assert (await _drained(ten)).got == {}


async def test_what_a_dead_worker_had_not_handed_over_is_withdrawn_like_the_rest(ten: Village,
                                                                                 underway: Batch) -> None:
    held = await _claimed(ten)
    await does(ten, batches.stop, underway)
    async with ten.database.session() as db:
        await handover.expire(db, dead=[WORKER], longest=None)
    assert await counted(ten, underway) == {Status.UNKNOWN: 3, Status.WITHDRAWN: 7}
    async with ten.database.session() as db:
        await handover.settle(db, "simulator", [Sent(held[0], Outcome.ACCEPTED, "p"),
                                   *(Sent(one, Outcome.TRY_LATER) for one in held[1:])])
    assert await counted(ten, underway) == {Status.ACCEPTED: 1, Status.WITHDRAWN: 9}
    assert (await _drained(ten)).got == {}


async def test_a_pause_keeps_what_came_back_and_lets_it_go_afterwards(ten: Village, underway: Batch) -> None:
    held = await _claimed(ten)
    await does(ten, batches.pause, underway)
    async with ten.database.session() as db:
        await handover.expire(db, dead=[WORKER], longest=None)
        await handover.settle(db, "simulator", [Sent(one, Outcome.TRY_LATER) for one in held])
    assert await counted(ten, underway) == {Status.QUEUED: 10}
    assert (await _drained(ten)).got == {}
    await does(ten, batches.resume, underway)
    assert set((await _drained(ten)).got.values()) == {1}
    assert await counted(ten, underway) == {Status.ACCEPTED: 10}


@pytest.mark.parametrize("engine", ["postgresql"])  # SQLite's writers take turns anyway
@pytest.mark.parametrize("piece", [4, 100])
async def test_a_stop_takes_back_nothing_that_is_being_claimed_and_forgets_nothing(
        ten: Village, underway: Batch, monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    monkeypatch.setattr(batches, "PIECE", piece)
    second = Database(ten.database.settings)
    try:
        async with second.session() as db:
            held = [text.id for text in (await claims.claim(db, "simulator", OWN, worker=WORKER, most=3,
                                                              lease_seconds=60)).texts]
            stopping = asyncio.create_task(does(ten, batches.stop, underway))
            await asyncio.sleep(0.3)
        await stopping
    finally:
        await second.close()
    await filled(ten)
    assert await counted(ten, underway) == {Status.SENDING: 3, Status.WITHDRAWN: 7}
    async with ten.database.session() as db:
        await handover.write_down(db, [Sent(one, Outcome.ACCEPTED, f"p{one}") for one in held], worker=WORKER)
    assert await counted(ten, underway) == {Status.ACCEPTED: 3, Status.WITHDRAWN: 7}


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_a_stop_waits_for_texts_that_are_just_coming_back(ten: Village, underway: Batch) -> None:
    held = await _claimed(ten)
    second = Database(ten.database.settings)
    try:
        async with second.session() as db:
            await handover.write_down(db, [Sent(one, Outcome.TRY_LATER) for one in held], worker=WORKER)
            stopping = asyncio.create_task(does(ten, batches.stop, underway))
            await asyncio.sleep(0.3)
        await stopping
    finally:
        await second.close()
    assert await counted(ten, underway) == {Status.WITHDRAWN: 10}
