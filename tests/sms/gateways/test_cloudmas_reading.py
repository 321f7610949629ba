"""What Cloud MAS says, in all its clothes; and whatever else arrives, nothing is raised but Unreadable."""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import Settings
from app.sms.gateways import _cloudmas_reading as reading
from app.sms.gateways.base import Outcome, Poll, Reason, Unreadable

SETTINGS = Settings(secret_key="a-secret-key-for-tests-only", cloudmas_service_code="10657529",
                    cloudmas_add_serial="22")
REPORT = {"errorCode": "CM:2007", "mobile": "14200000001", "msgGroup": "0906144506000001364223",
          "receiveDate": "20210906244506", "reportStatus": "CM:2007", "submitDate": "20210906144506"}
REPLY = {"mobile": "14200000001", "smsContent": "报名 23", "sendTime": "2026-11-27 08:58:36",
         "addSerial": "106575292210023"}
# What the body may look like, for one object.
DRESSED: dict[str, Callable[[dict[str, Any]], str]] = {
    "object": json.dumps, "list": lambda one: json.dumps([one]), "string": lambda one: json.dumps(json.dumps(one)),
    "chinese": lambda one: "\ufeff" + json.dumps(one, ensure_ascii=False),
    "base64": lambda one: b64encode(json.dumps([one]).encode()).decode(),
    "base64 in lines": lambda one: b64encode(json.dumps(one).encode()).decode()[:60] + "\r\n"
    + b64encode(json.dumps(one).encode()).decode()[60:] + "\n",
    "base64 in a string": lambda one: json.dumps(b64encode(json.dumps(one).encode()).decode()),
    "form": urlencode, "field": lambda one: urlencode({"data": json.dumps([one])}),
    "base64 in a field, its plus a blank": lambda one: "data=" + b64encode(
        json.dumps({**one, "note": ">>>>>"}, ensure_ascii=False).encode()).decode(),
    "base64 in a field": lambda one: urlencode({"data": b64encode(json.dumps(one).encode()).decode()}),
}


def receipts(raw: Any) -> Poll:
    return reading.read_receipts(raw if isinstance(raw, bytes) else json.dumps(raw).encode(), SETTINGS)


def replies(raw: Any) -> Poll:
    return reading.read_replies(raw if isinstance(raw, bytes) else json.dumps(raw).encode(), SETTINGS)


@pytest.mark.parametrize("dress", DRESSED)
def test_a_receipt_is_read_in_every_form(dress: str) -> None:
    (read,) = receipts(DRESSED[dress](REPORT).encode()).reports
    assert (read.provider_id, read.status, read.code) == ("14200000001:0906144506000001364223", "failed", "CM:2007")
    assert read.reason == Reason.OTHER
    assert "20210906244506" in read.raw


@pytest.mark.parametrize("dress", DRESSED)
def test_a_reply_is_read_in_every_form(dress: str) -> None:
    (read,) = replies(DRESSED[dress](REPLY).encode()).incoming
    assert (read.phone, read.text, read.extension) == ("+8614200000001", "报名 23", "10023")
    assert read.provider_id.startswith("made-")


@pytest.mark.parametrize("change", [{"mobile": ["14200000001"]}, {"mobile": "+8614200000001"}, {"mobile": 14200000001},
                                    {"mobile": "8614200000001"}, {"msgGroup": None, "mgsGroup": REPORT["msgGroup"]}])
def test_a_receipt_is_the_same_however_it_is_spelt(change: dict[str, Any]) -> None:
    (read,) = receipts({**REPORT, **change}).reports
    assert read.provider_id == "14200000001:0906144506000001364223"


def test_a_receipt_may_be_about_several_numbers() -> None:
    for mobile in (["14200000001", "14200000002"], "14200000001,14200000002"):
        assert [one.provider_id[:11] for one in receipts({**REPORT, "mobile": mobile}).reports] == [
            "14200000001", "14200000002"]


@pytest.mark.parametrize(("code", "status", "reason"), [
    ("DELIVRD", "delivered", ""), ("ACCEPTD", "accepted", ""), ("EXPIRED", "failed", Reason.OFF),
    ("UNDELIV", "failed", Reason.OFF), ("MK:0001", "failed", Reason.NO_SUCH_NUMBER),
    ("REJECTD", "failed", Reason.BLOCKED), ("MBBLACK", "failed", Reason.OPTED_OUT),
    ("DB:0144", "failed", Reason.OPTED_OUT), ("DB:0140", "failed", Reason.ACCOUNT), ("DB:0142", "failed", Reason.BUSY),
    ("IB:0008", "failed", Reason.BUSY), ("NP:1243", "failed", Reason.OTHER), ("新的", None, ""),
])
def test_carriers_codes_are_said_in_our_words(code: str, status: str | None, reason: str) -> None:
    read = receipts({**REPORT, "reportStatus": code, "errorCode": ""})
    if status is None:
        assert read.unread[0].kind == "receipt"
    else:
        assert [(one.status, one.reason) for one in read.reports] == [(status, reason)]
        assert read.reports[0].code == ("" if status != "failed" else code)


def test_one_bad_receipt_does_not_lose_the_others() -> None:
    read = receipts([REPORT, {**REPORT, "mobile": "x"}, {**REPORT, "msgGroup": ""},
                     {**REPORT, "mobile": "14200000002"}])
    assert [one.provider_id[:11] for one in read.reports] == ["14200000001", "14200000002"]
    assert len(read.unread) == 2
    assert reading.nothing_read(read) == ""
    assert reading.nothing_read(receipts([{**REPORT, "mobile": "x"}])) != ""


@pytest.mark.parametrize("odd", [None, "x", 1, [REPORT], {}, {**REPORT, "mobile": ["14200000009", "110"]}])
def test_what_is_no_entry_spoils_none_of_thousands(odd: Any) -> None:
    many = [{**REPORT, "mobile": str(14200001000 + number)} for number in range(2000)]
    read = receipts([*many[:1000], odd, *many[1000:]])
    assert len([one for one in read.reports if one.phone != "+8614200000009"]) == 2000
    assert len(read.unread) == 1
    assert len(replies([REPLY, odd, REPLY]).incoming) == 2


def test_beside_one_of_thousands_of_numbers_the_others_are_not_kept() -> None:
    numbers = [str(14200000000 + number) for number in range(5000)]
    for mobile in (numbers, ",".join(numbers) + ","):
        read = receipts({**REPORT, "mobile": mobile})
        assert len(read.reports) == 5000
        assert sum(len(one.raw) for one in read.reports) < 5000 * 200
        assert numbers[1] not in read.reports[0].raw


def test_one_bad_number_of_several_spoils_itself() -> None:
    read = receipts({**REPORT, "mobile": "14200000001,110,14200000002"})
    assert [one.phone[-1] for one in read.reports] == ["1", "2"]
    assert json.loads(read.unread[0].raw)["mobile"] == "110"


def test_a_reply_comes_from_one_phone() -> None:
    assert not replies({**REPLY, "mobile": ["14200000001", "14200000002"]}).incoming
    assert not replies({**REPLY, "mobile": "14200000001,14200000002"}).incoming


def test_an_empty_list_says_nothing_new() -> None:
    assert not receipts([]).reports
    assert not receipts([]).unread


@pytest.mark.parametrize("raw", [b"", b"null", b"1", b'"x"', b"<xml/>", b"[1]", b"a=b", b"[[]]", b"=" * 50, b"\xff\xfe",
                                 b"[" * 100_000])
def test_what_is_nothing_of_the_kind_is_unreadable(raw: bytes) -> None:
    for read in (receipts, replies):
        with pytest.raises(Unreadable):
            read(raw)


@pytest.mark.parametrize(("serial", "extension"), [
    ("106575292210023", "10023"), ("106575292290000", "90000"), ("1065752922", ""), ("10657529221002", ""),
    ("1065752922100234", ""), ("10657777210023", ""), ("", ""), ("10657529221002x", ""), ("１０６５", ""),
])
def test_the_extension_is_what_stands_behind_our_own_number(serial: str, extension: str) -> None:
    assert reading.extension_in(serial, SETTINGS) == extension
    assert reading.extension_in(serial, Settings()) == ""


def test_the_same_reply_come_again_has_the_same_made_up_id_and_another_has_not() -> None:
    def id_of(**change: Any) -> str:
        (read,) = replies({**REPLY, **change}).incoming
        return read.provider_id

    assert id_of() == id_of()
    assert len({id_of(), id_of(smsContent="23"), id_of(mobile="14200000002"), id_of(sendTime="x")}) == 4
    assert id_of(sendTime="") == id_of(sendTime=None) == ""
    other = Settings(secret_key="another-key-for-tests-only", cloudmas_service_code="10657529")
    assert reading.read_replies(json.dumps(REPLY).encode(), other).incoming[0].provider_id != id_of()


def test_hour_24_stands_in_no_way() -> None:
    (read,) = replies({**REPLY, "sendTime": "2026-11-27 24:10:00"}).incoming
    assert read.text == "报名 23"


@pytest.mark.parametrize(("said", "outcome"), [
    ({"msgGroup": "g", "rspcod": "success", "success": True}, Outcome.ACCEPTED),
    ({"mgsGroup": "g", "rspcod": "success", "success": "true"}, Outcome.ACCEPTED),
    ({"msgGroup": "", "rspcod": "success", "success": True}, Outcome.UNKNOWN),
    ({"msgGroup": "g", "rspcod": "success", "success": False}, Outcome.UNKNOWN),
    ({"msgGroup": "g", "rspcod": "IllegalMac", "success": True}, Outcome.UNKNOWN),
    ({"rspcod": "IllegalMac", "success": False}, Outcome.TRY_LATER),
    ({}, Outcome.UNKNOWN), ([], Outcome.UNKNOWN), ("success", Outcome.UNKNOWN), ([{}, {}], Outcome.UNKNOWN),
])
def test_only_a_clear_answer_counts(said: Any, outcome: Outcome) -> None:
    assert reading.read_answer(json.dumps(said).encode()).outcome == outcome


def test_a_receipt_finds_its_text_however_long_the_platforms_name_is() -> None:
    group = "7" * 120
    (read,) = receipts({**REPORT, "msgGroup": group}).reports
    sent = reading.read_answer(json.dumps({"msgGroup": group, "rspcod": "success", "success": True}).encode())
    assert read.provider_id == reading.provider_id(sent.group, "14200000001")
    assert len(read.provider_id) == 80


_leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(
    ["14200000001", "DELIVRD", "报名", "\x00", "\ud800", REPLY["sendTime"], REPLY["addSerial"]])
_part = st.dictionaries(st.sampled_from([*REPORT, *REPLY, "mgsGroup", "rspcod", "success"]) | st.text(),
                        _leaf | st.lists(_leaf, max_size=3) | st.dictionaries(st.text(), _leaf, max_size=2))
_body = st.one_of(st.binary(), _part.map(json.dumps).map(str.encode),
                  st.lists(_part, max_size=3).map(json.dumps).map(str.encode),
                  _part.map(json.dumps).map(str.encode).map(b64encode),
                  st.dictionaries(st.sampled_from([*REPORT, *REPLY]), st.text(st.characters(codec="utf-8")))
                  .map(urlencode).map(str.encode))


@given(_body)
def test_nothing_is_raised_but_unreadable_and_what_is_read_can_be_stored(raw: bytes) -> None:
    reading.read_answer(raw)
    reading.refusal(raw)
    for read in (reading.read_receipts, reading.read_replies):
        try:
            found = read(raw, SETTINGS)
        except Unreadable:
            continue
        for report in found.reports:
            assert 0 < len(report.provider_id) <= 80
            assert len(report.code) <= 40
        raws = [*(one.raw for one in found.reports), *(one.raw for one in found.incoming),
                *(one.raw for one in found.unread)]
        for text in (*raws, *(one.text for one in found.incoming)):
            assert "\x00" not in text
            text.encode("utf-8")
