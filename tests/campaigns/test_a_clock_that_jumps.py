"""Somebody sets the clock while a campaign is under way, by hours or days, forwards or back: nobody is told twice,
nobody is forgotten, and nothing in bulk leaves at night."""

import time as stopwatch
from datetime import timedelta

import pytest

from app import clock
from app.sms import claims
from app.sms.batches import Batch
from app.sms.outbox import Status
from tests.campaigns.acts import counted
from tests.campaigns.carriers import Carrier
from tests.stories.acts import moment, turn
from tests.village import OWN, Village

JUMPS = [timedelta(hours=3), timedelta(days=2), timedelta(days=-2), timedelta(hours=-3)]


def _jump(by: timedelta) -> None:
    clock.turn(clock.now() + by)


@pytest.mark.parametrize("by", JUMPS, ids=str)
async def test_while_texts_are_with_the_carrier_nobody_gets_one_twice(ten: Village, underway: Batch,
                                                                      by: timedelta) -> None:
    """Another worker, on the same machine or elsewhere, must not take the living one for dead."""
    carrier = Carrier()
    working, other = carrier.worker(ten), carrier.worker(ten)
    working.worker, other.worker = "elsewhere:1:a", "elsewhere:2:b"
    await other.settle_once()

    async def jumps() -> None:
        _jump(by)
        for worker in (working, other):
            await worker.settle_once()
            await worker.drain_once()

    carrier.meanwhile = jumps
    await working.drain_once()
    for worker in (working, other):
        await worker.settle_once()
        while await worker.drain_once():
            pass
    assert len(carrier.got) == 10
    assert set(carrier.got.values()) == {1}
    assert await counted(ten, underway) == {Status.ACCEPTED: 10}


@pytest.mark.parametrize("by", JUMPS, ids=str)
async def test_the_texts_of_one_who_died_before_are_told_of_all_the_same(ten: Village, underway: Batch,
                                                                         by: timedelta) -> None:
    async with ten.database.session() as db:
        await claims.claim(db, "simulator", OWN, worker="elsewhere:1:a", most=4, lease_seconds=50)
    _jump(by)
    carrier = Carrier()
    worker = carrier.worker(ten)  # started after the jump, so to it this is just the time
    await worker.settle_once()
    assert await counted(ten, underway) == {Status.QUEUED: 10}
    while await worker.drain_once():
        pass
    assert set(carrier.got.values()) == {1}
    assert await counted(ten, underway) == {Status.ACCEPTED: 10}


async def test_a_worker_that_saw_the_jump_waits_for_a_lease_before_it_believes_the_clock_again(
        ten: Village, underway: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    carrier = Carrier()
    worker = carrier.worker(ten)
    await worker.settle_once()
    async with ten.database.session() as db:
        await claims.claim(db, "simulator", OWN, worker="elsewhere:1:a", most=4, lease_seconds=50)
    _jump(timedelta(hours=1))
    await worker.settle_once()
    assert await counted(ten, underway) == {Status.SENDING: 4, Status.QUEUED: 6}
    later = stopwatch.monotonic() + 51
    monkeypatch.setattr(stopwatch, "monotonic", lambda: later)
    _jump(timedelta(seconds=51))
    await worker.settle_once()
    assert await counted(ten, underway) == {Status.QUEUED: 10}


async def test_tried_by_a_clock_that_ran_ahead_they_are_tried_again_all_the_same(ten: Village,
                                                                                 underway: Batch) -> None:
    carrier = Carrier()
    worker = carrier.worker(ten)
    turn("2026-03-13 12:00")
    carrier.away = "busy"
    while await worker.drain_once():
        pass
    carrier.away = ""
    turn("2026-03-10 12:05")
    await worker.settle_once()
    while await worker.drain_once():
        pass
    assert await counted(ten, underway) == {Status.ACCEPTED: 10}


async def test_set_to_the_night_nothing_leaves_and_set_back_it_goes_on(ten: Village, underway: Batch) -> None:
    carrier = Carrier()
    worker = carrier.worker(ten)
    assert await worker.drain_once() == 4
    turn("2026-03-10 23:00")
    assert await worker.drain_once() == 0
    turn("2026-03-10 12:05")
    while await worker.drain_once():
        pass
    assert await counted(ten, underway) == {Status.ACCEPTED: 10}
    assert set(carrier.got.values()) == {1}


@pytest.mark.parametrize(("wall", "anew"), [("2026-03-10 10:00", False), ("2020-01-01 12:00", True)])
async def test_written_by_a_clock_that_ran_ahead_they_leave_all_the_same(ten: Village, underway: Batch, wall: str,
                                                                         anew: bool) -> None:
    """A machine whose clock was wrong when the campaign was handed in, and is put right while it runs or before it is
    started anew."""
    carrier = Carrier()
    worker = carrier.worker(ten)
    assert await worker.drain_once() == 4
    turn(wall)
    worker = carrier.worker(ten) if anew else worker
    await worker.settle_once()
    while await worker.drain_once():
        pass
    assert await counted(ten, underway) == {Status.ACCEPTED: 10}
    assert set(carrier.got.values()) == {1}
    assert clock.now() - moment(wall) < timedelta(minutes=1)
