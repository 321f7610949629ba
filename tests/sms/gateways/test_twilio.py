"""Twilio through its official client, against a Twilio of our own; its forms and signatures both ways."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from litestar.datastructures import MultiDict
from sqlalchemy import insert
from twilio.request_validator import RequestValidator

from app import clock
from app.db import Database
from app.settings import Settings
from app.sms.gateways import twilio
from app.sms.gateways.base import Outbound, Outcome, Reason, Unreadable
from app.sms.gateways.twilio import Carrier
from app.sms.outbox import Message, Status
from tests.sms.gateways import fake_twilio
from tests.sms.gateways.fake_twilio import ACCOUNT, TOKEN, FakeTwilio

TO = "+8614200000001"
TEXT = "【青龙泉就业站】23号活:幼儿园保洁,明早7点西门集合"


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
async def fake() -> AsyncIterator[FakeTwilio]:
    async with fake_twilio.running() as made:
        yield made


@pytest.fixture
def ours(settings: Settings, fake: FakeTwilio) -> Settings:
    return replace(settings, sms_gateway="twilio", public_url="https://station.example.org", twilio_api_url=fake.url,
                   twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, twilio_from="+15005550006")


@pytest.fixture
async def carrier(ours: Settings, database: Database) -> AsyncIterator[Carrier]:
    made = Carrier(ours, database)
    yield made
    await made.close()


def text(number: int = 1, to: str = TO, body: str = TEXT) -> Outbound:
    return Outbound(number, to, body, 1)


async def test_a_text_goes_out_with_an_address_for_its_receipts(carrier: Carrier, fake: FakeTwilio) -> None:
    (sent,) = await carrier.send([text(41)])
    (made,) = fake.messages
    assert (sent.id, sent.outcome, sent.provider_id) == (41, Outcome.ACCEPTED, made["sid"])
    assert (made["to"], made["from"], made["body"]) == (TO, "+15005550006", TEXT)
    assert fake.callbacks[made["sid"]] == "https://station.example.org/gateway/twilio/receipt?message=41"


async def test_many_texts_go_out_several_at_once_and_never_more(carrier: Carrier, fake: FakeTwilio) -> None:
    sent = await carrier.send([text(i, f"+86142{i:08d}") for i in range(50)])
    assert {s.outcome for s in sent} == {Outcome.ACCEPTED}
    assert len(fake.messages) == 50
    assert 2 < fake.open_most <= carrier.abilities.at_once


async def test_a_messaging_service_sends_as_well(ours: Settings, database: Database, fake: FakeTwilio) -> None:
    carrier = Carrier(replace(ours, twilio_from="MG" + "a" * 32), database)
    await carrier.send([text()])
    await carrier.close()
    assert fake.messages[0]["messaging_service_sid"] == "MG" + "a" * 32


@pytest.mark.parametrize(("trouble", "outcome", "reason"), [
    ((400, 21610), Outcome.REFUSED, Reason.OPTED_OUT),
    ((400, 21211), Outcome.REFUSED, Reason.NO_SUCH_NUMBER),
    ((400, 21614), Outcome.REFUSED, Reason.NO_SUCH_NUMBER),
    ((400, 21612), Outcome.REFUSED, Reason.OTHER),
    ((400, 21617), Outcome.REFUSED, Reason.TOO_LONG),
    ((400, 21408), Outcome.REFUSED, Reason.ACCOUNT),
    ((400, 99999), Outcome.REFUSED, Reason.OTHER),
    ((401, 20003), Outcome.TRY_LATER, Reason.ACCOUNT),
    ((404, 20404), Outcome.TRY_LATER, Reason.ACCOUNT),
    ((400, 21606), Outcome.TRY_LATER, Reason.ACCOUNT),
    ((429, 20429), Outcome.TRY_LATER, Reason.BUSY),
    ((429, 429), Outcome.TRY_LATER, Reason.BUSY),
    ((400, 21611), Outcome.TRY_LATER, Reason.BUSY),
    ((500, 20500), Outcome.UNKNOWN, ""),
    ((503, 20503), Outcome.UNKNOWN, ""),
])
async def test_twilios_codes_are_said_in_our_words(carrier: Carrier, fake: FakeTwilio, trouble: tuple[int, int],
                                                   outcome: Outcome, reason: str) -> None:
    fake.trouble[TO] = trouble
    (sent,) = await carrier.send([text()])
    assert (sent.outcome, sent.reason, sent.code) == (outcome, reason, str(trouble[1]))


async def test_one_bad_number_does_not_hold_up_the_others(carrier: Carrier, fake: FakeTwilio) -> None:
    fake.trouble = {"+8614200000002": (400, 21211), "+8614200000003": "vanish"}
    sent = await carrier.send([text(i, f"+861420000000{i}") for i in range(1, 5)])
    assert [s.outcome for s in sent] == [Outcome.ACCEPTED, Outcome.REFUSED, Outcome.UNKNOWN, Outcome.ACCEPTED]


async def test_no_answer_in_time_means_unknown(carrier: Carrier, fake: FakeTwilio,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio, "ANSWER_SECONDS", 0.3)
    fake.trouble[TO] = "hang"
    (sent,) = await carrier.send([text()])
    assert sent.outcome == Outcome.UNKNOWN


async def test_nobody_listening_means_that_it_was_surely_not_taken(ours: Settings, database: Database) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    carrier = Carrier(replace(ours, twilio_api_url=f"http://127.0.0.1:{port}"), database)
    (sent,) = await carrier.send([text()])
    assert (sent.outcome, sent.reason) == (Outcome.TRY_LATER, Reason.BUSY)
    assert await carrier.check() == ["Twilio cannot be reached."]
    await carrier.close()


async def test_what_twilio_has_is_found_in_its_list(carrier: Carrier, fake: FakeTwilio) -> None:
    fake.trouble[TO] = "drop"
    (sent,) = await carrier.send([text()])
    assert sent.outcome == Outcome.UNKNOWN
    (found,) = await carrier.look_up([text()])
    assert (found.outcome, found.provider_id) == (Outcome.ACCEPTED, fake.messages[0]["sid"])


async def test_what_twilio_has_not_is_sent_again_only_after_a_minute(carrier: Carrier, fake: FakeTwilio,
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    fake.trouble[TO] = "vanish"
    await carrier.send([text()])
    for _ in range(3):
        assert await carrier.look_up([text()]) == []
    assert fake.lookups == 1
    monkeypatch.setattr(twilio, "SURE_SECONDS", 0)
    assert [s.outcome for s in await carrier.look_up([text()])] == [Outcome.TRY_LATER]


async def test_a_twilio_that_never_answers_does_not_hold_up_who_asks(carrier: Carrier, fake: FakeTwilio,
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty texts would wait for their time-outs one after the other, longer than a loop may take."""
    monkeypatch.setattr(twilio, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(twilio, "LOOK_UP_SECONDS", 0.3)
    carrier._client()  # Twilio's own takes longer than that to be imported
    fake.silent = True
    assert await carrier.look_up([text(number) for number in range(50)]) == []
    assert 1 < fake.lookups < 10


async def test_the_same_words_sent_before_are_not_mistaken_for_the_text(carrier: Carrier, fake: FakeTwilio,
                                                                        database: Database) -> None:
    (earlier,) = await carrier.send([text(1)])
    async with database.session() as db:
        await db.execute(insert(Message).values(
            id=1, phone=TO, body=TEXT, segments=1, purpose="answer", priority=0, gateway="twilio",
            status=Status.ACCEPTED, next_at=clock.now(), provider_id=earlier.provider_id, addressed=[], memory={},
            created_at=clock.now()))
    assert await carrier.look_up([text(2)]) == []
    fake.trouble[TO] = "drop"
    await carrier.send([text(3), text(4)])
    found = await carrier.look_up([text(3), text(4), text(5)])
    assert {s.id for s in found} == {3, 4}
    assert {s.provider_id for s in found} == {made["sid"] for made in fake.messages[1:]}


async def test_a_list_that_is_too_short_to_tell_says_so(carrier: Carrier, fake: FakeTwilio) -> None:
    await carrier.send([text(i, body=f"别的 {i}") for i in range(25)])
    assert [s.outcome for s in await carrier.look_up([text(99)])] == [Outcome.UNKNOWN]


async def test_the_settings_are_checked_without_sending(carrier: Carrier, ours: Settings, database: Database,
                                                        fake: FakeTwilio) -> None:
    assert await carrier.check() == []
    fake.account_status = "suspended"
    assert await carrier.check() == ["Twilio says that the account is suspended."]
    assert await Carrier(replace(ours, twilio_from=""), database).check() == ["TWILIO_FROM is missing."]
    wrong = Carrier(replace(ours, twilio_auth_token="not-the-token"), database)
    assert await wrong.check() == ["Twilio refuses TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN (error 20003)."]
    await wrong.close()
    assert fake.messages == []


async def test_no_log_line_names_a_phone_a_text_or_a_secret(carrier: Carrier, fake: FakeTwilio,
                                                            caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for trouble in ("vanish", (400, 21211), (500, 20500), "drop"):
        fake.trouble[TO] = trouble
        await carrier.send([text()])
    await carrier.look_up([text()])
    # The database's driver repeats every value at DEBUG, which no setting of ours turns on.
    said = [record.getMessage() for record in caplog.records if record.name != "aiosqlite"]
    assert "no clear answer from Twilio: ServerDisconnectedError" in said
    assert not any(secret in "\n".join(said) + repr(carrier) for secret in ("1420000", "幼儿园", TOKEN, ACCOUNT))


def test_a_reply_is_read() -> None:
    form = {"MessageSid": "SM" + "1" * 32, "From": TO, "To": "+15005550006", "Body": "报名 23", "NumMedia": "0"}
    read = twilio.read_reply(form, "raw")
    assert (read.phone, read.text, read.provider_id, read.raw) == (TO, "报名 23", "SM" + "1" * 32, "raw")
    assert twilio.read_reply({**form, "Body": ""}, "").text == ""


@pytest.mark.parametrize("change", [{"From": "12345"}, {"From": ""}, {"MessageSid": ""}, {"MessageSid": "S" * 81},
                                    {"Body": None}])
def test_a_reply_that_cannot_be_read_is_unreadable(change: dict[str, str | None]) -> None:
    form = {"MessageSid": "SM" + "1" * 32, "From": TO, "Body": "1", **change}
    with pytest.raises(Unreadable):
        twilio.read_reply({name: value for name, value in form.items() if value is not None}, "")


@pytest.mark.parametrize(("status", "code", "ours", "reason"), [
    ("queued", "", Status.ACCEPTED, ""), ("sent", "", Status.ACCEPTED, ""), ("delivered", "", Status.DELIVERED, ""),
    ("read", "", Status.DELIVERED, ""), ("failed", "30003", Status.FAILED, Reason.OFF),
    ("undelivered", "30005", Status.FAILED, Reason.NO_SUCH_NUMBER),
    ("undelivered", "30006", Status.FAILED, Reason.OTHER),
    ("undelivered", "30007", Status.FAILED, Reason.BLOCKED), ("failed", "21610", Status.FAILED, Reason.OPTED_OUT),
    ("undelivered", "", Status.FAILED, Reason.OTHER), ("canceled", "x", Status.FAILED, Reason.OTHER),
])
def test_a_receipt_is_read(status: str, code: str, ours: Status, reason: str) -> None:
    read = twilio.read_receipt({"MessageSid": "SM" + "1" * 32, "MessageStatus": status, "ErrorCode": code}, "raw")
    assert (read.status, read.reason, read.code, read.provider_id) == (ours, reason, code, "SM" + "1" * 32)


@pytest.mark.parametrize("form", [{"MessageStatus": "delivered"}, {"MessageSid": "SM1"},
                                  {"MessageSid": "SM1", "MessageStatus": "teleported"}])
def test_a_receipt_that_cannot_be_read_is_unreadable(form: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        twilio.read_receipt(form, "")


def test_only_what_twilio_signed_is_genuine(settings: Settings) -> None:
    ours = replace(settings, public_url="https://station.example.org", twilio_auth_token=TOKEN)
    path, form = "/gateway/twilio/receipt?message=41", MultiDict([("From", TO), ("Body", "报名 23"), ("Empty", "")])
    url = ours.public_url + path
    signed = RequestValidator(TOKEN).compute_signature(url, form)
    assert twilio.is_genuine(ours, path, form, signed)
    assert not twilio.is_genuine(ours, path, form, "")
    assert not twilio.is_genuine(ours, path, form, signed[:-2] + "A=")
    assert not twilio.is_genuine(ours, path.replace("41", "42"), form, signed)
    assert not twilio.is_genuine(ours, path, MultiDict([("From", TO), ("Body", "报名 24"), ("Empty", "")]), signed)
    assert not twilio.is_genuine(replace(ours, twilio_auth_token="another"), path, form, signed)
    empty = RequestValidator("").compute_signature(url, form)
    assert not twilio.is_genuine(replace(ours, twilio_auth_token=""), path, form, empty)
