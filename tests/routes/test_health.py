"""What a load balancer hears."""

from dataclasses import replace

from sqlalchemy import text

from app.db import Database
from app.settings import Settings
from tests.routes.conftest import Caller


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
