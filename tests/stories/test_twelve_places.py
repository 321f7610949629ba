"""A push to the demo community, and 2,000 phones that answer it at once."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable
from random import Random

import httpx
import pytest
from sqlalchemy import func, select

from app.db import Database
from app.listings.signups import Place
from app.sms.arrivals import Inbound, State
from tests.patience import PATIENCE_SECONDS
from tests.stories import station as watching
from tests.stories.station import Call, Station

PHONES, PLACES, CONNECTIONS = 2000, 12, 50


@pytest.fixture
def content() -> str:
    return "demo"


@pytest.mark.xdist_group("twelve")
async def test_two_thousand_answer_and_the_first_twelve_have_the_places(
        station: Station, database: Database, engine: str, record_property: Callable[[str, object], None]) -> None:
    await station.start()
    station.push(PHONES)
    async with httpx.AsyncClient(base_url=station.address, timeout=PATIENCE_SECONDS,
                                 limits=httpx.Limits(max_connections=CONNECTIONS)) as client:
        phones = await _told(client)
        calls = _calls(phones)
        began = time.monotonic()
        await _send(client, calls)
        stored_seconds = time.monotonic() - began
        await watching.until(lambda: watching.is_quiet(database))
        carried = await watching.carried(client)
    await _check_the_line(database, phones, carried)
    assert await _states(database) == {State.ANSWERED: PHONES, State.DUPLICATE: len(calls) - PHONES}
    assert "Traceback" not in station.said
    record_property("figures", f"twelve places, {engine}: {len(calls)} calls over {CONNECTIONS} connections, "
                    f"{len(calls) / stored_seconds:.0f} stored/s, {PHONES / await _seconds(database):.0f} answered/s")


async def _told(client: httpx.AsyncClient) -> list[str]:
    """The phones, once each of them has got the text."""
    async def all_told() -> bool:
        return len(await watching.carried(client)) >= PHONES

    await watching.until(all_told, every=0.5)
    texts = await watching.carried(client)
    assert all("10号活" in text["text"] and text["segments"] == 1 for text in texts)
    assert len({text["to"] for text in texts}) == len(texts) == PHONES
    return [text["to"] for text in texts]


def _calls(phones: list[str]) -> list[Call]:
    """An answer from each of them in no order, in many words; every seventh is called twice at once with its id, and
    every eleventh without one."""
    random = Random(12)
    calls = []
    for place, phone in enumerate(random.sample(phones, len(phones))):
        text, given = random.choice(watching.WORDS), f"call-{place}" if random.random() < 0.5 else ""
        if place % 7 == 0:
            calls += [Call(phone, text, f"twice-{place}")] * 2
        elif place % 11 == 0:
            calls += [Call(phone, text)] * 2
        else:
            calls.append(Call(phone, text, given))
    return calls


async def _send(client: httpx.AsyncClient, calls: list[Call]) -> None:
    """All of them, each connection taking the next one when it has its answer."""
    waiting = iter(calls)

    async def connection() -> None:
        for call in waiting:
            answer = await client.post("/gateway/simulator/reply", json=call.body())
            assert answer.status_code == 202, answer.text

    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))


async def _check_the_line(database: Database, phones: list[str], carried: list[dict[str, str]]) -> None:
    """The line is the order of storing, and each phone got the push and one answer that says its place in it."""
    people = await watching.addressees(database)
    assert set(people) == set(phones)
    stored = [row.phone for row in await watching.answered(database)]
    assert await watching.line(database) == [
        (people[phone], Place.TAKEN if turn < PLACES else Place.WAITING) for turn, phone in enumerate(stored)]
    assert sorted(stored) == sorted(phones)
    assert Counter(text["to"] for text in carried) == dict.fromkeys(phones, 2)
    assert not any("repeats" in text for text in carried)
    told = {text["to"]: text["text"] for text in carried[PHONES:]}
    for turn, phone in enumerate(stored):
        said = ("已给{}报上10号:香菇分拣" if turn < PLACES else
                f"10号已报满,给{{}}排第{turn - PLACES + 1}位").format(r"(?:您|[^,:]{2,4})")  # by name on a shared phone
        assert re.search(said, told[phone])


async def _states(database: Database) -> dict[str, int]:
    return {row.state: row.texts for row in await watching.rows(
        database, select(Inbound.state, func.count().label("texts")).group_by(Inbound.state))}


async def _seconds(database: Database) -> float:
    """From the first text stored to the last one answered."""
    first, last = (await watching.rows(database, select(func.min(Inbound.received_at),
                                                        func.max(Inbound.answered_at))))[0]
    return float((last - first).total_seconds())
