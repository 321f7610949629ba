"""The provider stalls, answers 500, hangs up, sends receipts before its answer, twice, out of order or never;
dispatchers are killed and the database is restarted, for days on a clock that is turned forward: in the end what we say
of every text is true, nobody has got two without our saying so, and the counts agree."""

import asyncio
import time
from collections.abc import Callable
from random import Random

import pytest

from tests.chaos import crowd, settled, truth
from tests.chaos.crew import Crew
from tests.chaos.hours import Hours
from tests.chaos.provider import Provider, happened
from tests.chaos.server import Server
from tests.stories import station as watching
from tests.village import Village

PEOPLE, ANSWERS_EACH = 1500, 80
DEATH, FAST, IMMEDIATE = "death", "fast", "immediate"
TROUBLES = {"sqlite": [DEATH] * 3, "postgresql": [DEATH, FAST, DEATH, IMMEDIATE, DEATH]}
DISPATCHERS = {"sqlite": 1, "postgresql": 2}


@pytest.mark.xdist_group("chaos")
async def test_whatever_goes_wrong_what_we_say_of_every_text_is_true(
        *, village: Village, engine: str, crew: Crew, hours: Hours, provider: Provider, database_url: str, seed: int,
        request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    print(f"CHAOS_SEED={seed}")  # shown when it fails
    began, random, database = time.monotonic(), Random(seed), village.database
    phones = await crowd.gather(village, PEOPLE)
    databases = [database_url] * DISPATCHERS[engine]
    async with crew.at_work(*databases):
        batch = await crowd.tell_all(village)
        troubles = random.sample(TROUBLES[engine], len(TROUBLES[engine]))
        for number, trouble in enumerate(troubles):
            await crowd.answer(database, phones, random, ANSWERS_EACH, since=number * ANSWERS_EACH)
            await _until_it_is_busy(provider, PEOPLE * (number + 1) // (len(troubles) + 2))
            if trouble == DEATH:
                crew.lose_one(random)
            else:
                server: Server = request.getfixturevalue("server")
                hours.stands = True  # a server takes seconds to start, and not the minutes that they would become
                await server.restart(trouble)
                hours.stands = False
        await settled.everything(database, provider, hours)
    assert set(await crew.go_home()) == {0}
    told = await truth.all_told(database, provider)
    assert truth.lies(told, provider) == []
    assert len(told) == PEOPLE + ANSWERS_EACH * len(troubles)
    await truth.counts_agree(database, batch.id, village.boss)
    checked = await asyncio.to_thread(crew.call, database_url, "check", "--tables")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "Settings, database and gateway are all right.\n"
    assert any(one.died for one in told)
    assert set(provider.refused) <= {503}
    assert "Traceback" not in crew.said
    record_property("figures", f"chaos, {engine}, seed {seed}: {time.monotonic() - began:.0f} s, {crew.deaths} deaths; "
                    f"{truth.figures(told)}; the provider: {', '.join(happened(provider))}")


async def _until_it_is_busy(provider: Provider, calls: int) -> None:
    """So many calls were made, and some are under way."""
    async def is_busy() -> bool:
        return provider.count >= calls and provider.serving + provider.stalling > 0

    await watching.until(is_busy, every=0.005)
