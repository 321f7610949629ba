"""What we say to Kannel, and what its answers mean; against a sendsms service of our own that answers as it is told."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.db import Database
from app.settings import BadSetting, Settings
from app.sms.gateways import _http
from app.sms.gateways.base import Outbound, Outcome, Reason
from app.sms.gateways.kannel import Carrier, status_problems
from tests.sms.gateways.fake_kannel import ACCEPTED, FakeSendsms, sendsms

TO, SECRET, PASSWORD = "+8614200000001", "a-callback-secret-for-tests", "a-sendsms-password-for-tests"
TEXT = "【青龙泉就业站】23号活:幼儿园保洁,明早7点西门集合 😀"
STATUS = ('<?xml version="1.0"?><gateway><status>{running}</status><boxes>{boxes}</boxes><smscs>{ways}</smscs>'
          "</gateway>")
BOX = "<box><type>smsbox</type></box>"
WAY = "<smsc><id>carrier</id><status>{}</status></smsc>"


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
async def fake() -> AsyncIterator[FakeSendsms]:
    async with sendsms() as made:
        yield made


@pytest.fixture
def ours(settings: Settings, fake: FakeSendsms) -> Settings:
    return replace(settings, sms_gateway="kannel", public_url="https://station.example.org", kannel_url=fake.url,
                   kannel_username="doorstep", kannel_password=PASSWORD, kannel_callback_token=SECRET)


@pytest.fixture
async def carrier(ours: Settings, database: Database) -> AsyncIterator[Carrier]:
    made = Carrier(ours, database)
    yield made
    await made.close()


def text(number: int = 41, to: str = TO) -> Outbound:
    return Outbound(number, to, TEXT, 1)


async def test_nothing_but_the_text_and_headers_goes_along(carrier: Carrier, fake: FakeSendsms) -> None:
    (sent,) = await carrier.send([text()])
    assert (sent.id, sent.outcome, sent.provider_id) == (41, Outcome.ACCEPTED, "k-41")
    ((path, headers, body),) = fake.calls
    assert path == "/cgi-bin/sendsms"
    assert body.decode() == TEXT
    assert headers["Content-Type"] == "text/plain; charset=UTF-8"
    said = {name: value for name, value in headers.items() if name.startswith("X-Kannel-")}
    assert said == {
        "X-Kannel-Username": "doorstep", "X-Kannel-Password": PASSWORD, "X-Kannel-To": TO, "X-Kannel-Coding": "2",
        "X-Kannel-DLR-Mask": "27", "X-Kannel-DLR-URL": f"https://station.example.org/gateway/kannel/{SECRET}/receipt"
                                                       "?message=41&status=%d&at=%T&answer=%A&smsc=%i"}


async def test_sender_way_and_callback_are_said_where_they_are_set(ours: Settings, database: Database,
                                                                   fake: FakeSendsms) -> None:
    carrier = Carrier(replace(ours, kannel_from="10690000", kannel_smsc="mobile",
                              kannel_callback_url="http://127.0.0.1:8000"), database)
    await carrier.send([text()])
    await carrier.close()
    headers = fake.calls[0][1]
    assert (headers["X-Kannel-From"], headers["X-Kannel-SMSC"]) == ("10690000", "mobile")
    assert headers["X-Kannel-DLR-URL"].startswith("http://127.0.0.1:8000/gateway/kannel/")


@pytest.mark.parametrize(("answer", "outcome", "reason"), [
    ((202, ACCEPTED), Outcome.ACCEPTED, ""),
    ((202, "3: Queued for later delivery"), Outcome.ACCEPTED, ""),
    ((503, "Temporal failure, try again later."), Outcome.TRY_LATER, Reason.BUSY),
    ((403, "Authorization failed for sendsms"), Outcome.TRY_LATER, Reason.ACCOUNT),
    ((403, "Not routable. Do not try again."), Outcome.REFUSED, Reason.OTHER),
    ((404, "Not found"), Outcome.TRY_LATER, Reason.ACCOUNT),
    ((400, "Number(s) has/have been denied by white- and/or black-lists."), Outcome.REFUSED, Reason.OTHER),
    ((400, "Sender missing and no global set, rejected"), Outcome.TRY_LATER, Reason.ACCOUNT),
    ((400, "DLR-URL field misformed, rejected"), Outcome.TRY_LATER, Reason.ACCOUNT),
    ((400, "Charset or body misformed, rejected"), Outcome.REFUSED, Reason.OTHER),
    ((500, "Sending failed."), Outcome.UNKNOWN, ""),
    ((502, "Bad gateway"), Outcome.UNKNOWN, ""),
    ((200, "<html>a page of somebody else</html>"), Outcome.UNKNOWN, ""),
    ("drop", Outcome.UNKNOWN, ""),
])
async def test_kannels_answers_are_said_in_our_words(carrier: Carrier, fake: FakeSendsms, outcome: Outcome, reason: str,
                                                     answer: tuple[int, str] | str) -> None:
    fake.answer = answer
    (sent,) = await carrier.send([text()])
    assert (sent.outcome, sent.reason) == (outcome, reason)


async def test_many_texts_go_out_several_at_once_and_never_more(carrier: Carrier, fake: FakeSendsms) -> None:
    sent = await carrier.send([text(i + 1, f"+86142{i:08d}") for i in range(50)])
    assert {one.provider_id for one in sent} == {f"k-{i + 1}" for i in range(50)}
    assert 2 < fake.open_most <= carrier.abilities.at_once


async def test_what_kannel_would_cut_off_is_not_handed_over(carrier: Carrier, fake: FakeSendsms) -> None:
    sent = await carrier.send([Outbound(1, TO, "长" * 671, 11), Outbound(2, TO, "长" * 670, 10)])
    assert [(one.outcome, one.reason) for one in sent] == [(Outcome.REFUSED, Reason.TOO_LONG), (Outcome.ACCEPTED, "")]
    assert len(fake.calls) == 1


async def test_no_answer_in_time_means_unknown(carrier: Carrier, fake: FakeSendsms, caplog: pytest.LogCaptureFixture,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(_http, "ANSWER_SECONDS", 0.3)
    fake.answer = "hang"
    (sent,) = await carrier.send([text()])
    assert sent.outcome == Outcome.UNKNOWN
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("doorstep", "aiohttp"))]
    assert ours
    assert not any(secret in said for said in ours for secret in (SECRET, PASSWORD, "14200000001", "幼儿园"))


async def test_nobody_listening_means_that_it_was_surely_not_taken(ours: Settings, database: Database) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    address = f"http://127.0.0.1:{port}"
    carrier = Carrier(replace(ours, kannel_url=address, kannel_status_url=address), database)
    (sent,) = await carrier.send([text()])
    assert (sent.outcome, sent.reason) == (Outcome.TRY_LATER, Reason.BUSY)
    said = " ".join(await carrier.check())
    assert "KANNEL_URL (ClientConnectorError)" in said
    assert "KANNEL_STATUS_URL (ClientConnectorError)" in said
    await carrier.close()


async def test_an_address_that_is_not_sendsms_is_named(carrier: Carrier, fake: FakeSendsms) -> None:
    fake.answer = (400, "Missing receiver(s) number(s), rejected")
    assert await carrier.check() == []
    fake.answer = (200, "hello")
    assert "answers 200" in (await carrier.check())[0]
    assert all(not body for _path, _headers, body in fake.calls)


async def test_a_kannel_elsewhere_needs_an_address_that_it_can_reach(ours: Settings, database: Database) -> None:
    carrier = Carrier(replace(ours, kannel_url="http://kannel.example:1", kannel_callback_url="http://127.0.0.1:8000"),
                      database)
    assert "address of this machine" in (await carrier.check())[0]
    await carrier.close()


@pytest.mark.parametrize("name", ["kannel_username", "kannel_password", "kannel_callback_token"])
def test_without_user_password_or_secret_nothing_starts(settings: Settings, database: Database, name: str) -> None:
    whole = replace(settings, kannel_username="a", kannel_password="b", kannel_callback_token=SECRET)
    with pytest.raises(BadSetting, match=name.upper()):
        Carrier(replace(whole, **{name: ""}), database)  # type: ignore[arg-type]  # each of the three is a text


@pytest.mark.parametrize(("page", "said"), [
    (STATUS.format(running="running, uptime 1d", boxes=BOX, ways=WAY.format("online 9s")), []),
    (STATUS.format(running="suspended, uptime 1d", boxes=BOX, ways=WAY.format("online 9s")), ["is not running"]),
    (STATUS.format(running="running", boxes="", ways=WAY.format("online 9s")), ["No smsbox"]),
    (STATUS.format(running="running", boxes=BOX, ways=""), ["no smsc group"]),
    (STATUS.format(running="running", boxes=BOX, ways=WAY.format("dead")), ["carrier is not online: it is dead"]),
    ('<?xml version="1.0"?><gateway>Denied</gateway>', ["KANNEL_STATUS_PASSWORD"]),
    ("<html><p>hello", ["does not lead to"]), ("", ["does not lead to"]),
])
def test_the_status_page_is_said_in_plain_words(page: str, said: list[str]) -> None:
    problems = status_problems(page)
    assert len(problems) == len(said)
    assert all(part in problem for part, problem in zip(said, problems, strict=True))


def test_a_way_that_kannel_does_not_have_is_named() -> None:
    page = STATUS.format(running="running", boxes=BOX, ways=WAY.format("online 9s"))
    assert "KANNEL_SMSC=mobile" in status_problems(page, "mobile")[0]
    assert status_problems(page, "carrier") == []
