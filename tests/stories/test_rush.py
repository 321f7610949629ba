"""A rush: calls are kept first, then people are answered, and bulk is slowed down but goes on."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from app import clock, pressure
from app.db import Database
from app.sms import arrivals, outbox
from app.sms.dispatch import Dispatch
from app.sms.drain import PIECE, PRESSED_PIECE
from app.sms.gateways.base import Incoming, Made
from app.sms.inbox import Inbox
from app.sms.outbox import Purpose
from tests.stories.acts import LI, WANG, turn
from tests.stories.test_outbox import Script
from tests.village import Village

NEVER, AT_ONCE = 3600.0, 0.0


class Held:
    """Storing that takes for as long as the story wants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.goes_on, self._store = asyncio.Event(), arrivals.store
        monkeypatch.setattr(arrivals, "store", self._later)

    async def _later(self, database: Database, texts: Sequence[tuple[str, Incoming]]) -> list[int]:
        await self.goes_on.wait()
        return await self._store(database, texts)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    turn("2026-03-10 12:00")
    monkeypatch.setattr(pressure, "SOON_SECONDS", 0.0)


@pytest.fixture
def carrier() -> Script:
    return Script(batch=1000)


@pytest.fixture
def inbox(village: Village) -> Inbox:
    return village.inbox()


@pytest.fixture
def dispatch(village: Village, inbox: Inbox, carrier: Script) -> Dispatch:
    database = village.database
    return Dispatch(database, Made(database.settings, database, {"simulator": carrier}), inbox)


async def _bulk(village: Village, count: int) -> None:
    await village.neighbour("李建国", LI, agreed=True)
    async with village.database.session() as db:
        for _ in range(count):
            await outbox.queue(db, to="+86" + LI, text="群发", purpose=Purpose.PUSH)


async def _writes(inbox: Inbox, text: str = "帮助") -> tuple["asyncio.Task[list[int]]", "asyncio.Task[None]"]:
    """A call that came, and the storing of it that has begun."""
    call = asyncio.create_task(inbox.receive("simulator", [Incoming("+86" + WANG, text, raw=text)]))
    await asyncio.sleep(0)
    storing = asyncio.create_task(inbox.store_once())
    await asyncio.sleep(0.01)
    return call, storing


async def test_while_a_call_is_not_kept_no_bulk_text_leaves(
        village: Village, inbox: Inbox, dispatch: Dispatch, carrier: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressure, "BULK_PATIENCE_SECONDS", NEVER)
    await _bulk(village, 3)
    held = Held(monkeypatch)
    call, storing = await _writes(inbox)
    draining = asyncio.create_task(dispatch.drain_once())
    await asyncio.wait([draining], timeout=0.5)
    assert (draining.done(), carrier.handed) == (False, [])
    held.goes_on.set()
    await storing
    assert (len(await call), await draining, len(carrier.handed)) == (1, 3, 3)


async def test_a_rush_without_end_does_not_stop_bulk(
        village: Village, inbox: Inbox, dispatch: Dispatch, carrier: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressure, "BULK_PATIENCE_SECONDS", AT_ONCE)
    await _bulk(village, PRESSED_PIECE + 7)
    held = Held(monkeypatch)
    call, storing = await _writes(inbox)
    assert [await dispatch.drain_once() for _ in range(3)] == [PRESSED_PIECE, 7, 0]
    held.goes_on.set()
    await asyncio.gather(storing, call)
    assert len(carrier.handed) == PRESSED_PIECE + 7


async def test_a_rush_without_end_does_not_stop_answers(
        village: Village, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressure, "ANSWER_PATIENCE_SECONDS", AT_ONCE)
    await village.neighbour("王秀兰", WANG)
    await arrivals.store(village.database, [("simulator", Incoming("+86" + WANG, "帮助", raw="帮助"))])
    held = Held(monkeypatch)
    call, storing = await _writes(inbox, "岗位")
    assert await inbox.answer_once() == 1
    held.goes_on.set()
    await asyncio.gather(storing, call)
    assert len(await village.texts(WANG)) == 1


async def test_while_people_wait_for_answers_bulk_leaves_in_small_pieces_behind_them(
        village: Village, inbox: Inbox, dispatch: Dispatch, carrier: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressure, "BULK_PATIENCE_SECONDS", AT_ONCE)
    await _bulk(village, PRESSED_PIECE + PIECE)
    await village.neighbour("王秀兰", WANG)
    await arrivals.store(village.database, [("simulator", Incoming("+86" + WANG, "帮助", raw="帮助"))])
    clock.turn(clock.now() + timedelta(seconds=5))
    assert await inbox.answer_once() == 1  # it has waited for five seconds, and so may others
    assert await dispatch.drain_once() == PRESSED_PIECE
    assert [text.phone for text in carrier.handed[:2]] == ["+86" + WANG, "+86" + LI]
    assert await inbox.answer_once() == 0
    assert await dispatch.drain_once() == PIECE + 1


async def test_who_is_answered_again_lets_bulk_go_at_once(
        village: Village, inbox: Inbox, dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressure, "BULK_PATIENCE_SECONDS", NEVER)
    await _bulk(village, 3)
    await arrivals.store(village.database, [("simulator", Incoming("+86" + WANG, "帮助", raw="帮助"))])
    clock.turn(clock.now() + timedelta(seconds=5))
    await inbox.answer_once()
    draining = asyncio.create_task(dispatch.drain_once())
    await asyncio.wait([draining], timeout=0.5)
    assert not draining.done()
    while await inbox.answer_once():
        pass
    assert await draining >= 3


async def test_texts_that_come_together_are_kept_in_their_order(inbox: Inbox, village: Village) -> None:
    calls = [asyncio.create_task(inbox.receive("simulator", [Incoming("+86" + WANG, f"{n}", raw="") for n in (i, -i)]))
             for i in range(1, 30)]
    await asyncio.sleep(0)
    await inbox.store_once()
    ids = [one for call in calls for one in await call]
    assert ids == sorted(set(ids))
    async with village.database.reading() as db:
        kept = [(await db.get_one(arrivals.Inbound, one)).text for one in ids]
    assert kept == [f"{n}" for i in range(1, 30) for n in (i, -i)]
