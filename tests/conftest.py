"""What tests stand on: a migrated database of either engine, made from a template that is migrated once."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.util import LRUCache

from app import clock, schema, versions
from app.db import Database
from app.settings import QuietHours, Settings
from app.staff import passwords
from tests import postgresql
from tests.village import Village, settle

PLAIN = Settings(secret_key="a-secret-key-for-tests-only", data_key="a-data-key-for-tests-only",
                 sms_signature="青龙泉就业站", quiet_hours=QuietHours(time(20, 30), time(8, 0)),
                 sms_spacing_seconds=0)
ENGINES = ("sqlite", "postgresql")


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> None:
    """Two of them in nearly every test took most of its time."""
    passwords.COST.update(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture(autouse=True, scope="session")
def _compiled_once() -> Iterator[None]:
    """All databases of an engine share what SQLAlchemy has compiled. It keeps that by dialect object, of which each
    test has its own, and compiling the same statements anew was a fifth of the whole suite."""
    kept: dict[str, tuple[Any, Any]] = {}
    begin = Database.__init__

    def shared(database: Database, settings: Settings) -> None:
        begin(database, settings)
        for engine in (database.writer.sync_engine, database.reader.sync_engine):
            name = engine.dialect.name
            # Only one that has seen a server knows its version; a database that nobody asked anything shares nothing.
            if name not in kept or kept[name][0].server_version_info is None:
                kept[name] = (engine.dialect, LRUCache(5_000))
            engine.dialect, engine._compiled_cache = kept[name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "__init__", shared)
        yield


@pytest.fixture(autouse=True)
def _seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A story changes the database from outside and looks at a page in the same second."""
    monkeypatch.setattr(versions, "LOOK_SECONDS", 0.0)


@pytest.fixture(autouse=True)
def _right_clock() -> Iterator[None]:
    yield
    clock.turn(None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What stories measured stands at the end, whichever process ran them: `record_property("figures", "...")`."""
    for report in terminalreporter.getreports("passed"):
        for name, figures in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(str(figures))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(replace(PLAIN, database_url=f"sqlite+aiosqlite:///{path}"))

    async def prepare() -> None:
        await schema.migrate(database)
        await database.close()

    asyncio.run(prepare())
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a server, without a database name: TEST_DATABASE_URL's, or one that a wheel brings along."""
    with postgresql.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    name = f"template_{os.getpid()}"

    async def prepare() -> None:
        await postgresql.tell(postgresql_server, f"CREATE DATABASE {name}")
        database = Database(replace(PLAIN, database_url=postgresql.named(postgresql_server, name)))
        await schema.migrate(database)
        await database.close()

    asyncio.run(prepare())
    return name


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Runs the test once per engine. Mark with `@pytest.mark.parametrize("engine", ["sqlite"])` to run on one."""
    return str(request.param)


@pytest.fixture
def settings() -> Settings:
    """Override in a module or class to test with others."""
    return PLAIN


@pytest.fixture
def database_url(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated database of the test's own."""
    if engine == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"test_{os.getpid()}_{next(_counter)}"
    template = request.getfixturevalue("postgresql_template")
    asyncio.run(postgresql.tell(server, f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield postgresql.named(server, name)
    asyncio.run(postgresql.tell(server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def database(database_url: str, settings: Settings) -> AsyncIterator[Database]:
    made = Database(replace(settings, database_url=database_url))
    yield made
    await made.close()


@pytest.fixture
async def village(database: Database) -> Village:
    return await settle(database, "demo", "青龙泉社区")


def _numbers() -> Iterator[int]:
    n = 0
    while True:
        n += 1
        yield n


_counter = _numbers()
