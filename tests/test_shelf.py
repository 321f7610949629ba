"""A shelf keeps what still holds, and no more than it may."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import time, timedelta
from itertools import count

import pytest

from app import clock
from app.shelf import KEPT, Made, Shelf
from app.versions import Version


class _Told(Version):
    """A version that is told what it is."""

    def __init__(self) -> None:
        self.told: int | None = 1

    @property
    def known(self) -> int | None:
        return self.told

    async def now(self) -> int:
        return self.told or 0


@pytest.fixture
def version() -> _Told:
    return _Told()


@pytest.fixture
def shelf(version: _Told) -> Shelf[int]:
    clock.turn(clock.at(clock.today() + timedelta(days=1), time(12)))
    return Shelf(version, most_bytes=10_000)


def _counting(size: int = 1_000) -> Callable[[], Awaitable[Made[int]]]:
    numbers = count(1)

    async def make() -> Made[int]:
        await asyncio.sleep(0)
        return Made(next(numbers), size)

    return make


async def test_it_is_made_once_until_the_version_changes(shelf: Shelf[int], version: _Told) -> None:
    make = _counting()
    assert shelf.at_hand("a") is None
    assert [await shelf.get("a", make), await shelf.get("a", make), shelf.at_hand("a")] == [1, 1, 1]
    version.told = 2
    assert shelf.at_hand("a") is None
    assert await shelf.get("a", make) == 2


async def test_it_does_not_get_old(shelf: Shelf[int]) -> None:
    make = _counting()
    began = clock.now()
    await shelf.get("a", make)
    clock.turn(began + KEPT - timedelta(seconds=2))
    assert shelf.at_hand("a") == 1
    clock.turn(began + KEPT + timedelta(seconds=1))
    assert shelf.at_hand("a") is None
    assert await shelf.get("a", make) == 2
    clock.turn(began - timedelta(hours=1))  # somebody set the clock
    assert shelf.at_hand("a") is None


async def test_at_midnight_today_is_another_day(shelf: Shelf[int]) -> None:
    midnight = clock.at(clock.today() + timedelta(days=1), time(0))
    clock.turn(midnight - timedelta(seconds=5))
    make = _counting()
    await shelf.get("a", make)
    assert shelf.at_hand("a") == 1
    clock.turn(midnight)
    assert shelf.at_hand("a") is None


async def test_several_who_ask_at_once_wait_for_one(shelf: Shelf[int]) -> None:
    make = _counting()
    assert await asyncio.gather(*(shelf.get("a", make) for _ in range(5))) == [1] * 5


async def test_whoever_changed_something_does_not_get_what_was_begun_before(shelf: Shelf[int], version: _Told) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def slowly() -> Made[int]:
        begun.set()
        await go.wait()
        return Made(-1, 1_000)

    early = asyncio.create_task(shelf.get("a", slowly))
    await begun.wait()
    version.told = 2
    assert await shelf.get("a", _counting()) == 1
    go.set()
    assert await early == -1
    assert shelf.at_hand("a") == 1


async def test_one_who_goes_away_does_not_take_it_from_the_others(shelf: Shelf[int]) -> None:
    make = _counting()
    leaves, stays = (asyncio.create_task(shelf.get("a", make)) for _ in range(2))
    await asyncio.sleep(0)
    leaves.cancel()
    assert await stays == 1


async def test_a_failure_is_everybodys_and_is_not_kept(shelf: Shelf[int]) -> None:
    async def fail() -> Made[int]:
        raise ZeroDivisionError

    for told in await asyncio.gather(*(shelf.get("a", fail) for _ in range(2)), return_exceptions=True):
        assert isinstance(told, ZeroDivisionError)
    assert await shelf.get("a", _counting()) == 1


async def test_what_was_not_asked_for_the_longest_goes_first(shelf: Shelf[int]) -> None:
    for key in "abcde":
        await shelf.get(key, _counting())
    assert shelf.at_hand("a") == 1
    await shelf.get("f", _counting())
    assert [key for key in "abcdef" if shelf.at_hand(key)] == list("acdef")
    assert shelf.bytes <= 10_000
    for number in range(1_000):
        await shelf.get(number, _counting())
    assert shelf.bytes <= 10_000
    assert len(shelf._entries) == 5


@pytest.mark.parametrize("size", [0, 9_500])
async def test_some_things_are_not_kept(shelf: Shelf[int], size: int) -> None:
    assert await shelf.get("a", _counting(size)) == 1
    assert shelf.at_hand("a") is None
    assert shelf.bytes == 0
