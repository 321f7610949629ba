"""A campaign to ten phones that is on its way."""

import pytest

from app.sms.batches import Batch
from tests.campaigns.acts import drafted, handed_in
from tests.stories.acts import turn
from tests.village import Village

PHONES = [f"142000001{number:02}" for number in range(10)]


@pytest.fixture
async def ten(village: Village) -> Village:
    """It is noon, and ten neighbours agreed to texts."""
    turn("2026-03-10 12:00")
    for number, phone in enumerate(PHONES):
        await village.neighbour(f"孙{number}", phone, agreed=True)
    return village


@pytest.fixture
async def underway(ten: Village) -> Batch:
    """Its ten texts are in the outbox, and none has left."""
    return await handed_in(ten, await drafted(ten))
