"""A text comes in from Twilio, its answer goes out through the official client, and the receipt comes back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from twilio.request_validator import RequestValidator

from app.db import Database
from app.main import create_app
from app.settings import Settings
from app.sms import consent
from tests.routes.conftest import Caller
from tests.routes.gateway_acts import WANG, becomes
from tests.sms.gateways import fake_twilio
from tests.sms.gateways.fake_twilio import ACCOUNT, TOKEN, FakeTwilio

PUBLIC = "https://station.example.org"


@pytest.fixture
async def fake() -> AsyncIterator[FakeTwilio]:
    async with fake_twilio.running() as made:
        yield made


@pytest.fixture
async def caller(database_url: str, settings: Settings, fake: FakeTwilio) -> AsyncIterator[Caller]:
    made = create_app(replace(settings, database_url=database_url, sms_gateway="twilio", public_url=PUBLIC,
                              twilio_api_url=fake.url, twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN,
                              twilio_from="+15005550006"))
    async with AsyncTestClient(made) as opened:
        yield opened


async def call(caller: Caller, url: str, form: dict[str, str]) -> Response:
    signature = RequestValidator(TOKEN).compute_signature(url, form)
    answer = await caller.post(url.removeprefix(PUBLIC), content=urlencode(form), headers={
        "X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 200
    return answer


async def test_a_question_is_answered_and_the_answer_arrives(caller: Caller, database: Database,
                                                             fake: FakeTwilio) -> None:
    await call(caller, PUBLIC + "/gateway/twilio/reply", {"MessageSid": "SM" + "1" * 32, "From": WANG, "Body": "帮助"})
    answer = await becomes(database, "accepted")
    (made,) = fake.messages
    assert (made["to"], made["body"], made["sid"]) == (WANG, answer.body, answer.provider_id)
    await call(caller, fake.callbacks[made["sid"]], {"MessageSid": made["sid"], "MessageStatus": "delivered"})
    await becomes(database, "delivered")


async def test_who_said_stop_to_twilio_has_said_it_to_us(caller: Caller, database: Database, fake: FakeTwilio) -> None:
    fake.trouble[WANG] = (400, 21610)
    await call(caller, PUBLIC + "/gateway/twilio/reply", {"MessageSid": "SM" + "1" * 32, "From": WANG, "Body": "帮助"})
    assert (await becomes(database, "failed")).reason == "opted_out"
    async with database.reading() as db:
        assert await consent.stopped(db, WANG)


async def test_a_receipt_settles_what_a_broken_line_left_open(caller: Caller, database: Database,
                                                              fake: FakeTwilio) -> None:
    fake.trouble[WANG] = "drop"
    fake.hidden = True
    await call(caller, PUBLIC + "/gateway/twilio/reply", {"MessageSid": "SM" + "1" * 32, "From": WANG, "Body": "帮助"})
    await becomes(database, "unknown")
    (made,) = fake.messages
    await call(caller, fake.callbacks[made["sid"]], {"MessageSid": made["sid"], "MessageStatus": "delivered"})
    assert (await becomes(database, "delivered")).provider_id == made["sid"]
    assert len(fake.messages) == 1
