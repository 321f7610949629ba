"""Promotion from the waiting list: in order, told, not at night, not after the start, and nobody overtakes."""

import asyncio

import pytest

from app import rounds
from app.db import Database
from app.jobs.jobs import Job
from app.listings.signups import Via
from tests.stories.acts import LI, WANG, ZHAO, changes, closes, last, messages, moment, signs_up, turn
from tests.village import Village

SUN = "14200000004"


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _full(village: Village, *, starts: str = "2026-03-11 14:00", places: int = 1) -> Job:
    """Wang has the place; Li waits, Zhao behind her."""
    job = await village.job(places=places, starts_at=moment(starts))
    for name, phone in (("王秀兰", WANG), ("李建国", LI), ("赵大妈", ZHAO)):
        await signs_up(village, job, await village.neighbour(name, phone))
    return job


async def test_the_one_who_waited_longest_moves_up_and_is_told(village: Village) -> None:
    job = await _full(village)
    await village.says(WANG, "取消")
    assert await village.places(job) == [("王秀兰", "cancelled"), ("李建国", "taken"), ("赵大妈", "waiting")]
    assert await last(village, LI) == '有空位了!给您报上10号:香菇分拣,明天下午2点2号厂房。来不了回"取消"'
    assert await village.texts(ZHAO) == []
    assert (await village.says(ZHAO, "我的"))[0].startswith("10号香菇分拣明天下午2点排第1位")
    assert (await village.says(LI, "来不了"))[0].startswith("10号香菇分拣已给您取消")
    assert (await last(village, ZHAO)).startswith("有空位了!")


async def test_whoever_gives_up_waiting_is_passed_over(village: Village) -> None:
    job = await _full(village)
    await village.says(LI, "取消")
    await village.says(WANG, "取消")
    assert await village.places(job) == [("王秀兰", "cancelled"), ("李建国", "cancelled"), ("赵大妈", "taken")]


async def test_at_night_it_waits_for_the_morning_and_is_right_about_the_day(village: Village) -> None:
    job = await _full(village)
    turn("2026-03-10 22:00")
    await village.says(WANG, "取消")
    await rounds.go(village.database)
    assert await village.places(job) == [("王秀兰", "cancelled"), ("李建国", "waiting"), ("赵大妈", "waiting")]
    assert await village.texts(LI) == []
    turn("2026-03-11 08:00")
    await rounds.go(village.database)
    await rounds.go(village.database)
    assert await village.places(job) == [("王秀兰", "cancelled"), ("李建国", "taken"), ("赵大妈", "waiting")]
    assert len(await village.texts(LI)) == 1
    assert await last(village, LI) == '有空位了!给您报上10号:香菇分拣,今天下午2点2号厂房。来不了回"取消"'


@pytest.mark.parametrize("via", list(Via))
async def test_nobody_overtakes_at_night(village: Village, via: Via) -> None:
    job = await _full(village)
    turn("2026-03-10 22:00")
    await village.says(WANG, "取消")
    sun = await village.neighbour("孙小山", SUN)
    if via == Via.TEXT:
        assert await village.says(SUN, "10") == ['10号已报满,给您排第3位。有空位马上告诉您,不想等回"取消"']
    else:
        await signs_up(village, job, sun, via=via)
    turn("2026-03-11 08:00")
    await rounds.go(village.database)
    assert await village.places(job) == [("王秀兰", "cancelled"), ("李建国", "taken"), ("赵大妈", "waiting"),
                                         ("孙小山", "waiting")]


@pytest.mark.parametrize("via", [Via.PAGE, Via.STAFF])
async def test_nobody_overtakes_by_day_at_the_counter_or_on_the_page(village: Village, via: Via) -> None:
    job = await _full(village)
    await signs_up(village, job, await village.neighbour("孙小山", SUN), via=via)
    assert (await village.places(job))[3] == ("孙小山", "waiting")


async def test_what_starts_before_ten_does_not_wait_for_the_morning(village: Village) -> None:
    job = await _full(village, starts="2026-03-11 09:30")
    now = turn("2026-03-10 23:00")
    await village.says(WANG, "取消")
    assert (await village.places(job))[1] == ("李建国", "taken")
    [text] = await messages(village, LI)
    assert "明天上午9点半" in text.body
    assert (text.next_at - now).total_seconds() < 60


async def test_what_starts_at_ten_does(village: Village) -> None:
    job = await _full(village, starts="2026-03-11 10:00")
    turn("2026-03-10 23:00")
    await village.says(WANG, "取消")
    assert (await village.places(job))[1] == ("李建国", "waiting")


async def test_after_the_start_nobody_moves_up(village: Village) -> None:
    job = await _full(village)
    turn("2026-03-11 14:00")
    await village.says(WANG, "取消")
    await changes(village, job, places=5)
    await rounds.go(village.database)
    assert [place for _name, place in await village.places(job)] == ["taken", "waiting", "waiting"]
    assert not any("有空位" in text for text in await village.texts(LI))


async def test_more_places_at_night_wait_for_the_morning(village: Village) -> None:
    job = await _full(village)
    turn("2026-03-10 22:00")
    await changes(village, job, places=2)
    assert (await village.places(job))[1] == ("李建国", "waiting")
    turn("2026-03-11 08:01")
    await rounds.go(village.database)
    assert (await village.places(job))[1] == ("李建国", "taken")


async def test_whoever_took_another_place_at_that_time_keeps_waiting(village: Village) -> None:
    job = await _full(village)
    other = await village.job("织袜", starts_at=moment("2026-03-11 15:00"))
    assert (await village.says(LI, str(other.number)))[0].startswith("已给您报上")
    await village.says(WANG, "取消")
    assert await village.places(job) == [("王秀兰", "cancelled"), ("李建国", "waiting"), ("赵大妈", "taken")]


async def test_a_place_that_only_a_busy_person_waits_for_goes_to_the_next_who_comes(village: Village) -> None:
    job = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    other = await village.job("织袜", starts_at=moment("2026-03-11 15:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG))
    await signs_up(village, job, li := await village.neighbour("李建国", LI))
    await signs_up(village, other, li)
    await village.says(WANG, "取消")
    await signs_up(village, job, await village.neighbour("赵大妈", ZHAO))
    await rounds.go(village.database)
    assert await village.places(job) == [("王秀兰", "cancelled"), ("李建国", "waiting"), ("赵大妈", "taken")]


async def test_whoever_waited_before_the_station_took_no_more_still_moves_up(village: Village) -> None:
    job = await _full(village)
    await closes(village, job)
    await village.says(WANG, "取消")
    await rounds.go(village.database)
    assert [place for _name, place in await village.places(job)] == ["cancelled", "taken", "waiting"]


async def test_two_rounds_at_once_move_one_person_up_once(village: Village) -> None:
    job = await _full(village)
    turn("2026-03-10 22:00")
    await village.says(WANG, "取消")
    turn("2026-03-11 08:01")
    second = Database(village.database.settings)
    try:
        await asyncio.gather(*(rounds.go(database) for database in (village.database, second) * 3))
    finally:
        await second.close()
    assert [place for _name, place in await village.places(job)] == ["cancelled", "taken", "waiting"]
    assert len(await village.texts(LI)) == 1
