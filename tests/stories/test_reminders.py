"""The evening before, with the place and how to cancel; none for whoever got the place that evening."""

import pytest

from app import rounds
from tests.stories.acts import LI, WANG, calls_off, changes, closes, last, messages, moment, signs_up, tasks, turn
from tests.village import Village

REMINDER = '提醒:您报的10号香菇分拣,明天下午2点2号厂房集合。来不了请回"取消"'


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _reminders(village: Village, phone: str) -> int:
    return sum("提醒" in text for text in await village.texts(phone))


async def test_the_evening_before_where_and_when_and_how_to_cancel(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG))
    turn("2026-03-10 17:59")
    await rounds.go(village.database)
    assert await village.texts(WANG) == []
    turn("2026-03-10 18:00")
    await rounds.go(village.database)
    await rounds.go(village.database)  # once only
    assert await village.texts(WANG) == ["【青龙泉就业站】" + REMINDER]
    assert (await village.says(WANG, "去不了"))[0].startswith("10号香菇分拣已给您取消")


async def test_not_for_those_who_wait_nor_for_another_day(village: Village) -> None:
    wang, li = await village.neighbour("王秀兰", WANG), await village.neighbour("李建国", LI)
    job = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    later = await village.job("织袜", starts_at=moment("2026-03-12 00:00"))
    for where, who in ((job, wang), (job, li), (later, li)):
        await signs_up(village, where, who)
    turn("2026-03-10 18:05")
    await rounds.go(village.database)
    assert [await _reminders(village, phone) for phone in (WANG, LI)] == [1, 0]


async def test_none_for_a_sign_up_of_that_evening(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    wang = await village.neighbour("王秀兰", WANG)
    turn("2026-03-10 18:01")
    await signs_up(village, job, wang)
    turn("2026-03-10 19:00")
    await rounds.go(village.database)
    assert await village.texts(WANG) == []


async def test_none_for_whoever_moved_up_that_evening(village: Village) -> None:
    job = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG))
    await signs_up(village, job, await village.neighbour("李建国", LI))
    turn("2026-03-10 18:30")
    await village.says(WANG, "取消")
    await rounds.go(village.database)
    assert [text.split("!")[0] for text in await village.texts(LI)] == ["【青龙泉就业站】有空位了"]


async def test_none_for_a_job_that_is_called_off_but_one_for_a_job_that_takes_no_more(village: Village) -> None:
    wang, li = await village.neighbour("王秀兰", WANG), await village.neighbour("李建国", LI)
    off = await village.job(starts_at=moment("2026-03-11 14:00"))
    closed = await village.job("织袜", starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, off, wang)
    await signs_up(village, closed, li)
    await calls_off(village, off)
    await closes(village, closed)
    turn("2026-03-10 18:30")
    await rounds.go(village.database)
    assert [await _reminders(village, phone) for phone in (WANG, LI)] == [0, 1]


async def test_a_job_that_is_moved_to_another_day_is_reminded_of_anew(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG))
    turn("2026-03-10 18:30")
    await rounds.go(village.database)
    await changes(village, job, starts_at=moment("2026-03-13 14:00"), ends_at=moment("2026-03-13 18:00"))
    turn("2026-03-12 18:30")
    await rounds.go(village.database)
    assert await _reminders(village, WANG) == 2


async def test_who_cannot_be_texted_is_reminded_by_telephone(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG))
    await signs_up(village, job, await village.neighbour("李奶奶"))
    await village.says(WANG, "TD")
    turn("2026-03-10 18:30")
    await rounds.go(village.database)
    await rounds.go(village.database)
    assert await tasks(village) == [("王秀兰", "reminder", REMINDER), ("李奶奶", "reminder", REMINDER)]
    assert (await last(village, WANG)).startswith("找活短信和通知都停发了")


async def test_a_reminder_of_a_late_evening_is_right_about_the_day(village: Village) -> None:
    """Nothing drained the outbox until nine: the text waits for eight, when it is no longer tomorrow."""
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG))
    turn("2026-03-10 21:00")
    await rounds.go(village.database)
    [text] = await messages(village, WANG)
    assert "今天下午2点" in text.body
    assert text.next_at == moment("2026-03-11 08:00")
