"""A simulated phone texts us, and reads what it got."""

import asyncio
import sqlite3
from dataclasses import replace
from typing import Any
from unittest.mock import AsyncMock

import pytest
from sqlalchemy import select

from app import db
from app.db import Database
from app.main import create_app
from app.settings import Settings
from app.sms.arrivals import Inbound, UnreadableCall
from app.sms.gateways.base import Outbound
from app.sms.gateways.simulator import Carrier
from tests.near import near
from tests.routes.conftest import Caller, rows

WANG, LI = "+8614200000001", "+8614200000002"
REPLY, MESSAGES = "/gateway/simulator/reply", "/gateway/simulator/messages"


async def deliver(database: Database, *texts: Outbound, faults: str = "") -> None:
    await Carrier(replace(database.settings, simulator_faults=faults), database).send(texts)


async def test_a_text_is_kept_and_answered_with_its_id(caller: Caller, database: Database) -> None:
    answer = await caller.post(REPLY, json={"from": "142 0000-0001", "text": "报名 23", "id": "abc"})
    assert answer.status_code == 202
    (kept,) = await rows(database, select(Inbound))
    assert answer.json() == {"id": kept.id}
    assert (kept.phone, kept.text, kept.provider_id, kept.gateway) == (WANG, "报名 23", "abc", "simulator")
    assert '"id"' in kept.raw


@pytest.mark.parametrize("text", ["", "活" * 10_000, "😀👍🏽", "a\nb"])
async def test_any_text_is_a_text(caller: Caller, database: Database, text: str) -> None:
    assert (await caller.post(REPLY, json={"from": WANG, "text": text})).status_code == 202
    assert [row.text for row in await rows(database, select(Inbound))] == [text]


async def test_characters_that_no_database_takes_are_left_out(caller: Caller, database: Database) -> None:
    body = r'{"from": "14200000001", "text": "报\u0000名\ud83d 23\ud83d\ude00", "id": "a\u0000b"}'
    assert (await caller.post(REPLY, content=body)).status_code == 202
    (kept,) = await rows(database, select(Inbound))
    assert kept.text == "报名� 23😀"
    assert kept.raw == body


@pytest.mark.parametrize("body", [
    b"", b"[]", b"null", b"{", b'{"from": "14200000001"}', b'{"text": "1"}', b'{"from": "123", "text": "1"}',
    b'{"from": 14200000001, "text": "1"}', b'{"from": "14200000001", "text": 1}',
    b'{"from": "14200000001", "text": null}', b'{"from": "14200000001", "text": "1", "id": []}',
    b'{"from": "14200000001", "text": "1", "id": "' + b"x" * 81 + b'"}', b"\xff\xfe\x00{", b"[" * 100_000,
    b'{"from": "14200000001", "text": "\x00"}',
])
async def test_a_call_that_cannot_be_read_is_kept_and_refused_in_a_sentence(caller: Caller, database: Database,
                                                                            body: bytes) -> None:
    answer = await caller.post(REPLY, content=body)
    assert answer.status_code == 400
    (kept,) = await rows(database, select(UnreadableCall))
    assert (kept.gateway, kept.kind, answer.json()) == ("simulator", "reply", {"error": kept.problem})
    assert kept.raw[:10] == body.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")[:10]
    assert await rows(database, select(Inbound)) == []


async def test_a_huge_call_is_refused(caller: Caller) -> None:
    answer = await caller.post(REPLY, json={"from": WANG, "text": "x" * 2_000_000})
    assert answer.status_code == 413
    assert answer.json()["error"]


async def test_a_phone_reads_what_it_got(caller: Caller, database: Database) -> None:
    await deliver(database, Outbound(1, WANG, "一", 1), Outbound(2, LI, "二" * 71, 2), Outbound(3, WANG, "三", 1))
    mine = (await caller.get(MESSAGES, params={"to": "142-0000-0001"})).json()
    assert [(row["to"], row["text"], row["segments"]) for row in mine] == [(WANG, "一", 1), (WANG, "三", 1)]
    assert set(mine[0]) == {"id", "to", "text", "segments", "at"}
    assert mine[0]["at"].endswith("+00:00")
    later = (await caller.get(MESSAGES, params={"to": WANG, "after": mine[0]["id"]})).json()
    assert [row["text"] for row in later] == ["三"]
    assert [row["segments"] for row in (await caller.get(MESSAGES)).json()] == [1, 2, 1]


async def test_a_plus_that_was_not_encoded_is_understood(caller: Caller, database: Database) -> None:
    await deliver(database, Outbound(1, WANG, "一", 1))
    assert len((await caller.get(f"{MESSAGES}?to={WANG}")).json()) == 1


async def test_a_text_that_was_handed_over_twice_says_so(caller: Caller, database: Database) -> None:
    await deliver(database, Outbound(1, WANG, "一", 1))
    await deliver(database, Outbound(1, WANG, "一", 1))
    assert [row["repeats"] for row in (await caller.get(MESSAGES)).json()] == [1]


async def test_a_text_that_got_lost_is_on_no_phone(caller: Caller, database: Database) -> None:
    await deliver(database, Outbound(1, WANG, "一", 1), faults="lose=1")
    assert (await caller.get(MESSAGES)).json() == []


async def test_a_thousand_at_a_time(caller: Caller, database: Database) -> None:
    for first in (0, 500, 1000):
        await deliver(database, *(Outbound(i, WANG, "一", 1) for i in range(first, first + 500)))
    first_page = (await caller.get(MESSAGES)).json()
    second = (await caller.get(MESSAGES, params={"after": first_page[-1]["id"]})).json()
    assert (len(first_page), len(second)) == (1000, 500)


@pytest.mark.parametrize("asked", [{"to": "123"}, {"to": "0851-7221234"}, {"after": "x"}, {"after": "-1"},
                                   {"after": "9" * 19}])
async def test_a_question_that_makes_no_sense_is_refused(caller: Caller, asked: dict[str, str]) -> None:
    answer = await caller.get(MESSAGES, params=asked)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(next(iter(asked)))


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_with_a_real_carrier_there_are_no_simulated_phones(database: Database, database_url: str,
                                                                     settings: Settings) -> None:
    made = create_app(replace(settings, database_url=database_url, sms_gateway="twilio"), dispatch=False)
    async with near(made) as caller:
        answers: list[Any] = [await caller.post(REPLY, json={"from": WANG, "text": "1"}), await caller.get(MESSAGES),
                              await caller.get("/phones")]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert await rows(database, select(Inbound)) == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_while_the_database_is_locked_the_provider_is_asked_to_call_again(
        database: Database, database_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "BUSY_SECONDS", 1)
    made = create_app(replace(settings, database_url=database_url), dispatch=False)
    async with near(made) as caller:
        lock = sqlite3.connect(database_url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        call = {"from": WANG, "text": "报名 23", "id": "1"}
        answers = await asyncio.gather(caller.post(REPLY, json=call), caller.post(REPLY, content=b"{"))
        lock.close()
        assert [answer.status_code for answer in answers] == [503, 503]
        assert all(answer.headers["retry-after"] and answer.json()["error"] for answer in answers)
        assert (await caller.post(REPLY, json=call)).status_code == 202
        assert len(await rows(database, select(Inbound))) == 1


async def test_a_bug_of_ours_is_logged_without_the_text(caller: Caller, monkeypatch: pytest.MonkeyPatch,
                                                        caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(caller.app.state.inbox, "receive", AsyncMock(side_effect=RuntimeError("报名 23 from 142...")))
    answer = await caller.post(REPLY, json={"from": WANG, "text": "报名 23"})
    assert (answer.status_code, list(answer.json())) == (500, ["error"])
    assert "failed: POST /gateway/simulator/reply" in caplog.text
    assert not any(secret in caplog.text for secret in ("报名", "142"))
