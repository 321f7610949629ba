"""Cloud MAS against a platform of our own: what goes together, what each answer means, what never leaves."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from app import clock
from app.db import Database
from app.settings import Settings
from app.sms.dispatch import Dispatch
from app.sms.gateways import _cloudmas_calls as calls
from app.sms.gateways import _http, cloudmas
from app.sms.gateways._cloudmas_calls import Call
from app.sms.gateways.base import Made, Outbound, Outcome, Poll, Reason
from app.sms.gateways.cloudmas import Carrier
from app.sms.inbox import Inbox
from app.sms.outbox import Message
from tests.sms.gateways import fake_cloudmas
from tests.sms.gateways.fake_cloudmas import ACCOUNT, NAME, SECRET, SIGN, TEMPLATE, FakeCloudMas

TO = "+8614200000001"
TEXT = "【青龙泉就业站】23号活:幼儿园保洁,明早7点西门集合"
BARE = TEXT.removeprefix("【青龙泉就业站】")


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
async def fake() -> AsyncIterator[FakeCloudMas]:
    async with fake_cloudmas.running() as made:
        yield made


def account(settings: Settings, fake: FakeCloudMas, **change: Any) -> Settings:
    return replace(settings, **{
        "sms_gateway": "cloudmas", "cloudmas_url": fake.url(), "cloudmas_ec_name": NAME, "cloudmas_ap_id": ACCOUNT,
        "cloudmas_secret_key": SECRET, "cloudmas_sign": SIGN, "cloudmas_callback_token": "a-secret-part-of-an-address",
        "cloudmas_service_code": "10657529", **change})


@pytest.fixture
async def carrier(settings: Settings, database: Database, fake: FakeCloudMas) -> AsyncIterator[Carrier]:
    made = Carrier(account(settings, fake), database)
    yield made
    await made.close()


def text(number: int = 1, to: str = TO, body: str = TEXT, extension: str = "") -> Outbound:
    return Outbound(number, to, body, 1, extension=extension)


def many(count: int, body: str = TEXT, start: int = 1) -> list[Outbound]:
    return [text(i, f"+86142{i:08d}", body.format(i)) for i in range(start, start + count)]


def known(mode: str = "free", serial: str = "00123") -> Settings:
    return Settings(cloudmas_ec_name="示例社区就业服务站", cloudmas_ap_id="demoapp", cloudmas_secret_key="demo-secret",
                    cloudmas_sign="DemoSign1", cloudmas_add_serial=serial, cloudmas_mode=mode,
                    cloudmas_template_id="tpl0001")


@pytest.mark.parametrize(("serial", "mac"), [("00123", "87752f2b894bb99efa58d9b65fb0f981"),
                                             ("", "e90643a53dd969366ae0dc56d5d74096")])
def test_the_known_answer_of_one_text_for_two_numbers(serial: str, mac: str) -> None:
    words = "明早7点幼儿园保洁缺2人,80元/天,回1报名"
    said = calls.said_in(Call((text(1, "+8613800000001", words), text(2, "+8613800000002", words)), ""),
                         known(serial=serial))
    assert said == {"ecName": "示例社区就业服务站", "apId": "demoapp", "mobiles": "13800000001,13800000002",
                    "content": words, "sign": "DemoSign1", "addSerial": serial, "mac": mac}


def test_the_known_answer_of_a_text_for_each_number() -> None:
    said = calls.said_in(Call((text(1, "+8613800000001", "张*芬,您的积分余额45分"),
                               text(2, "+8613800000002", "李*,您已报名3号")), ""), known())
    assert said["mobiles"] == ""
    assert said["content"] == '{"13800000001":"张*芬,您的积分余额45分","13800000002":"李*,您已报名3号"}'
    assert said["mac"] == "90a0dd25497d9efe26107dcef24a3e3c"


def test_the_known_answer_of_a_template() -> None:
    settings = known("template")
    given = calls.mac(settings, "tpl0001", "13800000001,13800000002", '["周三","7点"]', "DemoSign1", "00123")
    assert given == "99c4aa480a4eb1ec8acbb73edbb828a7"
    said = calls.said_in(Call((text(1, "+8613800000001", "周三"),), ""), settings)
    assert list(said) == ["ecName", "apId", "templateId", "mobiles", "params", "sign", "addSerial", "mac"]
    assert said["params"] == '["周三"]'
    assert said["mac"] == calls.mac(settings, "tpl0001", "13800000001", '["周三"]', "DemoSign1", "00123")


async def test_a_text_goes_out_without_our_signature_and_with_an_extension_field(carrier: Carrier,
                                                                                 fake: FakeCloudMas) -> None:
    (sent,) = await carrier.send([text(41)])
    (taken,) = fake.taken
    assert (sent.id, sent.outcome, sent.provider_id) == (41, Outcome.ACCEPTED, f"14200000001:{taken.group}")
    assert (taken.mobile, taken.text, taken.serial) == ("14200000001", BARE, "")
    assert not fake.told_the_secret


async def test_only_the_configured_signature_comes_off_and_only_once(carrier: Carrier, fake: FakeCloudMas) -> None:
    bodies = [TEXT, "【青龙泉就业站】" + TEXT, "【别的站】活", "看【青龙泉就业站】"]
    await carrier.send([text(i, f"+861420000000{i}", body) for i, body in enumerate(bodies)])
    assert [one.text for one in sorted(fake.taken, key=lambda one: one.mobile)] == [
        BARE, TEXT, "【别的站】活", "看【青龙泉就业站】"]


async def test_texts_alike_share_a_call_and_the_rest_another(carrier: Carrier, fake: FakeCloudMas) -> None:
    sent = await carrier.send([*many(3), *many(2, "{}号,您好", start=4), text(9, "+8614200000009", "别的")])
    assert {one.outcome for one in sent} == {Outcome.ACCEPTED}
    assert len({one.provider_id for one in sent}) == 6
    assert sorted(len(call["mobiles"]) for call in fake.calls) == [0, 35]
    (each,) = [call for call in fake.calls if not call["mobiles"]]
    assert json.loads(each["content"]) == {"14200000004": "4号,您好", "14200000005": "5号,您好", "14200000009": "别的"}


async def test_five_thousand_alike_are_one_call_and_as_many_different_are_six(carrier: Carrier,
                                                                             fake: FakeCloudMas) -> None:
    sent = await carrier.send(many(5000))
    assert len(fake.calls) == 1
    assert [one.outcome for one in sent] == [Outcome.ACCEPTED] * 5000
    sent = await carrier.send(many(5000, "【青龙泉就业站】{}号,您好"))
    assert len(fake.calls) == 7
    assert {one.outcome for one in sent} == {Outcome.ACCEPTED}
    assert len(fake.taken) == 10_000
    assert fake.open_most <= 4


async def test_many_small_groups_share_calls(carrier: Carrier, fake: FakeCloudMas) -> None:
    pairs = [text(i, f"+86142{i:08d}", f"{i // 2}栋,您好") for i in range(2000)]
    await carrier.send(pairs)
    assert len(fake.calls) <= calls.MOST_OWN + 3
    assert {(one.mobile, one.text) for one in fake.taken} == {(one.phone[3:], one.text) for one in pairs}


async def test_a_number_stands_once_in_a_call(carrier: Carrier, fake: FakeCloudMas) -> None:
    sent = await carrier.send([text(1), text(2), text(3, body="别的"), text(4, body="还有"), text(5, body="别的")])
    assert len({one.provider_id for one in sent}) == 5
    assert [len({one.mobile for one in fake.taken if one.group == group})
            for group in {one.group for one in fake.taken}] == [1] * 5


async def test_each_extension_has_its_own_calls(settings: Settings, database: Database, fake: FakeCloudMas) -> None:
    texts = [text(1, extension="10023"), text(2, "+8614200000002", extension="90000"),
             text(3, "+8614200000003", extension="10023")]
    for allowed, serials in ((True, ["2210023", "2210023", "2290000"]), (False, ["22", "22", "22"])):
        carrier = Carrier(account(settings, fake, cloudmas_extensions=allowed, cloudmas_add_serial="22"), database)
        fake.taken.clear()
        await carrier.send(texts)
        assert sorted(one.serial for one in fake.taken) == serials
        await carrier.close()


async def test_a_template_account_gets_the_text_as_the_one_value(settings: Settings, database: Database,
                                                                 fake: FakeCloudMas) -> None:
    carrier = Carrier(account(settings, fake, cloudmas_url=fake.url("tmpsubmit"), cloudmas_mode="template",
                              cloudmas_template_id=TEMPLATE), database)
    sent = await carrier.send([*many(3), text(9, "+8614200000009", '他说"好"\\')])
    await carrier.close()
    assert {one.outcome for one in sent} == {Outcome.ACCEPTED}
    assert len(fake.calls) == 2
    assert {one.text for one in fake.taken} == {BARE, '他说"好"\\'}
    assert all("content" not in call for call in fake.calls)


async def test_numbers_abroad_are_refused_here(carrier: Carrier, fake: FakeCloudMas) -> None:
    sent = {one.id: one for one in await carrier.send([text(1, "+15005550006"), text(2, "+8612345"), text(3)])}
    assert (sent[1].outcome, sent[1].reason) == (Outcome.REFUSED, Reason.NO_SUCH_NUMBER)
    assert (sent[2].outcome, sent[3].outcome) == (Outcome.REFUSED, Outcome.ACCEPTED)


@pytest.mark.parametrize(("trouble", "outcome", "reason"), [
    *((code, Outcome.TRY_LATER, Reason.ACCOUNT) for code in (
        "IllegalMac", "IllegalSignId", "NoSignId", "InvalidMessage", "InvalidUsrOrPwd", "NOT_WHITE_IP",
        "IllegalIpAddress")),
    *((code, Outcome.TRY_LATER, Reason.BUSY) for code in (
        "SystemBusy", "RequestTimeout", "TransportError", "QueueOverLimit", "FlowOverLimit", "RequestTooOften",
        "InternalError", "TooManyMobiles")),
    ("OverDailyMax", Outcome.TRY_LATER, Reason.QUOTA), ("InvalidMobile", Outcome.REFUSED, Reason.NO_SUCH_NUMBER),
    ("SomethingNew", Outcome.UNKNOWN, ""), (500, Outcome.UNKNOWN, ""), (502, Outcome.UNKNOWN, ""),
    (404, Outcome.TRY_LATER, Reason.ACCOUNT), (403, Outcome.TRY_LATER, Reason.ACCOUNT),
    (429, Outcome.TRY_LATER, Reason.BUSY),
])
async def test_every_answer_is_said_in_our_words(carrier: Carrier, fake: FakeCloudMas, trouble: str | int,
                                                 outcome: Outcome, reason: str) -> None:
    fake.trouble = [trouble]
    (sent,) = await carrier.send([text()])
    assert (sent.outcome, sent.reason, sent.code) == (outcome, reason, str(trouble))
    assert fake.taken == []


@pytest.mark.parametrize("trouble", ["drop", "vanish", "babble"])
async def test_what_may_have_been_taken_is_unknown_and_never_sent_again(carrier: Carrier, fake: FakeCloudMas,
                                                                        trouble: str) -> None:
    fake.trouble = [trouble]
    sent = await carrier.send(many(3))
    assert [one.outcome for one in sent] == [Outcome.UNKNOWN] * 3
    assert len(fake.calls) == 1
    assert [one.outcome for one in await carrier.look_up(many(3))] == [Outcome.UNKNOWN] * 3


async def test_no_answer_in_time_means_unknown(carrier: Carrier, fake: FakeCloudMas,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "ANSWER_SECONDS", 0.3)
    fake.trouble = ["hang"]
    (sent,) = await carrier.send([text()])
    assert sent.outcome == Outcome.UNKNOWN


async def test_nobody_listening_means_that_it_was_surely_not_taken(settings: Settings, database: Database,
                                                                   fake: FakeCloudMas) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    url = f"http://127.0.0.1:{port}/sms/norsubmit"
    carrier = Carrier(account(settings, fake, cloudmas_url=url), database)
    (sent,) = await carrier.send([text()])
    assert (sent.outcome, sent.reason, sent.code) == (Outcome.TRY_LATER, Reason.BUSY, "no_connection")
    assert "Cloud MAS cannot be reached." in await carrier.check()
    await carrier.close()


async def test_bad_numbers_are_found_without_losing_the_others(carrier: Carrier, fake: FakeCloudMas) -> None:
    fake.bad = {"14200000007", "14200000700"}
    sent = await carrier.send(many(1000))
    assert {one.id for one in sent if one.outcome == Outcome.REFUSED} == {7, 700}
    assert sum(one.outcome == Outcome.ACCEPTED for one in sent) == 998
    assert len(fake.taken) == len({one.mobile for one in fake.taken}) == 998
    assert len(fake.calls) < 50


async def test_a_claim_of_many_is_written_down_to_the_last_text(settings: Settings, database: Database,
                                                                fake: FakeCloudMas) -> None:
    database.settings = account(settings, fake, database_url=database.settings.database_url)
    fake.bad = {"14200000007"}
    now = clock.now()
    async with database.session() as db:
        await db.execute(insert(Message), [
            {"id": one.id, "phone": one.phone, "body": one.text, "segments": 1, "purpose": "answer", "priority": 0,
             "gateway": "cloudmas", "status": "queued", "next_at": now, "addressed": [], "memory": {},
             "created_at": now} for one in many(1200)])
    gateways = Made(database.settings, database)
    assert await Dispatch(database, gateways, Inbox(database)).drain_once() == 1200
    await gateways.close()
    async with database.reading() as db:
        counted = dict((await db.execute(select(Message.status, func.count()).group_by(Message.status))).all())
        ids = await db.scalar(select(func.count(Message.provider_id.distinct())))
    assert (counted, ids) == ({"accepted": 1199, "failed": 1}, 1199)


async def test_after_trouble_the_rest_waits(carrier: Carrier, fake: FakeCloudMas) -> None:
    fake.trouble = ["InvalidUsrOrPwd"] * 4
    sent = await carrier.send(many(30_000, "【青龙泉就业站】{}号,您好"))
    assert {(one.outcome, one.reason) for one in sent} == {(Outcome.TRY_LATER, Reason.ACCOUNT)}
    assert len(fake.calls) == 4
    fake.calls.clear()
    fake.trouble = ["vanish"] * 4
    sent = await carrier.send(many(30_000, "【青龙泉就业站】{}号,您好"))
    assert len(fake.calls) == 4
    assert sum(one.outcome == Outcome.UNKNOWN for one in sent) == 4 * 999
    assert sum(one.outcome == Outcome.TRY_LATER for one in sent) == 30_000 - 4 * 999


async def test_when_the_time_is_up_the_rest_waits(carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloudmas, "SEND_SECONDS", -1)
    (sent,) = await carrier.send([text()])
    assert (sent.outcome, sent.code) == (Outcome.TRY_LATER, "no_time")


async def test_a_province_may_say_it_otherwise(settings: Settings, database: Database, fake: FakeCloudMas) -> None:
    carrier = Carrier(account(settings, fake, cloudmas_codes=(("Weird", "blocked"),)), database)
    fake.trouble = ["Weird"]
    (sent,) = await carrier.send([text()])
    await carrier.close()
    assert (sent.outcome, sent.reason) == (Outcome.REFUSED, Reason.BLOCKED)


async def test_no_log_line_names_a_phone_a_text_or_a_secret(carrier: Carrier, fake: FakeCloudMas,
                                                            caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for trouble in ("vanish", "IllegalMac", 500, "drop", "babble"):
        fake.trouble = [trouble]
        await carrier.send([text()])
    # The database's driver repeats every value at DEBUG, which no setting of ours turns on.
    said = "\n".join(record.getMessage() for record in caplog.records if record.name != "aiosqlite")
    assert "no clear answer from Cloud MAS: ServerDisconnectedError" in said
    assert not any(word in said + repr(carrier) + repr(carrier.settings) for word in ("1420000", "幼儿园", SECRET))


async def test_the_settings_are_checked_without_sending(carrier: Carrier, settings: Settings, database: Database,
                                                        fake: FakeCloudMas) -> None:
    async def complaints(**change: Any) -> str:
        return " ".join(await Carrier(account(settings, fake, **change), database).check())

    assert await complaints(cloudmas_callback_ips=("10.0.0.0/8",)) == ""
    assert "CLOUDMAS_CALLBACK_IPS is empty" in await complaints()
    assert await complaints(cloudmas_sign="") == "CLOUDMAS_SIGN is missing."
    assert "签名编码" in await complaints(cloudmas_sign="青龙泉就业站")
    assert "SMS_SIGNATURE" in await complaints(sms_signature="【青龙泉就业站】")
    assert "tmpsubmit" in await complaints(cloudmas_url=fake.url("tmpsubmit"))
    assert "whole address" in await complaints(cloudmas_url=fake.address)
    assert "no reply and no receipt" in await complaints(cloudmas_callback_token="")
    assert fake.calls == []


async def test_one_certificate_is_taken_and_no_other(settings: Settings, database: Database, tmp_path: Path) -> None:
    async with fake_cloudmas.running(tmp_path) as fake:
        right = account(settings, fake, cloudmas_url=fake.url("submit"), cloudmas_fingerprint=fake.fingerprint,
                        cloudmas_callback_ips=("10.0.0.0/8",))
        expected = {fake.fingerprint: Outcome.ACCEPTED, "0" * 64: Outcome.TRY_LATER, "": Outcome.TRY_LATER}
        for fingerprint, outcome in expected.items():
            carrier = Carrier(replace(right, cloudmas_fingerprint=fingerprint), database)
            (sent,) = await carrier.send([text()])
            assert sent.outcome == outcome
            wrong = await carrier.check()
            assert (wrong == []) == (outcome == Outcome.ACCEPTED)
            if outcome == Outcome.TRY_LATER:
                assert (sent.code, sent.reason) == ("certificate", Reason.ACCOUNT)
                assert fingerprint == "" or fake.fingerprint in wrong[0]
            await carrier.close()
        assert len(fake.calls) == 1


async def test_an_account_that_is_pushed_to_fetches_nothing(carrier: Carrier, fake: FakeCloudMas) -> None:
    assert await carrier.poll() == Poll()
    assert fake.calls == []
