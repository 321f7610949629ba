"""Kannel calls: only who knows the secret and calls from the right place counts, and everything may come twice."""

import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from ipaddress import ip_network
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from app.db import Database
from app.settings import Settings
from app.sms.arrivals import Inbound, UnreadableCall
from app.sms.inbox import Inbox
from app.sms.outbox import Message, Receipt, Status
from tests.near import near
from tests.routes.conftest import Caller, app_on, rows
from tests.routes.gateway_acts import WANG, applied, text_left

SECRET = "a-callback-secret-for-tests"
UUID = "84fb022e-a3d8-4920-b782-675e72e8d734"
REPLY, RECEIPT = f"/gateway/kannel/{SECRET}/reply", f"/gateway/kannel/{SECRET}/receipt"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, sms_gateway="kannel", kannel_username="doorstep", kannel_password="a-password",
                   kannel_callback_token=SECRET)


@pytest.fixture
async def caller(database_url: str, settings: Settings) -> AsyncIterator[Caller]:
    async with near(app_on(database_url, settings)) as opened:
        yield opened


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """What the gateway's routes log, formatted; the application sets up logging anew, so that caplog sees none."""
    kept = _Kept()
    logging.getLogger("doorstep.gateway").addHandler(kept)
    yield kept.lines
    logging.getLogger("doorstep.gateway").removeHandler(kept)


def reply(**change: str) -> str:
    return "?" + urlencode({"id": UUID, "from": WANG, "to": "10690000", "text": "报名 23", "ts": "1795811695",
                            "smsc": "carrier", "coding": "0", "charset": "UTF-8", **change})


def receipt(status: int, answer: str = "", message: str = "41") -> str:
    return "?" + urlencode({"message": message, "status": status, "at": "1795811693", "answer": answer,
                            "smsc": "carrier"})


async def test_a_reply_is_kept_and_kannel_has_nothing_to_say(caller: Caller, database: Database) -> None:
    answer = await caller.get(REPLY + reply())
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/plain")
    (kept,) = await rows(database, select(Inbound))
    assert (kept.phone, kept.text, kept.provider_id, kept.gateway) == (WANG, "报名 23", UUID, "kannel")
    assert kept.raw == reply()[1:]
    assert SECRET not in kept.raw


async def test_a_repeated_reply_is_safe(caller: Caller, database: Database) -> None:
    for _ in range(2):
        assert (await caller.get(REPLY + reply())).status_code == 200
    while await Inbox(database).answer_once():
        pass
    states = [row.state for row in await rows(database, select(Inbound).order_by(Inbound.id))]
    assert states[0] != "duplicate"
    assert states[1:] in ([], ["duplicate"])


async def test_who_sends_an_identity_number_has_it_sealed_in_the_raw_call_too(caller: Caller,
                                                                              database: Database) -> None:
    await caller.get(REPLY + reply(text="11010519491231002X"))
    (kept,) = await rows(database, select(Inbound))
    assert "11010519491231002X" not in kept.raw + kept.text
    assert kept.sealed


@pytest.mark.parametrize("secret", ["another-secret-for-tests", SECRET + "x", SECRET[:-1], "密", "%00", "%ff"])
async def test_without_the_secret_there_is_nothing_here(caller: Caller, database: Database, secret: str,
                                                        logged: list[str]) -> None:
    for call in ("reply" + reply(), "receipt" + receipt(1)):
        answer = await caller.get(f"/gateway/kannel/{secret}/{call}")
        assert answer.status_code == 404
        assert WANG not in answer.text
        assert secret not in answer.text
    for table in (Inbound, Receipt, UnreadableCall):
        assert await rows(database, select(table)) == []
    assert logged == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_from_another_address_there_is_nothing_here_either(database_url: str, settings: Settings) -> None:
    elsewhere = replace(settings, kannel_allowed=(ip_network("10.0.0.0/24"),))
    async with near(app_on(database_url, elsewhere)) as caller:
        assert (await caller.get(REPLY + reply())).status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_without_a_secret_of_our_own_nothing_is_taken_for_kannels(database_url: str, settings: Settings) -> None:
    async with near(app_on(database_url, replace(settings, kannel_callback_token=""))) as caller:
        assert (await caller.get("/gateway/kannel//reply" + reply())).status_code == 404
        assert (await caller.get("/gateway/kannel/x/reply" + reply())).status_code == 404


@pytest.mark.parametrize(("path", "query"), [
    (REPLY, reply(**{"from": "10086"})), (REPLY, reply(charset="8-BIT")), (REPLY, ""),
    (RECEIPT, receipt(0)), (RECEIPT, receipt(1, message="k-41")), (RECEIPT, ""),
])
async def test_a_call_that_cannot_be_read_is_refused_and_kept_once_however_often_it_comes(
        caller: Caller, database: Database, path: str, query: str) -> None:
    for _ in range(3):
        answer = await caller.get(path + query)
        assert answer.status_code == 400
        assert answer.json()["error"]
    (kept,) = await rows(database, select(UnreadableCall))
    assert (kept.gateway, kept.kind) == ("kannel", path.rsplit("/", 1)[1])
    assert kept.raw == query[1:]


@pytest.mark.parametrize("query", ["?from=%2B8614200000001&text=%E6%8A%A5%E5%90%8D+23",
                                   "?id=&from=14200000001&to=&text=%E6%8A%A5%E5%90%8D+23&ts=&smsc=&coding=&charset="])
async def test_a_reply_needs_no_more_than_who_and_what(caller: Caller, database: Database, query: str) -> None:
    assert (await caller.get(REPLY + query)).status_code == 200
    (kept,) = await rows(database, select(Inbound))
    assert (kept.phone, kept.text, kept.provider_id) == (WANG, "报名 23", None)


async def test_a_receipt_needs_no_more_than_whose_and_what_became_of_it(caller: Caller, database: Database) -> None:
    await text_left(database, "kannel", Status.ACCEPTED, "k-41")
    assert (await caller.get(RECEIPT + "?message=41&status=2")).status_code == 200
    assert (await applied(database)).status == Status.FAILED


async def test_receipts_move_a_text_forward_in_any_order_and_number(caller: Caller, database: Database) -> None:
    await text_left(database, "kannel", Status.ACCEPTED, "k-41")
    for kind in (8, 1, 1, 4, 8):
        assert (await caller.get(RECEIPT + receipt(kind))).status_code == 200
    assert (await applied(database)).status == Status.DELIVERED
    assert len(await rows(database, select(Receipt))) == 5


async def test_a_failure_is_said_in_our_words(caller: Caller, database: Database) -> None:
    await text_left(database, "kannel", Status.ACCEPTED, "k-41")
    await caller.get(RECEIPT + receipt(16, "NACK/0x0000000b/Invalid Destination Address"))
    message = await applied(database)
    assert (message.status, message.reason) == (Status.FAILED, "no_such_number")
    (kept,) = await rows(database, select(Receipt))
    assert SECRET not in kept.raw


@pytest.mark.parametrize(("kind", "status"), [(8, Status.ACCEPTED), (1, Status.DELIVERED), (2, Status.FAILED)])
async def test_a_receipt_finds_a_text_that_kannel_perhaps_had(caller: Caller, database: Database, kind: int,
                                                              status: Status) -> None:
    await text_left(database, "kannel", Status.UNKNOWN, None)
    await caller.get(RECEIPT + receipt(kind))
    message = await applied(database)
    assert (message.status, message.provider_id) == (status, "k-41")


async def test_a_receipt_that_comes_before_our_own_note_waits_for_it(caller: Caller, database: Database) -> None:
    await text_left(database, "kannel", Status.SENDING, None)
    await caller.get(RECEIPT + receipt(1))
    assert (await applied(database)).status == Status.SENDING
    async with database.session() as db:
        message = (await db.scalars(select(Message))).one()
        message.status, message.provider_id = Status.ACCEPTED, "k-41"
    assert (await applied(database)).status == Status.DELIVERED


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_trouble_of_ours_is_logged_without_the_address(database_url: str, settings: Settings,
                                                             monkeypatch: pytest.MonkeyPatch,
                                                             logged: list[str]) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError(WANG)

    monkeypatch.setattr(Inbox, "receive", broken)
    async with near(app_on(database_url, settings)) as caller:
        assert (await caller.get(REPLY + reply())).status_code == 500
    (said,) = logged
    assert said.startswith("failed: GET /gateway/kannel/{token")
    assert not any(secret in said for secret in (SECRET, "14200000001", "报名"))
