"""What a load balancer hears."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import text

from app.db import Database
from app.main import create_app
from app.settings import Settings
from app.sms import dispatch
from app.sms.drain import Drain
from app.watch import readiness
from app.watch.readiness import Readiness
from tests.near import near
from tests.routes.conftest import Caller
from tests.stories.station import until


async def test_a_process_with_its_database_is_alive_and_ready(caller: Caller) -> None:
    assert (await caller.get("/health/live")).status_code == 200
    answer = await caller.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


async def test_an_older_schema_is_not_ready(caller: Caller, database: Database) -> None:
    async with database.session() as db:
        await db.execute(text("UPDATE alembic_version SET version_num = '0001_areas'"))
    answer = await caller.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "the database needs `doorstep migrate`"


async def test_without_the_database_the_process_lives_and_is_not_ready(caller: Caller, settings: Settings) -> None:
    caller.app.state.database = Database(replace(settings, database_url="postgresql+asyncpg://nobody@127.0.0.1:1/none"))
    answer = await caller.get("/health/ready")
    assert (answer.status_code, answer.json()["reason"]) == (503, "the database does not answer")
    assert (await caller.get("/health/live")).status_code == 200


async def _why_not(caller: Caller) -> str:
    answer = await caller.get("/health/ready")
    assert (answer.status_code == 503) == ("reason" in answer.json())
    return str(answer.json().get("reason", ""))


async def _says(caller: Caller, reason: str) -> bool:
    return await _why_not(caller) == reason


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_while_somebody_holds_the_writer_it_is_not_ready(caller: Caller, database: Database,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "PATIENCE_SECONDS", 0.2)
    async with database.session() as db:
        await db.execute(text("SELECT 1"))
        assert await _why_not(caller) == "the database's writer is held by somebody"
        assert await _why_not(caller) == "the database's writer is held by somebody"
        assert (await caller.get("/health/live")).status_code == 200
    await until(partial(_says, caller, ""), every=0.05)  # the try of before is on its way


async def test_however_many_ask_at_once_each_is_answered(database: Database,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "PATIENCE_SECONDS", 60)  # they share a busy machine
    asked = Readiness()

    async def again_and_again() -> set[str]:
        return {await asked.why_not(database) for _ in range(20)}

    assert await asyncio.gather(*(again_and_again() for _ in range(20))) == [{""}] * 20
    await asked.close()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_on_a_full_disk_it_is_not_ready(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "LEAST_FREE", 2**60)
    assert await _why_not(caller) == "the disk is full"


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_a_database_that_only_reads_is_not_ready(caller: Caller, database: Database) -> None:
    assert await _why_not(caller) == ""
    async with database.session() as db:
        name = await db.scalar(text("SELECT current_database()"))
        await db.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
        await db.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                              "WHERE datname = current_database() AND pid <> pg_backend_pid()"))
    # It holds for connections that are made from now on.
    assert await _why_not(caller) == "the database cannot be written"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_process_whose_loop_has_died_is_not_ready(database_url: str, settings: Settings) -> None:
    application = create_app(replace(settings, database_url=database_url))
    async with near(application) as caller:
        assert await _why_not(caller) == ""
        _end(application.state.pulses, "drain")
        await until(partial(_says, caller, "a loop does not go round: drain"), every=0.05)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_process_whose_loop_fails_again_and_again_is_not_ready(
        database_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_words: object) -> int:
        raise KeyError

    monkeypatch.setattr(dispatch, "PATIENCE_SECONDS", -49.7)  # with a lease of fifty: a third of a second
    monkeypatch.setattr(Drain, "once", broken)
    monkeypatch.setattr(dispatch, "ROUNDS_SECONDS", 0.1)
    monkeypatch.setattr(dispatch, "LEASES_SECONDS", 0.1)
    monkeypatch.setattr(dispatch, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(dispatch, "FILL_SECONDS", 0.1)
    async with near(create_app(replace(settings, database_url=database_url))) as caller:
        await until(partial(_says, caller, "a loop does not go round: drain"), every=0.05)


def _end(pulses: list[object], name: str) -> None:
    """Kill a loop, as a bug of the loop itself would. It lives in the application's own thread."""
    task = next(loop.task for pulse in pulses for known, loop in pulse._loops.items() if known == name)  # type: ignore[attr-defined]
    task.get_loop().call_soon_threadsafe(task.cancel)
