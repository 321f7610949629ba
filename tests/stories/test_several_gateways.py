"""Several gateways: the next takes over while one fails, nothing leaves twice, and none is given more than it may."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from app import clock
from app.db import Database
from app.settings import Settings
from app.sms import batches, breaker, handover, outbox
from app.sms.batches import State
from app.sms.breaker import Decision, Standing, Why
from app.sms.dispatch import Dispatch
from app.sms.gateways.base import Abilities, Gateway, Made, Outbound, Outcome, Poll, Reason, Sent
from app.sms.inbox import Inbox
from app.sms.outbox import Attempt, Message, Priority, Purpose, Status
from tests.conftest import PLAIN
from tests.stories.acts import LI, WANG, batch_now, turn
from tests.stories.station import until
from tests.village import Village

NOON = "2026-03-10 12:00"


class Carrier:
    """Answers as the story says, and remembers what it was handed and what it took."""

    def __init__(self, name: str, *, batch: int = 4) -> None:
        self.name, self.abilities = name, Abilities(batch=batch, at_once=batch)
        self.answers: Outcome = Outcome.ACCEPTED
        self.reason, self.seconds = "", 0.0
        self.handed: list[Outbound] = []
        self.took: list[Outbound] = []

    async def send(self, texts: Sequence[Outbound]) -> list[Sent]:
        await asyncio.sleep(self.seconds)
        self.handed += texts
        if self.answers in (Outcome.ACCEPTED, Outcome.UNKNOWN):
            self.took += texts
        given = self.answers == Outcome.ACCEPTED
        return [Sent(text.id, self.answers, f"{self.name}-{text.id}" if given else "", "" if given else self.reason,
                     "" if given else "http_500") for text in texts]

    async def look_up(self, texts: Sequence[Outbound]) -> list[Sent]:
        return [Sent(text.id, Outcome.UNKNOWN) for text in texts]

    async def poll(self) -> Poll:
        return Poll()

    async def check(self) -> list[str]:
        return []

    async def close(self) -> None:
        return None


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, sms_gateway="cloudmas,kannel")


@pytest.fixture
def mas() -> Carrier:
    return Carrier("cloudmas")


@pytest.fixture
def sim() -> Carrier:
    return Carrier("kannel")


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn(NOON)


def _worker(village: Village, *carriers: Gateway, **settings: object) -> Dispatch:
    database = village.database
    if settings:
        database = Database(replace(database.settings, **settings))  # type: ignore[arg-type]  # names of fields
    return Dispatch(database, Made(database.settings, database, {one.name: one for one in carriers}), Inbox(database))


async def _write(village: Village, count: int, *, bulk: bool = True, text: str = "您好", phone: str = "") -> list[int]:
    async with village.database.session() as db:
        settings = village.database.settings
        rows = [{**outbox.written(settings, to=phone or f"+861420000{i:04}", text=text,
                                  purpose=Purpose.SERVICE if bulk else Purpose.ANSWER),
                 "priority": Priority.BULK if bulk else Priority.REPLY,
                 "gateway": settings.bulk_gateways[0] if bulk else settings.reply_gateways[0]} for i in range(count)]
        await outbox.queue_all(db, rows)
        return list(await db.scalars(select(Message.id).order_by(Message.id.desc()).limit(count)))


async def _rounds(worker: Dispatch, *, most: int = 50) -> int:
    """Until nothing is left to hand over at this moment."""
    done = 0
    for _round in range(most):
        handed = await worker.drain_once()
        done += handed
        if not handed:
            break
    return done


async def _states(village: Village) -> dict[tuple[str, str], int]:
    """How many texts by gateway and status."""
    found: dict[tuple[str, str], int] = {}
    async with village.database.reading() as db:
        for message in await db.scalars(select(Message)):
            key = (message.gateway, message.status)
            found[key] = found.get(key, 0) + 1
    return found


async def _standing(village: Village, name: str) -> Standing:
    async with village.database.reading() as db:
        return await db.get_one(Standing, name)


async def test_the_first_that_works_takes_everything(village: Village, mas: Carrier, sim: Carrier) -> None:
    await _write(village, 6)
    await _write(village, 2, bulk=False)
    await _rounds(_worker(village, mas, sim))
    assert (len(mas.took), len(sim.handed)) == (8, 0)
    assert await _states(village) == {("cloudmas", "accepted"): 8}


async def test_answers_leave_another_way_than_bulk(village: Village, mas: Carrier, sim: Carrier) -> None:
    worker = _worker(village, mas, sim, sms_gateway_replies="kannel,cloudmas")
    async with worker.database.session() as db:
        await outbox.queue(db, to="+86" + WANG, text="您好", purpose=Purpose.ANSWER)
    await _write(village, 3)
    await _rounds(worker)
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
    await _write(village, 30)
    worker = _worker(village, mas, sim)
    await _rounds(worker)
    assert len(mas.took) == 4 * breaker.BAD_CLAIMS
    assert {text.id for text in mas.took}.isdisjoint(text.id for text in sim.took)
    assert await _states(village) == {("cloudmas", "unknown"): 12, ("kannel", "accepted"): 18}
    assert (await _standing(village, "cloudmas")).why == Why.ERRORS


async def test_what_it_surely_did_not_take_leaves_the_other_way_with_both_attempts_told(
        village: Village, mas: Carrier, sim: Carrier) -> None:
    mas.answers, mas.reason = Outcome.TRY_LATER, Reason.BUSY
    [text] = await _write(village, 1, bulk=False)
    worker = _worker(village, mas, sim)
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
    await _write(village, 1, bulk=False)
    worker = _worker(village, mas, sim)
    await _rounds(worker)
    assert (len(mas.handed), len(sim.took)) == (1, 1)


async def test_a_gateway_that_rests_is_tried_with_one_text_and_longer_rests_follow(
        village: Village, mas: Carrier) -> None:
    """Alone: what waits goes on waiting, and uses up no attempts."""
    mas.answers = Outcome.UNKNOWN
    await _write(village, 40)
    worker = _worker(village, mas, sms_gateway="cloudmas")
    await _rounds(worker)
    assert len(mas.handed) == 12
    for seconds, handed in ((14, 12), (2, 13), (28, 13), (3, 14)):
        clock.turn(clock.now() + timedelta(seconds=seconds))
        await _rounds(worker)
        assert len(mas.handed) == handed
    mas.answers = Outcome.ACCEPTED
    clock.turn(clock.now() + timedelta(seconds=61))
    await _rounds(worker)
    assert (await _standing(village, "cloudmas")).state == breaker.State.WORKING
    assert await _states(village) == {("cloudmas", "unknown"): 14, ("cloudmas", "accepted"): 26}


async def test_only_one_of_several_tries_it(village: Village, mas: Carrier) -> None:
    mas.answers = Outcome.UNKNOWN
    await _write(village, 20)
    workers = [_worker(village, mas, sms_gateway="cloudmas") for _one in range(3)]
    await _rounds(workers[0])
    handed = len(mas.handed)
    mas.seconds = 0.2
    clock.turn(clock.now() + timedelta(seconds=16))
    await asyncio.gather(*(worker.drain_once() for worker in workers))
    assert len(mas.handed) == handed + 1


async def test_a_slow_gateway_rests(village: Village, mas: Carrier, sim: Carrier,
                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "SLOW_SECONDS", 0.01)
    mas.seconds = 0.05
    await _write(village, 30)
    await _rounds(_worker(village, mas, sim))
    assert (len(mas.took), len(sim.took)) == (12, 18)
    assert (await _standing(village, "cloudmas")).why == Why.SLOW


async def test_a_number_that_does_not_exist_is_no_fault_of_the_gateway(village: Village, mas: Carrier) -> None:
    mas.answers, mas.reason = Outcome.REFUSED, Reason.NO_SUCH_NUMBER
    await _write(village, 40)
    await _rounds(_worker(village, mas, sms_gateway="cloudmas"))
    assert len(mas.handed) == 40
    assert (await _standing(village, "cloudmas")).state == breaker.State.WORKING


async def test_without_money_the_rest_leaves_the_other_way_and_no_bulk_text_is_paused(
        village: Village, mas: Carrier, sim: Carrier) -> None:
    for number, phone in ((1, WANG), (2, LI)):
        await village.neighbour(f"王{number}", phone, agreed=True)
    batch = await village.push(await village.job(places=5))
    mas.answers, mas.reason = Outcome.TRY_LATER, Reason.ACCOUNT
    worker = _worker(village, mas, sim)
    await _rounds(worker)
    clock.turn(clock.now() + timedelta(seconds=20))
    await _rounds(worker)
    assert (await batch_now(village, batch)).state == State.QUEUED
    assert len(sim.took) == 2


async def test_without_money_and_without_another_way_an_officer_lets_it_go_on(village: Village, mas: Carrier) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    batch = await village.push(await village.job(places=5))
    mas.answers, mas.reason = Outcome.TRY_LATER, Reason.ACCOUNT
    worker = _worker(village, mas, sms_gateway="cloudmas")
    await _rounds(worker)
    assert (await batch_now(village, batch)).state == State.PAUSED
    mas.answers = Outcome.ACCEPTED
    clock.turn(clock.now() + timedelta(seconds=20))  # it would rest for a minute
    async with village.database.session() as db:
        await batches.resume(db, await db.get_one(batches.Batch, batch.id), by=village.boss)
    await _rounds(worker)
    assert len(mas.took) == 1


async def test_a_provider_that_takes_no_more_today_is_asked_tomorrow(village: Village, mas: Carrier) -> None:
    mas.answers, mas.reason = Outcome.TRY_LATER, Reason.QUOTA
    await _write(village, 2, bulk=False)
    worker = _worker(village, mas, sms_gateway="cloudmas")
    await _rounds(worker)
    mas.answers = Outcome.ACCEPTED
    turn("2026-03-10 23:59")
    await _rounds(worker)
    assert mas.took == []
    turn("2026-03-11 00:06")
    await _rounds(worker)
    assert len(mas.took) == 2


async def test_texts_of_a_gateway_that_is_on_no_list_any_more_leave_through_another_if_they_are_not_old(
        village: Village, mas: Carrier, sim: Carrier) -> None:
    ids = await _write(village, 3)
    async with village.database.session() as db:
        await db.execute(update(Message).values(gateway="twilio"))
        await db.execute(update(Message).where(Message.id == ids[0]).values(next_at=clock.now() - timedelta(days=4)))
    await _rounds(_worker(village, mas, sim))
    assert {text.id for text in mas.took} == set(ids[1:])


async def test_what_was_meant_for_the_simulated_phones_never_reaches_real_ones(village: Village, mas: Carrier) -> None:
    await _write(village, 3)
    async with village.database.session() as db:
        await db.execute(update(Message).values(gateway="simulator"))
    await _rounds(_worker(village, mas, sms_gateway="cloudmas"))
    assert mas.handed == []


async def test_segments_a_second_hold_for_all_workers_together(village: Village) -> None:
    """Ten segments a second, texts of two: five texts a second, whoever claims them."""
    carriers = [Carrier("cloudmas", batch=50) for _one in range(3)]
    await _write(village, 90, text="好" * 80)
    workers = [_worker(village, carrier, sms_gateway="cloudmas", sms_rate_limit=(("cloudmas", Decimal(10)),))
               for carrier in carriers]
    began = clock.now()
    while (clock.now() - began).total_seconds() < 8:
        for worker in workers:
            await worker.drain_once()
        clock.turn(clock.now() + timedelta(seconds=0.1))
    seconds, sent = (clock.now() - began).total_seconds(), sum(len(carrier.took) for carrier in carriers)
    assert 5 * (seconds - 1) <= sent <= 5 * (seconds + 1) + 1  # a second's worth in advance


async def test_an_answer_does_not_wait_behind_bulk_for_its_share_of_the_rate(village: Village, mas: Carrier) -> None:
    worker = _worker(village, mas, sms_gateway="cloudmas", sms_rate_limit=(("cloudmas", Decimal(2)),))
    await _write(village, 30)
    await _rounds(worker)
    [answer] = await _write(village, 1, bulk=False)
    clock.turn(clock.now() + timedelta(seconds=1))
    await _rounds(worker)
    assert answer in [text.id for text in mas.took[:4]]


async def test_the_days_quota_keeps_something_for_answers_and_begins_anew_the_next_day(
        village: Village, mas: Carrier, sim: Carrier) -> None:
    worker = _worker(village, mas, sms_gateway="cloudmas", sms_daily_quota=(("cloudmas", Decimal(10)),))
    await _write(village, 20)
    await _rounds(worker)
    assert len(mas.took) == 9
    await _write(village, 3, bulk=False)
    await _rounds(worker)
    assert len(mas.took) == 10
    turn("2026-03-11 09:00")
    await _rounds(worker)
    assert len(mas.took) == 19


async def test_where_the_day_is_used_up_the_next_gateway_goes_on(village: Village, mas: Carrier, sim: Carrier) -> None:
    await _write(village, 20)
    await _rounds(_worker(village, mas, sim, sms_daily_quota=(("cloudmas", Decimal(10)),)))
    assert (len(mas.took), len(sim.took)) == (9, 11)


async def test_a_push_waits_a_little_after_another_text_to_the_same_phone(village: Village, mas: Carrier) -> None:
    worker = _worker(village, mas, sms_gateway="cloudmas", sms_spacing_seconds=10)
    await village.neighbour("王秀兰", WANG, agreed=True)
    await _write(village, 1, bulk=False, phone="+86" + WANG)
    await _rounds(worker)
    for _push in range(2):
        await village.push(await village.job(places=5))
    await _rounds(worker)
    assert len(mas.took) == 1
    for took in (2, 3):
        clock.turn(clock.now() + timedelta(seconds=11))
        await _rounds(worker)
        assert len(mas.took) == took
    await _write(village, 1, bulk=False, phone="+86" + WANG)  # an answer never waits
    await _rounds(worker)
    assert len(mas.took) == 4
    async with village.database.reading() as db:
        assert set(await db.scalars(select(Message.attempts))) == {1}


async def test_what_was_decided_is_told_with_the_carriers_own_word(village: Village, mas: Carrier) -> None:
    mas.answers = Outcome.UNKNOWN
    await _write(village, 20)
    worker = _worker(village, mas, sms_gateway="cloudmas")
    await _rounds(worker)
    mas.answers = Outcome.ACCEPTED
    clock.turn(clock.now() + timedelta(seconds=16))
    await _rounds(worker)
    async with village.database.reading() as db:
        told = [(one.gateway, one.state, one.why, one.code) for one in await db.scalars(
            select(Decision).order_by(Decision.id))]
    assert told == [("cloudmas", "resting", "errors", "http_500"), ("cloudmas", "working", "well", "")]
    assert (await _states(village))[("cloudmas", Status.ACCEPTED)] == 8


async def test_an_answer_does_not_wait_while_bulk_texts_are_with_the_provider(village: Village, mas: Carrier) -> None:
    worker = _worker(village, mas, sms_gateway="cloudmas")
    await _write(village, 4)
    mas.seconds = 0.5
    bulk = asyncio.create_task(worker.drain_once())

    async def is_with_it() -> bool:
        return bool((await _states(village)).get(("cloudmas", "sending")))

    await until(is_with_it, every=0.01)
    mas.seconds = 0.0
    [answer] = await _write(village, 1, bulk=False)
    assert await worker.drains[0].answers_once() == 1
    assert [text.id for text in mas.took] == [answer]
    assert await bulk == 4


async def test_a_late_receipt_of_the_one_says_nothing_of_what_the_other_holds(
        village: Village, mas: Carrier, sim: Carrier) -> None:
    mas.answers, mas.reason = Outcome.TRY_LATER, Reason.ACCOUNT
    sim.answers = Outcome.UNKNOWN
    [text] = await _write(village, 1, bulk=False)
    await _rounds(_worker(village, mas, sim))
    for name, status in (("cloudmas", "unknown"), ("kannel", "accepted")):
        async with village.database.session() as db:
            await handover.settle(db, name, [Sent(text, Outcome.ACCEPTED, f"{name}-{text}")])
        assert await _states(village) == {("kannel", status): 1}
