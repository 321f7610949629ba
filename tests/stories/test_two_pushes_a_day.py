"""At most two pushes a day and six a week to one phone, counted when they leave; other texts do not count."""

import asyncio

import pytest

from app.db import Database
from app.errors import Refused
from app.jobs import jobs, pushes
from app.sms.batches import State
from app.sms.outbox import Status
from tests.stories.acts import WANG, changes, drain, messages, moment, signs_up, turn
from tests.village import Village


async def _pushed(village: Village, title: str) -> bool:
    """Whether Wang is told of one more job."""
    job = await village.job(title, starts_at=moment("2026-04-30 14:00"))
    try:
        await village.push(job)
    except Refused:
        return False
    return True


async def test_two_a_day_and_a_new_day_at_midnight(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    turn("2026-03-10 09:00")
    assert [await _pushed(village, f"活{n}") for n in range(3)] == [True, True, False]
    await drain(village)
    turn("2026-03-10 20:00")
    assert not await _pushed(village, "晚上")
    turn("2026-03-11 08:00")
    assert [await _pushed(village, f"早{n}") for n in range(3)] == [True, True, False]


async def test_six_within_seven_days(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    told = []
    for day in range(10, 18):
        turn(f"2026-03-{day} 09:{day}")
        told += [await _pushed(village, f"{day}日{n}") for n in range(2)]
        await drain(village)
    assert told == [True] * 6 + [False] * 8 + [True] * 2  # on the 17th, those of the 10th are a week old


async def test_a_push_of_the_evening_counts_for_the_morning_on_which_it_leaves(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    turn("2026-03-10 19:00")
    assert [await _pushed(village, f"活{n}") for n in range(2)] == [True, True]
    await drain(village)
    turn("2026-03-10 21:00")
    assert [await _pushed(village, f"夜{n}") for n in range(3)] == [True, True, False]
    turn("2026-03-11 09:00")
    await drain(village)
    assert not await _pushed(village, "早")


async def test_what_was_withdrawn_or_failed_does_not_count(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    turn("2026-03-10 09:00")
    first = await village.job("活", starts_at=moment("2026-04-30 14:00"))
    await village.push(first)
    await changes(village, first, place="5号厂房")
    assert [await _pushed(village, f"活{n}") for n in range(3)] == [True, True, False]


async def test_answers_and_news_do_not_count(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    turn("2026-03-10 09:00")
    job = await village.job(starts_at=moment("2026-04-29 14:00"))
    await signs_up(village, job, wang)
    await changes(village, job, place="5号厂房")
    await village.says(WANG, "我的")
    await village.says(WANG, "帮助")
    assert [await _pushed(village, f"活{n}") for n in range(3)] == [True, True, False]


async def test_three_clerks_at_once_do_not_get_past_the_limit(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    turn("2026-03-10 09:00")
    posted = [await village.job(f"活{n}", starts_at=moment("2026-04-30 14:00")) for n in range(4)]
    second = Database(village.database.settings)

    async def push(database: Database, job_id: int) -> None:
        async with database.session() as db:
            job = await jobs.get(db, job_id)
            assert job
            await pushes.push(db, job, by=village.boss)

    try:
        await asyncio.gather(*(push(database, job.id) for job, database in
                               zip(posted, (village.database, second) * 2, strict=True)), return_exceptions=True)
    finally:
        await second.close()
    assert len([text for text in await messages(village, WANG) if text.status == Status.QUEUED]) == 2


@pytest.mark.parametrize("hour", ["20:30", "23:30", "03:00", "07:45"])
async def test_at_night_it_is_held_for_the_morning_and_says_the_right_day(village: Village, hour: str) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    day = "2026-03-10" if hour > "12" else "2026-03-11"
    turn(f"{day} {hour}")
    batch = await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))
    [text] = await messages(village, WANG)
    assert batch.state == State.HELD
    assert "今天下午2点" in text.body
    assert text.next_at == moment("2026-03-11 08:00")
    await drain(village)
    assert (await messages(village, WANG))[0].status == Status.QUEUED
    turn("2026-03-11 08:00")
    await drain(village)
    assert (await messages(village, WANG))[0].status == Status.ACCEPTED


async def test_what_the_evening_left_over_does_not_leave_at_night_nor_on_the_wrong_day(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    turn("2026-03-10 20:29")
    near = await village.job("近活", starts_at=moment("2026-03-11 14:00"))
    far = await village.job("远活", starts_at=moment("2026-03-20 14:00"))
    await village.push(near)
    await village.push(far)
    turn("2026-03-10 20:31")
    await drain(village)
    assert [text.status for text in await messages(village, WANG)] == [Status.QUEUED] * 2
    turn("2026-03-11 08:01")
    await drain(village)
    assert [(text.status, text.reason) for text in await messages(village, WANG)] == [
        (Status.WITHDRAWN, "too_late"), (Status.ACCEPTED, "")]


async def test_at_night_nobody_answers_a_push_that_has_not_come(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    turn("2026-03-10 21:00")
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    assert (await village.says(WANG, "报名"))[0].endswith("想去回编号")  # the list, not a place
    assert await village.places(job) == []
