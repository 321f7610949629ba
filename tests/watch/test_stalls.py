"""Administrators are told by text when texts stand still, and not more often than helps."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, rounds
from app.sms import outbox
from app.sms.outbox import Message, Priority, Purpose
from app.staff import accounts
from app.staff.accounts import Officer, Role
from app.watch.stalls import Stall
from tests.stories.acts import turn
from tests.village import Village
from tests.watch.acts import NOON, leave_all, waits

BOSS, SECOND = "14200000081", "14200000082"


@pytest.fixture(autouse=True)
async def _at_noon(village: Village) -> None:
    turn(NOON)
    async with village.database.session() as db:
        (await db.get_one(Officer, village.boss.id)).phone = "+86" + BOSS
        (await db.get_one(Officer, village.second.id)).phone = "+86" + SECOND  # a supervisor


def _later(**time: float) -> None:
    clock.turn(clock.now() + timedelta(**time))


@pytest.fixture
def round_(village: Village) -> Callable[[], Awaitable[list[str]]]:
    """Walks a round; what the administrator has been told so far."""
    async def go() -> list[str]:
        await rounds.go(village.database)
        return [text.partition("】")[2] for text in await village.texts(BOSS)]
    return go


async def _answer_waits(village: Village, *, minutes: float) -> None:
    async with village.database.session() as db:
        await waits(db, minutes=minutes)


async def test_an_answer_that_has_not_left_for_five_minutes_is_told_once(
        village: Village, round_: Callable[[], Awaitable[list[str]]]) -> None:
    await _answer_waits(village, minutes=4)
    assert await round_() == []
    _later(minutes=2)
    assert await round_() == ['给居民的回复已停了6分钟没发出去,请看后台"短信与通道"']
    _later(minutes=90)
    assert len(await round_()) == 1
    assert await village.texts(SECOND) == []
    async with village.database.reading() as db:
        told = await db.scalar(select(Message).where(Message.phone == "+86" + BOSS))
        assert told is not None
        assert (told.priority, told.purpose, told.memory) == (Priority.REPLY, Purpose.ANSWER, {outbox.ALARM: True})


async def test_after_ten_good_minutes_another_stall_is_told_again(
        village: Village, round_: Callable[[], Awaitable[list[str]]]) -> None:
    await _answer_waits(village, minutes=6)
    await round_()
    await leave_all(village.database)
    _later(minutes=5)
    await round_()
    await _answer_waits(village, minutes=6)  # within the ten minutes: still the same stall
    _later(minutes=60)
    assert len(await round_()) == 1
    await leave_all(village.database)
    _later(minutes=1)
    await round_()
    _later(minutes=11)
    await round_()
    await _answer_waits(village, minutes=6)
    assert len(await round_()) == 2
    async with village.database.reading() as db:
        assert [one.ended_at is None for one in await db.scalars(select(Stall).order_by(Stall.id))] == [False, True]


async def test_at_most_one_text_an_hour_and_a_stall_that_outlasts_it_is_told_then(
        village: Village, round_: Callable[[], Awaitable[list[str]]]) -> None:
    await _answer_waits(village, minutes=6)
    await round_()
    await leave_all(village.database)
    for _pause in range(2):
        _later(minutes=11)
        await round_()
    await _answer_waits(village, minutes=6)
    assert len(await round_()) == 1
    _later(minutes=39)
    assert len(await round_()) == 2


async def test_bulk_texts_may_wait_for_half_an_hour_and_for_the_morning(
        village: Village, round_: Callable[[], Awaitable[list[str]]]) -> None:
    async with village.database.session() as db:
        await waits(db, Purpose.PUSH, minutes=25)
    assert await round_() == []
    turn("2026-03-10 23:00")
    assert await round_() == []
    turn("2026-03-11 08:20")
    assert await round_() == []
    turn("2026-03-11 08:31")
    assert await round_() == ['群发短信已停了31分钟没发出去,请看后台"短信与通道"']


async def test_without_an_administrators_phone_nobody_is_told_and_the_stall_is_known(
        village: Village, round_: Callable[[], Awaitable[list[str]]]) -> None:
    async with village.database.session() as db:
        (await db.get_one(Officer, village.boss.id)).phone = None
    await _answer_waits(village, minutes=6)
    await round_()
    async with village.database.session() as db:
        stall = (await db.scalars(select(Stall))).one()
        assert (stall.kind, stall.told, stall.told_at) == ("answers", 0, None)
        await accounts.add(db, "another", role=Role.ADMIN, area=village.area, phone="+86" + BOSS)
    assert len(await round_()) == 1


async def test_while_the_clock_was_set_nobody_is_alarmed(village: Village) -> None:
    await _answer_waits(village, minutes=600)
    await rounds.go(village.database, steady=False)
    assert await village.texts(BOSS) == []


async def test_a_clock_that_ran_ahead_keeps_no_stall_open(
        village: Village, round_: Callable[[], Awaitable[list[str]]]) -> None:
    turn("2026-03-12 12:00")
    await _answer_waits(village, minutes=6)
    await round_()
    turn(NOON)
    await leave_all(village.database)
    await round_()
    _later(minutes=11)
    await round_()
    async with village.database.reading() as db:
        assert (await db.scalars(select(Stall))).one().ended_at is not None
