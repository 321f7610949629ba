"""An account of the HTTPS kind fetches: what it was given is not brought again, whoever dies and whatever breaks."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app import clock
from app.db import Database
from app.settings import Settings
from app.sms import fetched, receipts
from app.sms.arrivals import Inbound, UnreadableCall
from app.sms.dispatch import Dispatch
from app.sms.fetched import Fetched
from app.sms.gateways import cloudmas
from app.sms.gateways.base import Made, Poll
from app.sms.gateways.cloudmas import Carrier
from app.sms.inbox import Inbox
from app.sms.outbox import Receipt
from tests.sms.gateways import fake_cloudmas
from tests.sms.gateways.fake_cloudmas import FakeCloudMas
from tests.sms.gateways.test_cloudmas import TO, account

RECEIPT = {"msgGroup": "g", "mobile": "14200000001", "reportStatus": "DELIVRD"}


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeCloudMas]:
    monkeypatch.setattr(cloudmas, "PULL_SECONDS", 0)
    async with fake_cloudmas.running() as made:
        yield made


@pytest.fixture
async def worker(settings: Settings, database: Database, fake: FakeCloudMas) -> AsyncIterator[Dispatch]:
    """One who fetches, and stores what it has fetched."""
    database.settings = account(settings, fake, cloudmas_pull=True)
    gateways, inbox = Made(database.settings, database), Inbox(database)
    inbox.start()
    yield Dispatch(database, gateways, inbox)
    await inbox.stop()
    await gateways.close()


def something_waits(fake: FakeCloudMas) -> None:
    fake.waiting = {"report": [RECEIPT, {**RECEIPT, "mobile": "?"}],
                    "deliver": [{"mobile": "14200000001", "smsContent": "报名", "addSerial": ""}]}


async def kept(database: Database) -> list[int]:
    """How many receipts, texts that are not there twice, parts that could not be read, and answers as they came."""
    while await Inbox(database).answer_once():
        pass
    async with database.reading() as db:
        found = [list(await db.scalars(statement)) for statement in (
            select(Receipt.id), select(Inbound.id).where(Inbound.state != "duplicate"), select(UnreadableCall.id),
            select(Fetched.id))]
    return [len(ids) for ids in found]


async def test_an_account_that_fetches_gets_receipts_and_replies(settings: Settings, database: Database,
                                                                 fake: FakeCloudMas) -> None:
    carrier = Carrier(account(settings, fake, cloudmas_pull=True), database)
    assert await carrier.poll() == Poll([], [], [], [])
    fake.waiting = {"report": [{"msgGroup": "g", "mobile": "14200000001", "reportStatus": "DELIVRD"},
                               {"msgGroup": "g", "mobile": "?", "reportStatus": "DELIVRD"}],
                    "deliver": [{"mobile": "14200000001", "smsContent": "报名", "sendTime": "2026-11-27 08:00:00",
                                 "addSerial": "1065752910023"}]}
    fetched = await carrier.poll()
    assert [(one.provider_id, one.status) for one in fetched.reports] == [("14200000001:g", "delivered")]
    assert [(one.phone, one.text, one.extension) for one in fetched.incoming] == [(TO, "报名", "10023")]
    assert [one.kind for one in fetched.unread] == ["receipt"]
    fake.trouble = ["InvalidUsrOrPwd", "babble"]
    fetched = await carrier.poll()
    assert not fetched.reports
    assert not fetched.incoming
    assert [one.kind for one in fetched.unread] == ["reply"]
    assert not fake.told_the_secret
    await carrier.close()


async def test_fetching_leaves_the_platform_a_moment(settings: Settings, database: Database,
                                                     fake: FakeCloudMas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloudmas, "PULL_SECONDS", 5.0)
    carrier = Carrier(account(settings, fake, cloudmas_pull=True), database)
    for _ in range(5):
        await carrier.poll()
    await carrier.close()
    assert len(fake.calls) == 2


async def test_what_was_fetched_outlives_who_fetched_it(settings: Settings, database: Database, fake: FakeCloudMas,
                                                       worker: Dispatch) -> None:
    something_waits(fake)
    dies = Carrier(database.settings, database)
    assert len((await dies.poll()).reports) == 1
    await dies.close()
    await worker.poll_once()
    assert await kept(database) == [0, 0, 0, 2]  # the other one may be at it
    clock.turn(clock.now() + timedelta(seconds=61))
    await worker.poll_once()
    assert await kept(database) == [1, 1, 1, 0]


async def test_the_same_words_later_are_said_anew(database: Database, fake: FakeCloudMas, worker: Dispatch) -> None:
    for texts in (1, 2, 3):
        something_waits(fake)
        await worker.poll_once()
        clock.turn(clock.now() + timedelta(seconds=61))
        assert (await kept(database))[1] == texts


async def test_nothing_is_kept_twice_when_the_rest_cannot_be_kept(database: Database, fake: FakeCloudMas,
                                                                  worker: Dispatch,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    something_waits(fake)
    with monkeypatch.context() as broken:
        async def breaks(*_: Any) -> None:
            raise RuntimeError("broken")

        broken.setattr(receipts, "keep", breaks)
        for _ in range(3):
            with pytest.raises(RuntimeError):
                await worker.poll_once()
    assert await kept(database) == [0, 1, 0, 2]
    clock.turn(clock.now() + timedelta(seconds=61))
    await worker.poll_once()
    await worker.poll_once()
    assert await kept(database) == [1, 1, 1, 0]


async def test_receipts_are_kept_although_they_cannot_be_applied(database: Database, fake: FakeCloudMas,
                                                                 worker: Dispatch,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(receipts, "apply_kept", breaks)
    for _ in range(2):
        something_waits(fake)
        with pytest.raises(RuntimeError):
            await worker.poll_once()
    assert (await kept(database))[0] == 2


async def test_a_database_that_takes_nothing_is_not_asked_for(database: Database, fake: FakeCloudMas, worker: Dispatch,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    """What was brought waits in memory, and nothing more is brought on top of it."""
    something_waits(fake)
    async with database.session() as db:
        await db.execute(text("ALTER TABLE fetched RENAME TO away"))
    for _ in range(3):
        with pytest.raises(Exception, match="fetched"):
            await worker.poll_once()
    assert len(fake.calls) == 1
    async with database.session() as db:
        await db.execute(text("ALTER TABLE away RENAME TO fetched"))
    await worker.poll_once()
    assert await kept(database) == [1, 1, 1, 0]


async def test_what_nobody_has_read_yet_is_sealed(database: Database, fake: FakeCloudMas, worker: Dispatch) -> None:
    something_waits(fake)
    await worker.drains[0].gateway.poll()
    async with database.reading() as db:
        for sealed in await db.scalars(select(Fetched.sealed)):
            assert b"1420000" not in sealed
    clock.turn(clock.now() + timedelta(seconds=61))
    database.settings = replace(database.settings, data_key="another-key-for-this-story")
    await worker.poll_once()
    async with database.reading() as db:
        assert set(await db.scalars(select(UnreadableCall.problem))) == {
            "DATA_KEY is not the one with which this was stored"}


async def test_thousands_that_cannot_be_read_are_kept_whole(database: Database, worker: Dispatch) -> None:
    raw = ("[" + "{},".join("x" for _ in range(20_000))).encode()
    await fetched.keep(database, "cloudmas", kind="receipt", raw=raw)
    await worker.poll_once()
    async with database.reading() as db:
        assert (await db.scalars(select(UnreadableCall.raw))).one() == raw.decode()
