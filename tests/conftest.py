"""What tests stand on: a migrated database of either engine, made from a template that is migrated once."""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.util import LRUCache

from app import clock, versions
from app.db import Database
from app.settings import QuietHours, Settings
from app.staff import passwords
from tests import postgresql
from tests.templates import Files, Served, Templates
from tests.village import Village

PLAIN = Settings(secret_key="a-secret-key-for-tests-only", data_key="a-data-key-for-tests-only",
                 sms_signature="青龙泉就业站", quiet_hours=QuietHours(time(20, 30), time(8, 0)),
                 sms_spacing_seconds=0)
ENGINES = ("sqlite", "postgresql")
MEMORY, HERE = Path("/dev/shm"), Path(__file__).parent


def pytest_configure() -> None:
    """What tests write lies in memory where there is some: every commit waits for its disk."""
    if MEMORY.is_dir():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection() -> None:
    """All that is collected stays until the end: the collector need not walk it again and again."""
    gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers and Kannel are large, other people's, and share two cores with the rest of the suite: what fails in them
    is tried once more, and the summary names it. Nothing else is: where processes are killed, one failure in twenty is
    just what is looked for."""
    for item in items:
        if item.path.is_relative_to(HERE / "browser") or item.path.is_relative_to(HERE / "kannel"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    gc.enable()


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
        for engine in (database.writer.sync_engine, database.reader.sync_engine, database._glancer.sync_engine):
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
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(str(tmp_path_factory.mktemp("sqlite")), PLAIN)


@pytest.fixture(scope="session")
def sqlite_template(files: Files) -> Path:
    """An empty, migrated database."""
    return files.file()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a server, without a database name: TEST_DATABASE_URL's, or one that a wheel brings along."""
    with postgresql.running() as server:
        yield server


@pytest.fixture(scope="session")
def served(postgresql_server: str) -> Served:
    return Served(postgresql_server, PLAIN)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Runs the test once per engine. Mark with `@pytest.mark.parametrize("engine", ["sqlite"])` to run on one."""
    return str(request.param)


@pytest.fixture
def settings() -> Settings:
    """Override in a module or class to test with others."""
    return PLAIN


@pytest.fixture
def content(request: pytest.FixtureRequest) -> str:
    """What is in the database when a test begins, a name of `templates.CONTENTS`. Override it in a module."""
    return "village" if "village" in request.fixturenames else "empty"


@pytest.fixture
def database_url(request: pytest.FixtureRequest, engine: str, content: str, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database of the test's own."""
    if engine == "sqlite":
        files: Files = request.getfixturevalue("files")
        yield files.copy(content, tmp_path / "test.db")
        return
    served: Served = request.getfixturevalue("served")
    made = served.copy(content)
    yield made
    served.drop(made)


@pytest.fixture
async def database(database_url: str, settings: Settings) -> AsyncIterator[Database]:
    made = Database(replace(settings, database_url=database_url))
    yield made
    await made.close()


@pytest.fixture
def village(request: pytest.FixtureRequest, engine: str, database: Database) -> Village:
    templates: Templates = request.getfixturevalue("files" if engine == "sqlite" else "served")
    return templates.village(database)
