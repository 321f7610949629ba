"""A village of many, a provider that does everything wrong, and a database that may go away."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from app.settings import Settings
from tests.chaos import server as servers
from tests.chaos.crew import Crew
from tests.chaos.hours import Hours
from tests.chaos.provider import Fate, Provider, running
from tests.chaos.server import Server
from tests.conftest import PLAIN
from tests.templates import Served


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    with servers.running() as made:
        yield made


@pytest.fixture(scope="package")
def served(server: Server) -> Served:
    return Served(server.address, PLAIN)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, sms_gateway="kannel", quiet_hours=None)


@pytest.fixture
def seed() -> int:
    """CHAOS_SEED tries another one."""
    return int(os.environ.get("CHAOS_SEED", "1"))


@pytest.fixture
def hours(tmp_path: Path) -> Hours:
    return Hours(tmp_path / "ahead")


@pytest.fixture
def fates() -> Callable[[Random], Fate]:
    """Override in a module where the provider is another one."""
    return Fate.drawn


@pytest.fixture
async def provider(seed: int, fates: Callable[[Random], Fate]) -> AsyncIterator[Provider]:
    async with running(seed, fates) as made:
        yield made


@pytest.fixture
def crew(tmp_path: Path, hours: Hours, provider: Provider) -> Iterator[Crew]:
    made = Crew(tmp_path, hours, provider)
    yield made
    made.end()
