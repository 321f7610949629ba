"""Cloud MAS with Kannel behind it, both as they are really called: when the first fails, what waits leaves the other
way, and what the first has perhaps taken leaves once."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from app import clock
from app.db import Database
from app.main import create_app
from app.settings import Settings
from app.sms.breaker import Decision
from tests.near import near
from tests.routes.conftest import Caller, rows
from tests.routes.gateway_acts import becomes
from tests.sms.gateways import fake_cloudmas
from tests.sms.gateways.fake_cloudmas import ACCOUNT, NAME, SIGN, FakeCloudMas
from tests.sms.gateways.fake_kannel import FakeSendsms, sendsms

SECRET = "a-secret-part-of-an-address"
ASKED = {"mobile": "14200000001", "smsContent": "帮助", "sendTime": "2026-11-27 08:58:36", "addSerial": ""}


@pytest.fixture
async def mas() -> AsyncIterator[FakeCloudMas]:
    async with fake_cloudmas.running() as made:
        yield made


@pytest.fixture
async def kannel() -> AsyncIterator[FakeSendsms]:
    async with sendsms() as made:
        yield made


@pytest.fixture
async def caller(database_url: str, settings: Settings, mas: FakeCloudMas, kannel: FakeSendsms,
                 ) -> AsyncIterator[Caller]:
    made = create_app(replace(
        settings, database_url=database_url, sms_gateway="cloudmas,kannel", cloudmas_url=mas.url(),
        cloudmas_ec_name=NAME, cloudmas_ap_id=ACCOUNT, cloudmas_secret_key=fake_cloudmas.SECRET, cloudmas_sign=SIGN,
        cloudmas_callback_token=SECRET, kannel_url=kannel.url, kannel_username="station", kannel_password="password",
        kannel_callback_token=SECRET))
    async with near(made) as opened:
        yield opened


async def _asks(caller: Caller, text: str = "帮助") -> None:
    said = json.dumps([{**ASKED, "smsContent": text}])
    assert (await caller.post(f"/gateway/cloudmas/{SECRET}/reply", content=said)).status_code == 200


async def test_an_account_that_is_refused_hands_over_to_kannel(
        caller: Caller, database: Database, mas: FakeCloudMas, kannel: FakeSendsms) -> None:
    mas.trouble = ["InvalidUsrOrPwd"]
    await _asks(caller)
    answer = await becomes(database, "accepted")
    assert (answer.gateway, answer.attempts, mas.taken, len(kannel.calls)) == ("kannel", 2, [], 1)
    gone = await caller.get(f"/gateway/kannel/{SECRET}/receipt", params={"message": str(answer.id), "status": "1"})
    assert gone.status_code == 200
    assert (await becomes(database, "delivered")).id == answer.id
    [decided] = await rows(database, select(Decision))
    assert (decided.gateway, decided.state, decided.why, decided.code) == (
        "cloudmas", "resting", "account", "InvalidUsrOrPwd")


async def test_what_it_took_before_the_line_broke_never_leaves_through_kannel(
        caller: Caller, database: Database, mas: FakeCloudMas, kannel: FakeSendsms) -> None:
    mas.trouble = ["drop"]
    await _asks(caller)
    await becomes(database, "unknown")
    mas.trouble = ["InvalidUsrOrPwd"]
    await _asks(caller, "你们是谁")
    await becomes(database, "accepted")
    assert (len(mas.taken), len(kannel.calls)) == (1, 1)
    said = {"mobile": "14200000001", "msgGroup": mas.taken[0].group, "reportStatus": "DELIVRD", "errorCode": "DELIVRD",
            "submitDate": f"{clock.local(clock.now()):%Y%m%d%H%M%S}", "receiveDate": "20261127245836"}
    assert (await caller.post(f"/gateway/cloudmas/{SECRET}/receipt", content=json.dumps([said]))).status_code == 200
    assert len(kannel.calls) == 1
