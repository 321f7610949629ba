"""A station with somebody in it, its back-up, and an empty place for another one."""

import asyncio
import itertools
import os
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from app.db import Database, Fact
from app.residents import vault
from app.sms.batches import Batch
from tests import postgresql
from tests.commands.conftest import Doorstep, doorstep, folder, start  # noqa: F401  # fixtures
from tests.conftest import PLAIN
from tests.village import Village, settle

WANG = "14200000001"
_counter = itertools.count()


@pytest.fixture(autouse=True)
def _tools(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine == "postgresql" and postgresql.tools():
        monkeypatch.setenv("PATH", f"{postgresql.tools()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def place(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that has nothing in it, or is not there yet."""
    yield from _places(engine, request, tmp_path / "other")


@pytest.fixture
def another_place(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    yield from _places(engine, request, tmp_path / "another")


def _places(engine: str, request: pytest.FixtureRequest, home: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite+aiosqlite:///{home / 'doorstep.db'}"
        return
    server, name = request.getfixturevalue("postgresql_server"), f"place_{os.getpid()}_{next(_counter)}"
    asyncio.run(postgresql.tell(server, f"CREATE DATABASE {name}"))
    yield postgresql.named(server, name)
    asyncio.run(postgresql.tell(server, f"DROP DATABASE {name} WITH (FORCE)"))


def at(url: str, story: Callable[[Database], Awaitable[Any]]) -> Any:
    """What the story gives back, told on that database."""

    async def tell() -> Any:
        database = Database(replace(PLAIN, database_url=url))
        try:
            return await story(database)
        finally:
            await database.close()

    return asyncio.run(tell())


@pytest.fixture
def station(database_url: str) -> tuple[Village, Batch]:
    """王桂香 lives there, with an ID number that is sealed, and is to be told of a job."""

    async def begin(database: Database) -> tuple[Village, Batch]:
        village = await settle(database, "demo", "青龙泉社区")
        keys = vault.with_key(PLAIN.data_key)
        await village.neighbour("李大山")
        await village.neighbour("王桂香", WANG, agreed=True, id_number=keys.seal_text("invented"),
                                id_number_hash="mark")
        return village, await village.push(await village.job())

    begun: tuple[Village, Batch] = at(database_url, begin)
    return begun


@pytest.fixture
def backup(doorstep: Doorstep, folder: Path, database_url: str, station: tuple[Village, Batch]) -> Path:  # noqa: F811
    said = doorstep("backup", "station.backup", DATABASE_URL=database_url)
    assert said.status == 0, said.err
    return folder / "station.backup"


@contextmanager
def somebody_writes(url: str) -> Iterator[Callable[[], int]]:
    """Meanwhile another connection writes, two rows in each transaction; tells how many transactions it has made."""
    stop, made = threading.Event(), [0]

    async def write(database: Database) -> None:
        while not stop.is_set():
            async with database.session() as db:
                for name in ("left", "right"):
                    await db.execute(insert(Fact).values(name=f"{name} {made[0]}", value="x"))
            made[0] += 1

    writer = threading.Thread(target=at, args=(url, write))
    writer.start()
    try:
        yield lambda: made[0]
    finally:
        stop.set()
        writer.join()
