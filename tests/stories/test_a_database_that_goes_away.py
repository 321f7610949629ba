"""The database is away for a while just when a provider has answered: what it said is not lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import TemporarilyAway
from app.sms import drain
from app.sms.outbox import Purpose, Status, queue
from tests.campaigns.carriers import Carrier
from tests.stories.acts import WANG, messages
from tests.village import Village


class _Away:
    """Away so many times, from when the carrier holds the text."""

    def __init__(self, village: Village, times: int) -> None:
        self.times, self.tried = times, asyncio.Event()
        self._open = village.database.session

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        if self.times:
            self.times -= 1
            self.tried.set()
            raise TemporarilyAway("gone")
        async with self._open() as db:
            yield db


@pytest.fixture
async def carrier(village: Village) -> Carrier:
    async with village.database.session() as db:
        await queue(db, to="+86" + WANG, text="已给您报上", purpose=Purpose.ANSWER)
    return Carrier()


async def test_what_the_provider_said_is_written_down_when_it_is_back(
        village: Village, carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    away = _Away(village, times=3)

    async def goes() -> None:
        monkeypatch.setattr(village.database, "session", away.session)

    carrier.meanwhile = goes
    monkeypatch.setattr(drain, "AGAIN_SECONDS", 0)
    await carrier.worker(village).drain_once()
    assert away.times == 0
    assert [one.status for one in await messages(village, WANG)] == [Status.ACCEPTED]


async def test_whoever_is_told_to_stop_does_not_wait_for_it(village: Village, carrier: Carrier,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    away = _Away(village, times=1000)

    async def goes() -> None:
        monkeypatch.setattr(village.database, "session", away.session)

    carrier.meanwhile = goes
    monkeypatch.setattr(drain, "AGAIN_SECONDS", 0.01)
    worker = carrier.worker(village)
    draining = asyncio.create_task(worker.drain_once())
    await away.tried.wait()
    await worker.stop()
    with pytest.raises(TemporarilyAway):
        await draining
    assert [one.status for one in await messages(village, WANG)] == [Status.SENDING]
