"""What waits, for how long, and what only seems to."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.sms import arrivals, receipts
from app.sms.batches import State
from app.sms.gateways.base import Incoming, Report
from app.sms.outbox import Attempt, Purpose, Status
from app.watch import figures
from app.watch.figures import Figures, Kind, Recent
from tests.stories.acts import WANG, turn
from tests.village import Village
from tests.watch.acts import NOON, batch, lane, minutes, seen, waits


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn(NOON)


async def test_an_empty_outbox_has_nothing_to_tell(village: Village) -> None:
    found = await seen(village.database)
    assert list(found.lanes) == ["simulator"]
    assert (found.lanes["simulator"].waiting, found.stands(Kind.ANSWERS), found.unanswered) == (0, 0, 0)


async def test_however_many_ask_at_once_one_looks(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    looks, look = [0], figures.of

    async def counted(db: AsyncSession) -> Figures:
        looks[0] += 1
        return await look(db)

    monkeypatch.setattr(figures, "of", counted)
    recent = Recent()
    first = {id(found) for found in await asyncio.gather(*(recent.of(village.database) for _ in range(50)))}
    assert (looks, len(first)) == ([1], 1)
    assert id(await recent.of(village.database)) not in first


async def test_texts_wait_by_kind_and_those_for_later_are_not_due(village: Village) -> None:
    async with village.database.session() as db:
        await waits(db, minutes=3)
        await waits(db, minutes=1)
        await waits(db, Purpose.SERVICE, minutes=-600)
        await waits(db, Purpose.PUSH, minutes=20)
    queues = (await lane(village.database)).queues
    assert {kind: (queue.waiting, queue.due, minutes(queue.due_since)) for kind, queue in queues.items()} == {
        "answers": (2, 2, 3.0), "service": (1, 0, None), "bulk": (1, 1, 20.0)}


async def test_texts_of_another_gateway_stand_apart(village: Village) -> None:
    async with village.database.session() as db:
        await waits(db, minutes=3, gateway="twilio")
    found = await seen(village.database)
    assert (found.lanes["twilio"].waiting, found.lanes["simulator"].waiting) == (1, 0)
    assert round(found.stands(Kind.ANSWERS)) == 180


async def test_what_is_paused_or_stopped_is_not_due(village: Village) -> None:
    async with village.database.session() as db:
        paused = await batch(db, village, state=State.PAUSED)
        stopped = await batch(db, village, state=State.STOPPED, filling="stopping")
        going = await batch(db, village)
        for one, age in ((paused, 300), (stopped, 200), (going, 10)):
            await waits(db, Purpose.PUSH, minutes=age, batch_id=one.id)
    found = await seen(village.database)
    bulk = found.lanes["simulator"].queues[Kind.BULK]
    assert (bulk.waiting, bulk.due, minutes(bulk.due_since), found.kept_back) == (3, 1, 10.0, 2)


async def test_at_night_no_bulk_text_is_due_and_in_the_morning_it_is_since_the_morning(village: Village) -> None:
    async with village.database.session() as db:
        await waits(db, Purpose.PUSH, minutes=0)
        paused = await batch(db, village, state=State.PAUSED)
        await waits(db, Purpose.PUSH, minutes=0, batch_id=paused.id)
    turn("2026-03-10 22:00")
    assert (await seen(village.database)).kept_back == 1
    bulk = (await lane(village.database)).queues[Kind.BULK]
    assert (bulk.waiting, bulk.due, bulk.due_since) == (2, 0, None)
    turn("2026-03-11 08:10")
    bulk = (await lane(village.database)).queues[Kind.BULK]
    assert (bulk.due, minutes(bulk.due_since)) == (1, 10.0)


async def test_what_went_on_after_a_pause_is_due_since_then(village: Village) -> None:
    async with village.database.session() as db:
        resumed = await batch(db, village, resumed_at=clock.now() - timedelta(minutes=5))
        await waits(db, Purpose.PUSH, minutes=300, batch_id=resumed.id)
    assert minutes((await lane(village.database)).queues[Kind.BULK].due_since) == 5.0
    async with village.database.session() as db:
        await waits(db, Purpose.PUSH, minutes=40, batch_id=(await batch(db, village)).id)
    assert minutes((await lane(village.database)).queues[Kind.BULK].due_since) == 40.0


async def test_a_long_bulk_send_that_moves_does_not_stand(village: Village) -> None:
    async with village.database.session() as db:
        await waits(db, Purpose.PUSH, minutes=90)
    assert round((await seen(village.database)).stands(Kind.BULK)) == 90 * 60
    async with village.database.session() as db:
        await waits(db, Purpose.PUSH, minutes=90, status=Status.ACCEPTED, sent_at=clock.now() - timedelta(minutes=2))
    found = await seen(village.database)
    assert round(found.stands(Kind.BULK)) == 120
    assert minutes(found.lanes["simulator"].queues[Kind.BULK].due_since) == 90.0


async def test_an_answer_that_the_carrier_puts_off_has_waited_since_it_was_first_tried(village: Village) -> None:
    async with village.database.session() as db:
        message = await waits(db, minutes=-2, attempts=3)
        for number, ago in ((1, 7), (2, 6), (3, 4)):
            db.add(Attempt(message_id=message.id, number=number, at=clock.now() - timedelta(minutes=ago),
                           outcome="try_later"))
    found = await seen(village.database)
    assert (found.lanes["simulator"].queues[Kind.ANSWERS].due, round(found.stands(Kind.ANSWERS))) == (0, 420)


async def test_texts_with_a_worker_and_of_which_nobody_knows(village: Village) -> None:
    async with village.database.session() as db:
        for lease in (60, -30, -300):
            await waits(db, status=Status.SENDING, worker="a:1:b", lease_until=clock.now() + timedelta(seconds=lease))
        await waits(db, status=Status.UNKNOWN, reason="unsure", sent_at=clock.now())
        await waits(db, status=Status.UNKNOWN, reason="cannot_tell", sent_at=clock.now())
    found = await lane(village.database)
    assert (found.held, found.overdue, found.unsettled) == (3, 1, 1)


async def test_texts_that_came_and_receipts_wait_too(village: Village) -> None:
    await arrivals.store(village.database, [("simulator", Incoming("+86" + WANG, "你好", raw=""))])
    async with village.database.session() as db:
        await receipts.keep(db, "simulator", [Report("nobody's", "delivered")])
    turn("2026-03-10 12:02")
    async with village.database.session() as db:
        await waits(db, status=Status.ACCEPTED, sent_at=clock.now(), provider_id="mine")
        await receipts.keep(db, "simulator", [Report("mine", "delivered")])
    turn("2026-03-10 12:03")
    found = await seen(village.database)
    assert (found.unanswered, minutes(found.unanswered_since)) == (1, 3.0)
    assert (found.receipts, minutes(found.receipts_since), minutes(found.receipts_known_since)) == (2, 3.0, 1.0)
