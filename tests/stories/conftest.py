"""The demo community, and a station that serves it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.station import Station


@pytest.fixture
def station(database_url: str, tmp_path: Path) -> Iterator[Station]:
    made = Station(tmp_path, database_url)
    yield made
    made.kill()
