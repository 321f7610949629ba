"""Several gateways: the next takes over while one fails, nothing leaves twice, and none is given more than it may."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import clock
from app.sms import batches, breaker, handover, outbox
from app.sms.batches import State
from app.sms.breaker import Decision, Why
from app.sms.gateways.base import Outcome, Reason, Sent
from app.sms.outbox import Attempt, Message, Purpose, Status
from tests.stories.acts import LI, WANG, batch_now, turn
from tests.stories.several_gateways.carriers import Carrier, rounds, standing, states, worker_of, write
from tests.stories.station import until
from tests.village import Village


async def test_the_first_that_works_takes_everything(village: Village, mas: Carrier, sim: Carrier) -> None:
    await write(village, 6)
    await write(village, 2, bulk=False)
    await rounds(worker_of(village, mas, sim))
    assert (len(mas.took), len(sim.handed)) == (8, 0)
    assert await states(village) == {("cloudmas", "accepted"): 8}


async def test_answers_leave_another_way_than_bulk(village: Village, mas: Carrier, sim: Carrier) -> None:
    worker = worker_of(village, mas, sim, sms_gateway_replies="kannel,cloudmas")
    async with worker.database.session() as db:
        await outbox.queue(db, to="+86" + WANG, text="您好", purpose=Purpose.ANSWER)
    await write(village, 3)
    await rounds(worker)
    assert (len(mas.took), len(sim.took)) == (3, 1)


async def test_an_answer_leaves_through_the_gateway_that_brought_the_question(
        village: Village, mas: Carrier, sim: Carrier) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    for name, text in (("kannel", "你们是谁"), ("twilio", "帮助")):  # the second is on no list
        assert await village.says(WANG, text, by=name)
    async with village.database.reading() as db:
        assert list(await db.scalars(select(Message.gateway).order_by(Message.id))) == ["kannel", "cloudmas"]


async def test_while_one_fails_the_next_takes_over_and_nothing_leaves_twice(
        village: Village, mas: Carrier, sim: Carrier) -> None:
    """What it perhaps took stays unknown; what it surely did not take, and what it never saw, leaves the other way."""
    mas.answers = Outcome.UNKNOWN
    await write(village, 30)
    worker = worker_of(village, mas, sim)
    await rounds(worker)
    assert len(mas.took) == 4 * breaker.BAD_CLAIMS
    assert {text.id for text in mas.took}.isdisjoint(text.id for text in sim.took)
    assert await states(village) == {("cloudmas", "unknown"): 12, ("kannel", "accepted"): 18}
    assert (await standing(village, "cloudmas")).why == Why.ERRORS


async def test_what_it_surely_did_not_take_leaves_the_other_way_with_both_attempts_told(
        village: Village, mas: Carrier, sim: Carrier) -> None:
    mas.answers, mas.reason = Outcome.TRY_LATER, Reason.BUSY
    [text] = await write(village, 1, bulk=False)
    worker = worker_of(village, mas, sim)
    for _try in range(breaker.BAD_CLAIMS):
        assert sim.handed == []
        await worker.drain_once()
        clock.turn(clock.now() + timedelta(seconds=61))
    async with village.database.reading() as db:
        tried = (await db.execute(select(Attempt.number, Attempt.gateway, Attempt.outcome)
                                  .where(Attempt.message_id == text).order_by(Attempt.number))).all()
    assert [tuple(one) for one in tried] == [(1, "cloudmas", "try_later"), (2, "cloudmas", "try_later"),
                                             (3, "cloudmas", "try_later"), (4, "kannel", "accepted")]
    assert [one.id for one in sim.took] == [text]


async def test_an_answer_that_it_put_off_leaves_the_other_way_at_once(
        village: Village, mas: Carrier, sim: Carrier) -> None:
    mas.answers, mas.reason = Outcome.TRY_LATER, Reason.ACCOUNT
    await write(village, 1, bulk=False)
    worker = worker_of(village, mas, sim)
    await rounds(worker)
    assert (len(mas.handed), len(sim.took)) == (1, 1)


async def test_a_gateway_that_rests_is_tried_with_one_text_and_longer_rests_follow(
        village: Village, mas: Carrier) -> None:
    """Alone: what waits goes on waiting, and uses up no attempts."""
    mas.answers = Outcome.UNKNOWN
    await write(village, 40)
    worker = worker_of(village, mas, sms_gateway="cloudmas")
    await rounds(worker)
    assert len(mas.handed) == 12
    for seconds, handed in ((14, 12), (2, 13), (28, 13), (3, 14)):
        clock.turn(clock.now() + timedelta(seconds=seconds))
        await rounds(worker)
        assert len(mas.handed) == handed
    mas.answers = Outcome.ACCEPTED
    clock.turn(clock.now() + timedelta(seconds=61))
    await rounds(worker)
    assert (await standing(village, "cloudmas")).state == breaker.State.WORKING
    assert await states(village) == {("cloudmas", "unknown"): 14, ("cloudmas", "accepted"): 26}


async def test_only_one_of_several_tries_it(village: Village, mas: Carrier) -> None:
    mas.answers = Outcome.UNKNOWN
    await write(village, 20)
    workers = [worker_of(village, mas, sms_gateway="cloudmas") for _one in range(3)]
    await rounds(workers[0])
    handed = len(mas.handed)
    mas.seconds = 0.2
    clock.turn(clock.now() + timedelta(seconds=16))
    await asyncio.gather(*(worker.drain_once() for worker in workers))
    assert len(mas.handed) == handed + 1


async def test_a_slow_gateway_rests(village: Village, mas: Carrier, sim: Carrier,
                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "SLOW_SECONDS", 0.01)
    mas.seconds = 0.05
    await write(village, 30)
    await rounds(worker_of(village, mas, sim))
    assert (len(mas.took), len(sim.took)) == (12, 18)
    assert (await standing(village, "cloudmas")).why == Why.SLOW


async def test_a_number_that_does_not_exist_is_no_fault_of_the_gateway(village: Village, mas: Carrier) -> None:
    mas.answers, mas.reason = Outcome.REFUSED, Reason.NO_SUCH_NUMBER
    await write(village, 40)
    await rounds(worker_of(village, mas, sms_gateway="cloudmas"))
    assert len(mas.handed) == 40
    assert (await standing(village, "cloudmas")).state == breaker.State.WORKING


async def test_without_money_the_rest_leaves_the_other_way_and_no_bulk_text_is_paused(
        village: Village, mas: Carrier, sim: Carrier) -> None:
    for number, phone in ((1, WANG), (2, LI)):
        await village.neighbour(f"王{number}", phone, agreed=True)
    batch = await village.push(await village.job(places=5))
    mas.answers, mas.reason = Outcome.TRY_LATER, Reason.ACCOUNT
    worker = worker_of(village, mas, sim)
    await rounds(worker)
    clock.turn(clock.now() + timedelta(seconds=20))
    await rounds(worker)
    assert (await batch_now(village, batch)).state == State.QUEUED
    assert len(sim.took) == 2


async def test_without_money_and_without_another_way_an_officer_lets_it_go_on(village: Village, mas: Carrier) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    batch = await village.push(await village.job(places=5))
    mas.answers, mas.reason = Outcome.TRY_LATER, Reason.ACCOUNT
    worker = worker_of(village, mas, sms_gateway="cloudmas")
    await rounds(worker)
    assert (await batch_now(village, batch)).state == State.PAUSED
    mas.answers = Outcome.ACCEPTED
    clock.turn(clock.now() + timedelta(seconds=20))  # it would rest for a minute
    async with village.database.session() as db:
        await batches.resume(db, await db.get_one(batches.Batch, batch.id), by=village.boss)
    await rounds(worker)
    assert len(mas.took) == 1


async def test_a_provider_that_takes_no_more_today_is_asked_tomorrow(village: Village, mas: Carrier) -> None:
    mas.answers, mas.reason = Outcome.TRY_LATER, Reason.QUOTA
    await write(village, 2, bulk=False)
    worker = worker_of(village, mas, sms_gateway="cloudmas")
    await rounds(worker)
    mas.answers = Outcome.ACCEPTED
    turn("2026-03-10 23:59")
    await rounds(worker)
    assert mas.took == []
    turn("2026-03-11 00:06")
    await rounds(worker)
    assert len(mas.took) == 2


async def test_texts_of_a_gateway_that_is_on_no_list_any_more_leave_through_another_if_they_are_not_old(
        village: Village, mas: Carrier, sim: Carrier) -> None:
    ids = await write(village, 3)
    async with village.database.session() as db:
        await db.execute(update(Message).values(gateway="twilio"))
        await db.execute(update(Message).where(Message.id == ids[0]).values(next_at=clock.now() - timedelta(days=4)))
    await rounds(worker_of(village, mas, sim))
    assert {text.id for text in mas.took} == set(ids[1:])


async def test_what_was_meant_for_the_simulated_phones_never_reaches_real_ones(village: Village, mas: Carrier) -> None:
    await write(village, 3)
    async with village.database.session() as db:
        await db.execute(update(Message).values(gateway="simulator"))
    await rounds(worker_of(village, mas, sms_gateway="cloudmas"))
    assert mas.handed == []


async def test_what_was_decided_is_told_with_the_carriers_own_word(village: Village, mas: Carrier) -> None:
    mas.answers = Outcome.UNKNOWN
    await write(village, 20)
    worker = worker_of(village, mas, sms_gateway="cloudmas")
    await rounds(worker)
    mas.answers = Outcome.ACCEPTED
    clock.turn(clock.now() + timedelta(seconds=16))
    await rounds(worker)
    async with village.database.reading() as db:
        told = [(one.gateway, one.state, one.why, one.code) for one in await db.scalars(
            select(Decision).order_by(Decision.id))]
    assert told == [("cloudmas", "resting", "errors", "http_500"), ("cloudmas", "working", "well", "")]
    assert (await states(village))[("cloudmas", Status.ACCEPTED)] == 8


async def test_an_answer_does_not_wait_while_bulk_texts_are_with_the_provider(village: Village, mas: Carrier) -> None:
    worker = worker_of(village, mas, sms_gateway="cloudmas")
    await write(village, 4)
    mas.seconds = 0.5
    bulk = asyncio.create_task(worker.drain_once())

    async def is_with_it() -> bool:
        return bool((await states(village)).get(("cloudmas", "sending")))

    await until(is_with_it, every=0.01)
    mas.seconds = 0.0
    [answer] = await write(village, 1, bulk=False)
    assert await worker.drains[0].answers_once() == 1
    assert [text.id for text in mas.took] == [answer]
    assert await bulk == 4


async def test_a_late_receipt_of_the_one_says_nothing_of_what_the_other_holds(
        village: Village, mas: Carrier, sim: Carrier) -> None:
    mas.answers, mas.reason = Outcome.TRY_LATER, Reason.ACCOUNT
    sim.answers = Outcome.UNKNOWN
    [text] = await write(village, 1, bulk=False)
    await rounds(worker_of(village, mas, sim))
    for name, status in (("cloudmas", "unknown"), ("kannel", "accepted")):
        async with village.database.session() as db:
            await handover.settle(db, name, [Sent(text, Outcome.ACCEPTED, f"{name}-{text}")])
        assert await states(village) == {("kannel", status): 1}
