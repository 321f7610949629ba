"""Twilio calls: only what it signed counts, everything may come twice, and what cannot be read is kept."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from app.db import Database
from app.main import create_app
from app.settings import Settings
from app.sms.arrivals import Inbound, UnreadableCall
from app.sms.inbox import Inbox
from app.sms.outbox import Receipt, Status
from tests.routes.conftest import Caller, rows
from tests.routes.gateway_acts import WANG, applied, text_left

PUBLIC, TOKEN = "https://station.example.org", "a-token-for-tests-only"
SID = "SM" + "1" * 32
REPLY, RECEIPT = "/gateway/twilio/reply", "/gateway/twilio/receipt"


@pytest.fixture
async def caller(database_url: str, settings: Settings) -> AsyncIterator[Caller]:
    made = create_app(replace(settings, database_url=database_url, sms_gateway="twilio", public_url=PUBLIC,
                              twilio_account_sid="AC" + "0" * 32, twilio_auth_token=TOKEN, twilio_from="+15005550006"),
                      dispatch=False)
    async with AsyncTestClient(made) as opened:
        yield opened


async def call(caller: Caller, path: str, form: dict[str, str], *, token: str = TOKEN) -> Response:
    signature = RequestValidator(token).compute_signature(PUBLIC + path, form)
    return await caller.post(path, content=urlencode(form), headers={
        "X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})


def reply(**change: str) -> dict[str, str]:
    return {"MessageSid": SID, "AccountSid": "AC" + "0" * 32, "From": WANG, "To": "+15005550006", "Body": "报名 23",
            "NumMedia": "0", "NumSegments": "1", "FromCity": "", **change}


def receipt(status: str = "delivered", **change: str) -> dict[str, str]:
    return {"MessageSid": SID, "MessageStatus": status, "To": WANG, "AccountSid": "AC" + "0" * 32, **change}


async def test_a_reply_is_kept_and_nothing_is_said(caller: Caller, database: Database) -> None:
    answer = await call(caller, REPLY, reply())
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/xml")
    assert answer.text.endswith("<Response/>")
    (kept,) = await rows(database, select(Inbound))
    assert (kept.phone, kept.text, kept.provider_id, kept.gateway) == (WANG, "报名 23", SID, "twilio")
    assert kept.raw.startswith("MessageSid=SM1")


async def test_a_repeated_reply_is_safe(caller: Caller, database: Database) -> None:
    for _ in range(2):
        assert (await call(caller, REPLY, reply())).status_code == 200
    while await Inbox(database).answer_once():
        pass
    states = [row.state for row in await rows(database, select(Inbound).order_by(Inbound.id))]
    assert states[0] != "duplicate"
    assert states[1:] in ([], ["duplicate"])


@pytest.mark.parametrize("path", [REPLY, RECEIPT])
async def test_a_call_that_twilio_did_not_sign_is_refused_and_not_kept(caller: Caller, database: Database,
                                                                       path: str) -> None:
    form = {**reply(), **receipt()}
    assert (await call(caller, path, form, token="another-token")).status_code == 403
    assert (await caller.post(path, data=form)).status_code == 403
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + path, form)
    changed = {**form, "Body": "退订"}
    answer = await caller.post(path, data=changed, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 403
    assert answer.json()["error"]
    for table in (Inbound, Receipt, UnreadableCall):
        assert await rows(database, select(table)) == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_without_a_token_nothing_is_taken_for_twilios(database_url: str, settings: Settings) -> None:
    made = create_app(replace(settings, database_url=database_url, public_url=PUBLIC), dispatch=False)
    async with AsyncTestClient(made) as caller:
        assert (await call(caller, REPLY, reply(), token="")).status_code == 403


@pytest.mark.parametrize(("path", "form"), [
    (REPLY, reply(From="12345")), (REPLY, {"MessageSid": SID, "From": WANG}), (REPLY, {}),
    (REPLY, reply(MessageSid="")), (RECEIPT, {"MessageSid": SID}), (RECEIPT, receipt("teleported")), (RECEIPT, {}),
])
async def test_a_signed_call_that_cannot_be_read_is_kept(caller: Caller, database: Database, path: str,
                                                         form: dict[str, str]) -> None:
    answer = await call(caller, path, form)
    assert answer.status_code == 400
    (kept,) = await rows(database, select(UnreadableCall))
    assert (kept.gateway, kept.kind) == ("twilio", path.rsplit("/", 1)[1])
    assert kept.raw == urlencode(form)


async def test_characters_that_no_database_takes_are_left_out(caller: Caller, database: Database) -> None:
    assert (await call(caller, REPLY, reply(Body="报\x00名 23"))).status_code == 200
    (kept,) = await rows(database, select(Inbound))
    assert kept.text == "报名 23"
    assert "%00" in kept.raw


async def test_receipts_move_a_text_forward_in_any_order_and_number(caller: Caller, database: Database) -> None:
    await text_left(database, "twilio", Status.ACCEPTED, SID)
    for status in ("sent", "delivered", "delivered", "sent", "queued"):
        answer = await call(caller, RECEIPT, receipt(status))
        assert answer.status_code == 200
    assert (await applied(database)).status == Status.DELIVERED
    assert len(await rows(database, select(Receipt))) == 5


async def test_a_failure_is_said_in_our_words(caller: Caller, database: Database) -> None:
    await text_left(database, "twilio", Status.ACCEPTED, SID)
    await call(caller, RECEIPT, receipt("undelivered", ErrorCode="30005"))
    message = await applied(database)
    assert (message.status, message.reason) == (Status.FAILED, "no_such_number")


async def test_a_receipt_finds_a_text_that_twilio_perhaps_had(caller: Caller, database: Database) -> None:
    await text_left(database, "twilio", Status.UNKNOWN, None)
    assert (await call(caller, RECEIPT + "?message=41", receipt("sent"))).status_code == 200
    message = await applied(database)
    assert (message.status, message.provider_id) == (Status.ACCEPTED, SID)
    await call(caller, RECEIPT + "?message=41", receipt("delivered"))
    assert (await applied(database)).status == Status.DELIVERED


@pytest.mark.parametrize("query", ["?message=", "?message=x", "?message=" + "9" * 30, "?message=999"])
async def test_a_receipt_for_no_text_of_ours_is_kept(caller: Caller, database: Database, query: str) -> None:
    await text_left(database, "twilio", Status.UNKNOWN, None)
    assert (await call(caller, RECEIPT + query, receipt())).status_code == 200
    message: Any = await applied(database)
    assert message.status == Status.UNKNOWN
    assert len(await rows(database, select(Receipt))) == 1
