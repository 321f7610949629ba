"""The carrier goes away for ten minutes in the middle of a campaign; when it is back everybody gets the text, once."""

from datetime import timedelta

import pytest

from app import clock
from app.sms import batches
from app.sms.batches import Batch, State
from app.sms.dispatch import Dispatch
from app.sms.outbox import Status
from tests.campaigns.acts import counted, does
from tests.campaigns.carriers import Carrier
from tests.stories.acts import batch_now
from tests.village import Village

STEP = timedelta(seconds=5)
MINUTES_AWAY, PATIENCE = timedelta(minutes=10), timedelta(minutes=40)
LATER = timedelta(minutes=5)  # whatever would still go a second time


async def _passes(worker: Dispatch, time: timedelta) -> None:
    """What a worker does while so much time passes; the errand of the leases fails while nobody answers."""
    end = clock.now() + time
    while clock.now() < end:
        while await worker.drain_once():
            pass
        try:
            await worker.settle_once()
        except ConnectionError:
            assert worker.drains[0].gateway.away  # type: ignore[attr-defined]
        clock.turn(clock.now() + STEP)


@pytest.mark.parametrize(("how", "takes"), [("busy", False), ("raises", False), ("raises", True)])
async def test_ten_minutes_without_a_carrier(ten: Village, underway: Batch, how: str, takes: bool) -> None:
    carrier = Carrier()
    worker = carrier.worker(ten)
    assert await worker.drain_once() == 4
    carrier.away, carrier.takes = how, takes
    await _passes(worker, MINUTES_AWAY)
    assert sum((await counted(ten, underway)).values()) == 10
    assert sum(carrier.got.values()) == (10 if takes else 4)
    carrier.away = ""
    if (await batch_now(ten, underway)).state == State.PAUSED:  # by itself: then an officer lets it go on
        await does(ten, batches.resume, underway)
    end = clock.now() + PATIENCE
    while await counted(ten, underway) != {Status.ACCEPTED: 10} and clock.now() < end:
        await _passes(worker, timedelta(minutes=1))
    await _passes(worker, LATER)
    assert len(carrier.got) == 10
    assert set(carrier.got.values()) == {1}
    assert await counted(ten, underway) == {Status.ACCEPTED: 10}


async def test_stopped_while_the_carrier_is_away_nobody_more_is_told(ten: Village, underway: Batch) -> None:
    carrier = Carrier()
    worker = carrier.worker(ten)
    assert await worker.drain_once() == 4
    carrier.away = "raises"
    assert await worker.drain_once() == 4
    await does(ten, batches.stop, underway)
    carrier.away = ""
    await _passes(worker, MINUTES_AWAY)
    assert sum(carrier.got.values()) == 4
    assert await counted(ten, underway) == {Status.ACCEPTED: 4, Status.WITHDRAWN: 6}
