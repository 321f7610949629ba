"""The provider stalls, answers 500, hangs up, sends receipts before its answer, twice, out of order or never;
dispatchers are killed and the database is restarted, for days on a clock that is turned forward: in the end what we say
of every text is true, nobody has got two without our saying so, and the counts agree."""

import asyncio
import time
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from sqlalchemy import Select, func, select

from app.db import Database
from app.errors import TemporarilyAway
from app.sms.batches import Batch, State
from app.sms.outbox import UNSURE_HOURS, Attempt, Message, Receipt, Status
from tests.chaos import crowd, truth
from tests.chaos.crew import Crew
from tests.chaos.hours import Hours
from tests.chaos.provider import Provider, fates
from tests.chaos.server import Server
from tests.stories import station as watching
from tests.village import Village

PEOPLE, ANSWERS_EACH = 1500, 60
DEATH, FAST, IMMEDIATE = "death", "fast", "immediate"
TROUBLES = {"sqlite": [DEATH] * 5, "postgresql": [DEATH, FAST, DEATH, IMMEDIATE, DEATH, DEATH]}
DISPATCHERS = {"sqlite": 1, "postgresql": 2}


@pytest.mark.xdist_group("chaos")
async def test_whatever_goes_wrong_what_we_say_of_every_text_is_true(
        village: Village, engine: str, crew: Crew, hours: Hours, provider: Provider, database_url: str, seed: int,
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
                await server.restart(trouble)
        await watching.until(lambda: _nothing_moves(database, provider))
        hours.turn((UNSURE_HOURS + 1) * 3600)
        await watching.until(lambda: _all_has_ended(database, batch))
    assert set(crew.go_home()) == {0}
    told = await truth.all_told(database, provider)
    assert truth.lies(told, provider) == []
    assert len(told) == PEOPLE + ANSWERS_EACH * len(troubles)
    await truth.counts_agree(database, batch.id, village.boss)
    checked = await asyncio.to_thread(crew.call, database_url, "check", "--tables")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "Settings, database and gateway are all right.\n"
    await _it_was_an_ordeal(database, crew)
    assert set(provider.refused) <= {503}
    assert "Traceback" not in crew.said
    record_property("figures", f"chaos, {engine}, seed {seed}: {time.monotonic() - began:.0f} s, {crew.deaths} deaths; "
                    f"{truth.figures(told)}; the provider: {', '.join(fates(provider))}")


async def _until_it_is_busy(provider: Provider, calls: int) -> None:
    """So many calls were made, and some are under way."""
    async def is_busy() -> bool:
        return provider.count >= calls and provider.serving + provider.stalling > 0

    await watching.until(is_busy, every=0.005)


async def _nothing_moves(database: Database, provider: Provider) -> bool:
    return not provider.brings and not await _any(database, select(Message.id).where(
        Message.status.in_((Status.QUEUED, Status.SENDING)))) and not await _any(
            database, select(Receipt.id).where(Receipt.applied_at.is_(None)))


async def _all_has_ended(database: Database, batch: Batch) -> bool:
    return not await _any(database, select(Message.id).where(Message.status == Status.ACCEPTED)) and not await _any(
        database, select(Batch.id).where(Batch.id == batch.id, Batch.state != State.FINISHED))


async def _any(database: Database, chosen: Select[Any]) -> bool:
    """Also while the database is away."""
    try:
        return bool(await watching.rows(database, chosen.limit(1)))
    except TemporarilyAway:
        return True


async def _it_was_an_ordeal(database: Database, crew: Crew) -> None:
    """Somebody died with texts in his hands."""
    [[lost]] = await watching.rows(database, select(func.count()).where(Attempt.code == "lease"))
    assert lost > 0
    assert crew.deaths > 0
