"""The serving process dies twenty times while 500 phones are told of a job and answer."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

import httpx
import pytest
from sqlalchemy import select

from app.db import Database
from app.listings.signups import Place
from app.sms.arrivals import Inbound, State
from app.sms.outbox import Attempt, Message, Purpose, Status
from tests.patience import PATIENCE_SECONDS
from tests.stories import station as watching
from tests.stories.station import Call, Station

PHONES, PLACES, CONNECTIONS = 500, 12, 20
DEATHS_TELLING, DEATHS_STARTING, DEATHS_ANSWERING = 4, 3, 13
LIVES_SECONDS = 0.7  # the longest of those lives that end by kill -9
PATIENCE = httpx.Timeout(30)


@pytest.fixture
def content() -> str:
    return "demo"


@dataclass
class Carrier:
    """Calls with every text until it is told 202, as providers do; `taken` are the calls by the id that came back."""

    station: Station
    taken: dict[int, Call] = field(default_factory=dict)
    again: int = 0
    waiting: "asyncio.Queue[Call]" = field(default_factory=asyncio.Queue)

    async def call(self, client: httpx.AsyncClient) -> None:
        while True:
            call = await self.waiting.get()
            while (given := await self._try(client, call)) is None:
                self.again += 1
                await asyncio.sleep(0.1)
            self.taken[given] = call
            self.waiting.task_done()

    async def _try(self, client: httpx.AsyncClient, call: Call) -> int | None:
        try:
            answer = await client.post("/gateway/simulator/reply", json=call.body())
        except httpx.HTTPError:
            return None
        assert answer.status_code in (202, 503), answer.text
        return int(answer.json()["id"]) if answer.status_code == 202 else None


@pytest.mark.xdist_group("kill-9")
async def test_kill_9_twenty_times_and_nothing_is_lost(station: Station, database: Database, engine: str,
                                                       record_property: Callable[[str, object], None]) -> None:
    random = Random(9)
    station.faults = "slow=300ms"  # so that texts are often under way when it dies
    carrier = Carrier(station)
    station.from_nothing = True
    starts = await _tell(station, database, random)
    station.from_nothing = False
    async with httpx.AsyncClient(base_url=station.address, timeout=PATIENCE) as client:
        phones = await _told(client)
        callers = [asyncio.create_task(carrier.call(client)) for _ in range(CONNECTIONS)]
        await _die_while_they_answer(station, carrier, _calls(phones, random), random)
        await _finish(carrier, callers)
        await watching.until(lambda: watching.is_quiet(database))
        carried = await watching.carried(client)
    await _check_nothing_is_lost(database, carrier.taken)
    await _check_the_line(database, phones)
    answers = Counter(text["to"] for text in carried) - Counter(phones)
    assert set(answers) == set(phones)
    assert "Traceback" not in station.said
    under_way = await watching.rows(database, select(Attempt.id).where(Attempt.code == "lease"))
    assert under_way
    again = sum("repeats" in text for text in carried)
    assert again == 0  # this carrier says what it has, so nothing needs to go to it a second time
    twice = sum(count > 1 for count in answers.values())
    record_property("figures", f"{_figures(engine, carrier, starts)}, {len(under_way)} texts were under way, "
                    f"{again} of them went twice; {twice} phones got two answers")


async def _tell(station: Station, database: Database, random: Random) -> list[float]:
    """The push, while the process dies again and again, the first time with texts in its hands; returns how long each
    start took."""
    starts = [await station.start()]
    pushing = asyncio.create_task(asyncio.to_thread(station.push, PHONES))  # its process ends after the texts have left
    await watching.until(lambda: _has_some_in_its_hands(database), every=0.02)
    station.kill()  # at this very moment, however fast the machine is
    starts.append(await station.start())
    await pushing
    for _ in range(DEATHS_TELLING - 1):
        station.kill()
        starts.append(await station.start())
        await asyncio.sleep(random.uniform(0, LIVES_SECONDS / 4))
    return starts


async def _has_some_in_its_hands(database: Database) -> bool:
    return bool(await watching.rows(database, select(Message.id).where(Message.status == Status.SENDING).limit(1)))


async def _told(client: httpx.AsyncClient) -> list[str]:
    """The phones, once each of them has got the text."""
    async def all_told() -> bool:
        return len({text["to"] for text in await watching.carried(client)}) == PHONES

    await watching.until(all_told)
    texts = await watching.carried(client)
    assert len(texts) == PHONES
    return [text["to"] for text in texts]


async def _die_while_they_answer(station: Station, carrier: Carrier, calls: Sequence[Call], random: Random) -> None:
    """In each life some more phones answer."""
    share = -(-len(calls) // DEATHS_ANSWERING)
    for life in range(DEATHS_ANSWERING):
        for call in calls[life * share:(life + 1) * share]:
            carrier.waiting.put_nowait(call)
        await asyncio.sleep(random.uniform(0, LIVES_SECONDS))
        station.kill()
        if life < DEATHS_STARTING:
            station.launch()
            await asyncio.sleep(random.uniform(0, 2 * LIVES_SECONDS))
            station.kill()
        await station.start()


def _calls(phones: list[str], random: Random) -> list[Call]:
    """An answer from each of them; half of the calls have an id, and some of those come twice at once."""
    calls = []
    for place, phone in enumerate(random.sample(phones, len(phones))):
        call = Call(phone, random.choice(watching.WORDS), f"call-{place}" if place % 2 else "")
        calls += [call, call] if place % 10 == 1 else [call]
    return calls


async def _finish(carrier: Carrier, callers: list["asyncio.Task[None]"]) -> None:
    """Wait until every call was taken; a caller that failed meanwhile says why."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        everything = asyncio.create_task(carrier.waiting.join())
        done, _waiting = await asyncio.wait([everything, *callers], return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    for caller in callers:
        caller.cancel()


async def _check_nothing_is_lost(database: Database, taken: dict[int, Call]) -> None:
    """Whatever was answered 202 is there as it was said, and was dealt with; each text answered has one answer."""
    kept = {row.id: row for row in await watching.rows(
        database, select(Inbound.id, Inbound.phone, Inbound.text, Inbound.state, Inbound.answered_at))}
    for given, call in taken.items():
        row = kept[given]
        assert (row.phone, row.text) == (call.phone, call.text)
        assert row.state in (State.ANSWERED, State.DUPLICATE)
        assert row.answered_at is not None
    answers = await watching.rows(database, select(Message.inbound_id).where(Message.purpose == Purpose.ANSWER))
    assert Counter(row.inbound_id for row in answers) == {
        row.id: 1 for row in kept.values() if row.state == State.ANSWERED}


async def _check_the_line(database: Database, phones: list[str]) -> None:
    """Everybody once, in the order in which their first texts were stored; twelve have places."""
    people = await watching.addressees(database)
    stored = dict.fromkeys(row.phone for row in await watching.answered(database))
    assert set(stored) == set(phones)
    assert await watching.line(database) == [
        (people[phone], Place.TAKEN if turn < PLACES else Place.WAITING) for turn, phone in enumerate(stored)]


def _figures(engine: str, carrier: Carrier, starts: list[float]) -> str:
    deaths = DEATHS_TELLING + DEATHS_STARTING + DEATHS_ANSWERING
    return (f"kill -9, {engine}: {deaths} deaths, ready again after {sum(starts) / len(starts):.1f} s "
            f"(at most {max(starts):.1f}), {PHONES} phones, {carrier.again} calls made again")
