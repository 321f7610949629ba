"""A loop that died or hangs is noticed."""

import asyncio

import pytest

from app import pulse
from app.pulse import Pulse


@pytest.fixture
def stopwatch(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds = [0.0]
    monkeypatch.setattr(pulse, "monotonic", lambda: seconds[0])
    return seconds


async def test_a_loop_that_beats_is_well_and_one_that_does_not_is_silent(stopwatch: list[float]) -> None:
    watched, task = Pulse(), asyncio.create_task(asyncio.sleep(60), name="drain")
    watched.follow(task, patience_seconds=10)
    stopwatch[0] = 9
    assert watched.silent() == []
    watched.beat("drain")
    stopwatch[0] = 18
    assert watched.silent() == []
    stopwatch[0] = 20
    assert watched.silent() == ["drain"]
    assert watched.ages() == {"drain": 11}
    task.cancel()


async def test_a_loop_whose_task_has_ended_is_silent_at_once() -> None:
    watched, task = Pulse(), asyncio.create_task(asyncio.sleep(0), name="fill")
    watched.follow(task, patience_seconds=10)
    await task
    watched.beat("fill")
    assert watched.silent() == ["fill"]
