"""What Cloud MAS pushes: it signs nothing, so the address holds a secret; everything may come twice."""

import json
import logging
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import insert, select

from app import clock
from app.db import Database
from app.settings import Settings
from app.sms import receipts
from app.sms.arrivals import Inbound, UnreadableCall
from app.sms.inbox import Inbox
from app.sms.outbox import Message, Receipt, Status
from tests.near import near
from tests.routes.conftest import Caller, app_on, rows
from tests.routes.gateway_acts import WANG, applied, text_left

SECRET, HERE = "a-secret-part-of-an-address", "10.1.2.3"
REPLY, RECEIPT = f"/gateway/cloudmas/{SECRET}/reply", f"/gateway/cloudmas/{SECRET}/receipt"


def ours(settings: Settings) -> Settings:
    return replace(settings, sms_gateway="cloudmas", cloudmas_callback_token=SECRET,
                   cloudmas_service_code="10657529", cloudmas_callback_ips=(ip_network("10.1.0.0/16"),))


@pytest.fixture
async def caller(database_url: str, settings: Settings) -> AsyncIterator[Caller]:
    async with near(app_on(database_url, ours(settings)), address=HERE) as opened:
        yield opened


def reply(**change: Any) -> dict[str, Any]:
    return {"mobile": "14200000001", "smsContent": "报名 23", "sendTime": "2026-11-27 15:58:36",
            "addSerial": "1065752910023", **change}


def report(**change: Any) -> dict[str, Any]:
    return {"reportStatus": "DELIVRD", "mobile": "14200000001", "submitDate": "20261127155836", "errorCode": "DELIVRD",
            "receiveDate": "20261127245836", "msgGroup": "0906144506000001364223", **change}


async def push(caller: Caller, path: str, said: Any) -> Response:
    return await caller.post(path, content=json.dumps(said), headers={"Content-Type": "application/json"})


async def nothing_was_kept(database: Database) -> bool:
    return not any([await rows(database, select(table)) for table in (Inbound, Receipt, UnreadableCall)])


async def test_a_reply_is_kept_and_nothing_is_said(caller: Caller, database: Database) -> None:
    answer = await push(caller, REPLY, reply())
    assert (answer.status_code, answer.text) == (200, "")
    (kept,) = await rows(database, select(Inbound))
    assert (kept.gateway, kept.phone, kept.text, kept.extension) == ("cloudmas", WANG, "报名 23", "10023")
    assert json.loads(kept.raw) == reply()


async def test_several_replies_in_base64_are_kept_in_their_order(caller: Caller, database: Database) -> None:
    several = [reply(), reply(mobile="14200000002", smsContent="退订"), reply(mobile="14200000003", addSerial="")]
    answer = await caller.post(REPLY, content=b64encode(json.dumps(several).encode()))
    assert answer.status_code == 200
    kept = await rows(database, select(Inbound).order_by(Inbound.id))
    assert [(one.phone[-1], one.text, one.extension) for one in kept] == [
        ("1", "报名 23", "10023"), ("2", "退订", "10023"), ("3", "报名 23", None)]


async def test_the_same_reply_come_again_is_answered_once_however_late(caller: Caller, database: Database) -> None:
    said = [reply(), reply(smsContent="别的", sendTime="2026-11-27 15:58:40"), reply(), reply(sendTime="later")]
    for one in said:
        assert (await push(caller, REPLY, one)).status_code == 200
    while await Inbox(database).answer_once():
        pass
    states = [row.state for row in await rows(database, select(Inbound).order_by(Inbound.id))]
    assert [state == "duplicate" for state in states] == [False, False, True, False]


@pytest.mark.parametrize("path", [REPLY, RECEIPT])
async def test_a_wrong_secret_and_a_wrong_address_are_refused(database_url: str, settings: Settings, database: Database,
                                                              path: str) -> None:
    said = {**reply(), **report()}
    async with near(app_on(database_url, ours(settings)), address=HERE) as caller:
        for wrong in ("another-secret-of-the-same", SECRET[:-1], SECRET + "x", "%E5%AF%86", "x"):
            assert (await push(caller, path.replace(SECRET, wrong), said)).status_code == 404
    async with near(app_on(database_url, ours(settings)), address="10.2.0.1") as caller:
        assert (await push(caller, path, said)).status_code == 403
        assert (await push(caller, path.replace(SECRET, "x" * 20), said)).status_code == 404
    assert await nothing_was_kept(database)


@pytest.mark.parametrize(("address", "status"), [("::ffff:10.1.2.3", 200), ("::1", 403), ("testclient", 403)])
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_an_address_counts_in_whichever_way_it_is_written(database_url: str, settings: Settings, address: str,
                                                                status: int) -> None:
    async with near(app_on(database_url, ours(settings)), address=address) as caller:
        assert (await push(caller, RECEIPT, report())).status_code == status


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_without_a_secret_there_is_no_such_address(database_url: str, settings: Settings) -> None:
    async with near(app_on(database_url, replace(ours(settings), cloudmas_callback_token="")), address=HERE) as caller:
        for path in (REPLY, RECEIPT, "/gateway/cloudmas//reply", "/gateway/cloudmas/%20/reply"):
            assert (await push(caller, path, reply())).status_code == 404


async def test_receipts_move_a_text_forward_and_repeats_do_no_harm(caller: Caller, database: Database) -> None:
    await text_left(database, "cloudmas", Status.ACCEPTED, "14200000001:0906144506000001364223")
    for status in ("ACCEPTD", "DELIVRD", "DELIVRD", "MK:0001"):
        assert (await push(caller, RECEIPT, [report(reportStatus=status)])).status_code == 200
    assert (await applied(database)).status == Status.DELIVERED
    assert len(await rows(database, select(Receipt))) == 4


async def test_the_platforms_own_word_for_receipts_works_as_well(caller: Caller, database: Database) -> None:
    await text_left(database, "cloudmas", Status.ACCEPTED, "14200000001:0906144506000001364223")
    assert (await push(caller, RECEIPT.replace("/receipt", "/report"), report())).status_code == 200
    assert (await applied(database)).status == Status.DELIVERED


async def test_a_failure_is_said_in_our_words_with_the_code_beside_it(caller: Caller, database: Database) -> None:
    await text_left(database, "cloudmas", Status.ACCEPTED, "14200000001:0906144506000001364223")
    await push(caller, RECEIPT, report(reportStatus="MBBLACK", errorCode="MBBLACK"))
    message = await applied(database)
    assert (message.status, message.reason) == (Status.FAILED, "opted_out")
    assert [one.code for one in await rows(database, select(Receipt))] == ["MBBLACK"]


@pytest.mark.parametrize(("minutes", "ids", "becomes"), [
    (0, [41], "delivered"), (-9, [41], "delivered"), (-11, [41], "unknown"), (3, [41], "unknown"),
    (0, [41, 42], "unknown"),
])
async def test_a_receipt_settles_a_text_of_which_nobody_knew_whether_it_was_taken(
        caller: Caller, database: Database, minutes: int, ids: list[int], becomes: str) -> None:
    now = clock.now()
    async with database.session() as db:
        await db.execute(insert(Message), [{
            "id": one, "phone": WANG, "body": "您好", "segments": 1, "purpose": "answer", "priority": 0,
            "gateway": "cloudmas", "status": Status.UNKNOWN, "next_at": now, "sent_at": now, "addressed": [],
            "memory": {}, "created_at": now} for one in ids])
    submitted = f"{clock.local(now + timedelta(minutes=minutes)):%Y%m%d%H%M%S}"
    said = [report(submitDate=submitted), report(submitDate="20261127244506"), report(mobile="14200000002")]
    assert (await push(caller, RECEIPT, said[:1])).status_code == 200
    assert (await push(caller, RECEIPT, said[1:])).status_code == 200
    async with database.session() as db:
        await receipts.apply_kept(db)
    assert [one.status for one in await rows(database, select(Message))] == [becomes] * len(ids)


@pytest.mark.parametrize(("path", "body"), [
    (REPLY, "嗯"), (REPLY, "{}"), (REPLY, json.dumps(report())), (RECEIPT, json.dumps([report(mobile="110")])),
    (RECEIPT, "[1]"), (RECEIPT, "\x00"),
])
async def test_what_cannot_be_read_is_kept_without_the_secret(caller: Caller, database: Database, path: str,
                                                              body: str) -> None:
    answer = await caller.post(path, content=body.encode())
    assert answer.status_code == 400
    (kept,) = await rows(database, select(UnreadableCall))
    assert (kept.gateway, kept.kind) == ("cloudmas", {REPLY: "reply", RECEIPT: "receipt"}[path])
    assert SECRET not in kept.raw + kept.problem + answer.text


async def test_the_bad_part_of_a_call_is_kept_and_the_rest_counts(caller: Caller, database: Database) -> None:
    assert (await push(caller, RECEIPT, [report(), report(mobile="")])).status_code == 200
    assert len(await rows(database, select(Receipt))) == 1
    (kept,) = await rows(database, select(UnreadableCall))
    assert json.loads(kept.raw) == report(mobile="")
    assert (await push(caller, RECEIPT, [])).status_code == 200


async def test_a_call_that_could_not_be_kept_leaves_nothing_when_it_comes_again(
        caller: Caller, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("broken")

    many = [report(), *(report(mobile=odd) for odd in ("", None, "110"))]
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(receipts, "keep", broken)
        assert (await push(caller, RECEIPT, many)).status_code == 500
    assert await nothing_was_kept(database)
    assert (await push(caller, RECEIPT, many)).status_code == 200
    assert len(await rows(database, select(UnreadableCall))) == 3


@pytest.mark.parametrize("engine", ["postgresql"])  # which takes so many values in a statement and no more
async def test_a_push_of_tens_of_thousands(caller: Caller, database: Database) -> None:
    many = [report(mobile=str(14200000000 + number)) for number in range(33_000)]
    assert (await push(caller, RECEIPT, many)).status_code == 200
    assert len(await rows(database, select(Receipt.id))) == 33_000


async def test_a_push_about_thousands_of_numbers(caller: Caller, database: Database) -> None:
    numbers = [str(14200000000 + number) for number in range(5000)]
    assert (await push(caller, RECEIPT, [report(mobile=numbers), None])).status_code == 200
    kept = await rows(database, select(Receipt))
    assert len(kept) == 5000
    assert sum(len(one.raw) for one in kept) < 5000 * 300
    assert len(await rows(database, select(UnreadableCall))) == 1


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_secret_stands_in_no_log_even_when_something_breaks(
        caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("broken")

    caplog.set_level(logging.DEBUG, logger="doorstep")
    monkeypatch.setattr(receipts, "keep", broken)
    answer = await push(caller, RECEIPT, report())
    assert answer.status_code == 500
    # Without the lines of whoever calls here, which are the test's own.
    said = "".join(caplog.handler.format(record) for record in caplog.records if record.name != "httpx")
    assert "/gateway/cloudmas/{token}/receipt" in said
    assert SECRET not in said + answer.text
    assert "1420000" not in said
