"""How much a gateway is given: segments a second, segments a day, and a rest for each phone."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from app import clock
from app.sms.outbox import Message
from tests.stories.acts import WANG, turn
from tests.stories.several_gateways.carriers import Carrier, rounds, worker_of, write
from tests.village import Village


async def test_segments_a_second_hold_for_all_workers_together(village: Village) -> None:
    """Ten segments a second, texts of two: five texts a second, whoever claims them."""
    carriers = [Carrier("cloudmas", batch=50) for _one in range(3)]
    await write(village, 90, text="好" * 80)
    workers = [worker_of(village, carrier, sms_gateway="cloudmas", sms_rate_limit=(("cloudmas", Decimal(10)),))
               for carrier in carriers]
    began = clock.now()
    while (clock.now() - began).total_seconds() < 8:
        for worker in workers:
            await worker.drain_once()
        clock.turn(clock.now() + timedelta(seconds=0.1))
    seconds, sent = (clock.now() - began).total_seconds(), sum(len(carrier.took) for carrier in carriers)
    assert 5 * (seconds - 1) <= sent <= 5 * (seconds + 1) + 1  # a second's worth in advance


async def test_an_answer_does_not_wait_behind_bulk_for_its_share_of_the_rate(village: Village, mas: Carrier) -> None:
    worker = worker_of(village, mas, sms_gateway="cloudmas", sms_rate_limit=(("cloudmas", Decimal(2)),))
    await write(village, 30)
    await rounds(worker)
    [answer] = await write(village, 1, bulk=False)
    clock.turn(clock.now() + timedelta(seconds=1))
    await rounds(worker)
    assert answer in [text.id for text in mas.took[:4]]


async def test_the_days_quota_keeps_something_for_answers_and_begins_anew_the_next_day(
        village: Village, mas: Carrier, sim: Carrier) -> None:
    worker = worker_of(village, mas, sms_gateway="cloudmas", sms_daily_quota=(("cloudmas", Decimal(10)),))
    await write(village, 20)
    await rounds(worker)
    assert len(mas.took) == 9
    await write(village, 3, bulk=False)
    await rounds(worker)
    assert len(mas.took) == 10
    turn("2026-03-11 09:00")
    await rounds(worker)
    assert len(mas.took) == 19


async def test_where_the_day_is_used_up_the_next_gateway_goes_on(village: Village, mas: Carrier, sim: Carrier) -> None:
    await write(village, 20)
    await rounds(worker_of(village, mas, sim, sms_daily_quota=(("cloudmas", Decimal(10)),)))
    assert (len(mas.took), len(sim.took)) == (9, 11)


async def test_a_push_waits_a_little_after_another_text_to_the_same_phone(village: Village, mas: Carrier) -> None:
    worker = worker_of(village, mas, sms_gateway="cloudmas", sms_spacing_seconds=10)
    await village.neighbour("王秀兰", WANG, agreed=True)
    await write(village, 1, bulk=False, phone="+86" + WANG)
    await rounds(worker)
    for _push in range(2):
        await village.push(await village.job(places=5))
    await rounds(worker)
    assert len(mas.took) == 1
    for took in (2, 3):
        clock.turn(clock.now() + timedelta(seconds=11))
        await rounds(worker)
        assert len(mas.took) == took
    await write(village, 1, bulk=False, phone="+86" + WANG)  # an answer never waits
    await rounds(worker)
    assert len(mas.took) == 4
    async with village.database.reading() as db:
        assert set(await db.scalars(select(Message.attempts))) == {1}
