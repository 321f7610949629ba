"""Two dispatchers share one PostgreSQL, each on a way of its own, and one of these ways is lost while texts are being
handed over: what the lost one held becomes unknown when its lease ends, unless it is back before; the other one goes
on, and nobody gets two."""

import time
from collections.abc import Callable, Sequence
from random import Random

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.sms.gateways.base import abilities_of
from app.sms.outbox import Attempt, Message, Status
from tests.chaos import crowd, relay, settled, truth
from tests.chaos.crew import Crew
from tests.chaos.hours import Hours
from tests.chaos.provider import DELIVERED, FAILED, Fate, Provider
from tests.chaos.relay import Relay
from tests.chaos.server import Server
from tests.stories import station as watching
from tests.village import Village

TEXTS = 900
HOLDS = 2 * abilities_of("kannel").batch  # a dispatcher at the most: answers have a loop of their own
LOST_FOR_SHORT, LOST_FOR_LONG = 30, 300  # seconds; a lease takes less than the long ones


def _well(random: Random) -> Fate:
    """It takes everything, and of most texts it says what became of them."""
    return Fate(202, taken=True, receipts=random.choice([(DELIVERED,), (DELIVERED,), (FAILED,), ()]))


@pytest.fixture
def fates() -> Callable[[Random], Fate]:
    return _well


@pytest.mark.xdist_group("chaos")
@pytest.mark.parametrize("engine", ["postgresql"])
@pytest.mark.parametrize("loses", [Relay.cut, Relay.swallow], ids=lambda how: how.__name__)
async def test_a_dispatcher_that_loses_its_way_to_the_database(
        *, village: Village, crew: Crew, hours: Hours, provider: Provider, server: Server, database_url: str,
        loses: Callable[[Relay], None], record_property: Callable[[str, object], None]) -> None:
    began, database = time.monotonic(), village.database
    phones = await crowd.gather(village, TEXTS)
    async with relay.running(server.port) as safe, relay.running(server.port) as lost:
        async with crew.at_work(*(_through(database_url, server, one) for one in (safe, lost))):
            for seconds in (LOST_FOR_SHORT, LOST_FOR_LONG):
                await _both_hold_texts(database, provider, phones)
                loses(lost)
                provider.answers.set()
                await _pass(hours, seconds)
                if seconds == LOST_FOR_LONG:
                    await settled.nothing_is_held(database)  # the other one has gone on alone
                    assert 0 < await _left_behind(database) <= HOLDS
                await lost.mend()
                await settled.nothing_is_held(database)
                assert await _left_behind(database) == 0 or seconds == LOST_FOR_LONG
            left_behind = await _left_behind(database)
            await _both_hold_texts(database, provider, phones)
            provider.answers.set()
            await settled.everything(database, provider, hours)
        assert await crew.go_home() == [0, 0]
    told = await truth.all_told(database, provider)
    assert truth.lies(told, provider) == []
    assert [one for one in told if len(one.calls) != 1] == []
    assert sum(one.died for one in told) == left_behind
    assert {one.status for one in told if one.died and one.end} == {Status.DELIVERED, Status.FAILED}
    assert "Traceback" not in crew.said
    record_property("figures", f"a way to the database {loses.__name__}: {time.monotonic() - began:.0f} s; "
                    f"{truth.figures(told)}")


async def _both_hold_texts(database: Database, provider: Provider, phones: Sequence[str]) -> None:
    """Both dispatchers have handed some to the provider, and wait for its answers with full hands: what somebody claims
    at the moment when the way is lost, nobody hands over."""
    provider.answers.clear()
    await crowd.answer(database, phones, Random(provider.seed), TEXTS, since=provider.count)
    held: list[int] = []

    async def hold() -> bool:
        rows = await watching.rows(database, select(Message.worker, Message.phone, Message.body).where(
            Message.status == Status.SENDING))
        held.append(len(rows))
        return len({row.worker for row in rows if (row.phone, row.body) in provider.calls}) == 2 and (
            held[-3:] == 3 * [len(rows)])

    await watching.until(hold, every=0.2)


async def _pass(hours: Hours, seconds: float) -> None:
    until = hours.ahead + seconds

    async def passed() -> bool:
        return hours.ahead >= until

    await watching.until(passed, every=0.05)


async def _left_behind(database: Database) -> int:
    """How many texts became unknown because a lease ended."""
    [[count]] = await watching.rows(database, select(func.count()).where(Attempt.code == "lease"))
    return int(count)


def _through(database_url: str, server: Server, way: Relay) -> str:
    return database_url.replace(f":{server.port}/", f":{way.port}/")
