"""A carrier, a real Kannel that is bound to it, and a station that sends through both."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.settings import Settings
from tests.kannel import smsc
from tests.kannel.box import Kannel, free_ports
from tests.kannel.smsc import Smsc
from tests.stories.station import Station


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, sms_gateway="kannel")


@pytest.fixture
async def carrier() -> AsyncIterator[Smsc]:
    async with smsc.running(free_ports(1)[0]) as made:
        yield made


@pytest.fixture
def station(database_url: str, tmp_path: Path) -> Iterator[Station]:
    made = Station(tmp_path, database_url)
    yield made
    made.kill()


@pytest.fixture
async def kannel(tmp_path: Path, carrier: Smsc, station: Station) -> AsyncIterator[Kannel]:
    made = Kannel(tmp_path / "kannel", station.port, carrier.port)
    try:
        await made.start()
        station.also = dict(made.environ)
        yield made
    finally:
        made.kill()
