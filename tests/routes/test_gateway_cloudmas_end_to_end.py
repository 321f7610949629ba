"""A text is pushed to us, its answer goes out to Cloud MAS from the same extension, and the receipt is pushed back."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from app import clock
from app.db import Database
from app.main import create_app
from app.settings import Settings
from app.sms import consent
from tests.near import near
from tests.routes.conftest import Caller
from tests.routes.gateway_acts import WANG, becomes
from tests.sms.gateways import fake_cloudmas
from tests.sms.gateways.fake_cloudmas import ACCOUNT, NAME, SIGN, FakeCloudMas

SECRET = "a-secret-part-of-an-address"


@pytest.fixture
async def fake() -> AsyncIterator[FakeCloudMas]:
    async with fake_cloudmas.running() as made:
        yield made


@pytest.fixture
async def caller(database_url: str, settings: Settings, fake: FakeCloudMas) -> AsyncIterator[Caller]:
    made = create_app(replace(
        settings, database_url=database_url, sms_gateway="cloudmas", cloudmas_url=fake.url(), cloudmas_ec_name=NAME,
        cloudmas_ap_id=ACCOUNT, cloudmas_secret_key=fake_cloudmas.SECRET, cloudmas_sign=SIGN,
        cloudmas_service_code="10657529", cloudmas_extensions=True, cloudmas_callback_token=SECRET))
    async with near(made) as opened:
        yield opened


async def push(caller: Caller, what: str, said: dict[str, Any]) -> None:
    answer = await caller.post(f"/gateway/cloudmas/{SECRET}/{what}", content=json.dumps([said]))
    assert answer.status_code == 200


async def ask(caller: Caller, to: str = "1065752910023") -> None:
    await push(caller, "reply", {"mobile": "14200000001", "smsContent": "帮助", "sendTime": "2026-11-27 08:58:36",
                                 "addSerial": to})


def report(group: str, status: str = "DELIVRD") -> dict[str, str]:
    return {"mobile": "14200000001", "msgGroup": group, "reportStatus": status, "errorCode": status,
            "submitDate": f"{clock.local(clock.now()):%Y%m%d%H%M%S}", "receiveDate": "20261127245836"}


async def test_a_question_is_answered_from_where_it_was_asked_and_the_answer_arrives(
        caller: Caller, database: Database, fake: FakeCloudMas) -> None:
    await ask(caller)
    answer = await becomes(database, "accepted")
    (taken,) = fake.taken
    assert (taken.mobile, taken.serial, answer.body) == ("14200000001", "10023", f"【青龙泉就业站】{taken.text}")
    await push(caller, "receipt", report(taken.group))
    await becomes(database, "delivered")


async def test_who_said_stop_to_the_carrier_has_said_it_to_us(caller: Caller, database: Database,
                                                              fake: FakeCloudMas) -> None:
    await ask(caller)
    await becomes(database, "accepted")
    await push(caller, "receipt", report(fake.taken[0].group, "MBBLACK"))
    assert (await becomes(database, "failed")).reason == "opted_out"
    async with database.reading() as db:
        assert await consent.stopped(db, WANG)


async def test_a_receipt_settles_what_a_broken_line_left_open_and_nothing_is_sent_twice(
        caller: Caller, database: Database, fake: FakeCloudMas) -> None:
    fake.trouble = ["drop"]
    await ask(caller)
    await becomes(database, "unknown")
    await push(caller, "receipt", report(fake.taken[0].group))
    assert (await becomes(database, "delivered")).provider_id == f"14200000001:{fake.taken[0].group}"
    assert len(fake.taken) == 1
