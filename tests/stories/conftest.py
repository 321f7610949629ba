"""The demo community, and a station that serves it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.sms import inbox
from app.sms.reading import Reading, read
from tests.stories.station import Station


@pytest.fixture
def station(database_url: str, tmp_path: Path) -> Iterator[Station]:
    made = Station(tmp_path, database_url)
    yield made
    made.kill()


@pytest.fixture
def meant(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`meant(Reading(...))`: the next text is understood like that, whatever it says."""
    waiting: list[Reading] = []
    monkeypatch.setattr(inbox, "read", lambda text, context: waiting.pop(0) if waiting else read(text, context))
    return waiting.append
