"""The roles of deploy/postgresql.md: the one that serves can do everything that a day brings, and nothing else."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app import rounds, schema
from app.backups import backups
from app.db import Database
from tests import postgresql
from tests.conftest import PLAIN
from tests.village import settle

GUIDE = Path(__file__).parents[2] / "deploy" / "postgresql.md"
NAME = f"roles_{os.getpid()}"


@pytest.fixture
async def guided(postgresql_server: str) -> AsyncIterator[str]:
    """A database made word for word as the guide says, under another name."""
    outside, inside = re.findall(r"```sql\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)[:2]
    for statement in _statements(outside):
        await postgresql.tell(postgresql_server, statement)
    database = Database(replace(PLAIN, database_url=postgresql.named(postgresql_server, NAME)))
    async with database.session() as db:
        for statement in _statements(inside):
            await db.execute(text(statement))
    await database.close()
    yield postgresql.named(postgresql_server, NAME)
    await postgresql.tell(postgresql_server, f"DROP DATABASE {NAME} WITH (FORCE)")
    for role in (NAME, f"{NAME}_owner"):
        await postgresql.tell(postgresql_server, f"DROP ROLE {role}")


def _statements(block: str) -> list[str]:
    return [one.strip() for one in re.sub(r"\bdoorstep(?=\b|_owner)", NAME, block).split(";") if one.strip()]


def _as(url: str, role: str, password: str) -> Database:
    whole = make_url(url).set(username=role, password=password)
    return Database(replace(PLAIN, database_url=whole.render_as_string(hide_password=False)))


async def test_the_one_that_serves_can_do_what_a_day_brings_and_no_more(
        guided: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{postgresql.tools()}{os.pathsep}{os.environ['PATH']}")
    owner = _as(guided, f"{NAME}_owner", "one-password")
    await schema.migrate(owner)
    await owner.close()
    serves = _as(guided, NAME, "another-password")
    village = await settle(serves, "demo", "青龙泉社区")
    await village.neighbour("王桂香", "14200000001", agreed=True)
    await village.push(await village.job())
    assert len(await village.says("14200000001", "报名10")) == 1
    await rounds.go(serves)
    for forbidden in ("DROP TABLE message", "CREATE TABLE mine (x int)", "ALTER TABLE message ADD x int"):
        with pytest.raises(DBAPIError):
            async with serves.session() as db:
                await db.execute(text(forbidden))
    await serves.close()
    await asyncio.to_thread(backups.take, serves.settings, tmp_path / "x.backup")  # it may read all there is
