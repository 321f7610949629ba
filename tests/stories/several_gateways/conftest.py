"""Cloud MAS first and Kannel behind it, at noon."""

from dataclasses import replace

import pytest

from app.settings import Settings
from tests.conftest import PLAIN
from tests.stories.acts import turn
from tests.stories.several_gateways.carriers import NOON, Carrier


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, sms_gateway="cloudmas,kannel")


@pytest.fixture
def mas() -> Carrier:
    return Carrier("cloudmas")


@pytest.fixture
def sim() -> Carrier:
    return Carrier("kannel")


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn(NOON)
