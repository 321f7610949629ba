"""What Kannel calls with: as it really calls, as other versions and settings do, and as nobody should."""

from dataclasses import replace
from ipaddress import ip_network
from urllib.parse import urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.settings import Settings
from app.sms.gateways import _kannel_calls as calls
from app.sms.gateways.base import Reason, Unreadable
from app.sms.outbox import Status

SECRET = "a-callback-secret-for-tests"
UUID = "84fb022e-a3d8-4920-b782-675e72e8d734"
# As Kannel 1.4.5 called, the number apart.
REPLY = (b"id=84fb022e-a3d8-4920-b782-675e72e8d734&from=%2B8614200000001&to=%2B10690000"
         b"&text=%E6%8A%A5%E5%90%8D+23++%F0%9F%98%80&ts=1795811695&smsc=carrier&coding=0&charset=UTF-8")
SAID = "id:5 sub:001 dlvrd:001 submit date:2611270800 done date:2611270801 stat:{} err:027 text:"


def reply(text: bytes, charset: str = "UTF-8", **change: str) -> bytes:
    return urlencode({"from": "+8614200000001", "text": text, "id": UUID, "charset": charset, **change}).encode()


def receipt(status: int | str, answer: str = "", message: str = "41") -> bytes:
    return urlencode({"message": message, "status": status, "at": "1795811693", "answer": answer,
                      "smsc": "carrier"}).encode()


def test_a_reply_is_read_as_kannel_brings_it() -> None:
    incoming = calls.read_reply(REPLY)
    assert (incoming.phone, incoming.text, incoming.provider_id) == ("+8614200000001", "报名 23  😀", UUID)
    assert incoming.raw == REPLY.decode()


@pytest.mark.parametrize("sender", ["14200000001", "8614200000001", "+8614200000001", "008614200000001",
                                    " 8614200000001"])
def test_a_number_is_read_however_kannel_says_it(sender: str) -> None:
    assert calls.read_reply(reply("是".encode(), **{"from": sender})).phone == "+8614200000001"


@pytest.mark.parametrize(("text", "charset"), [
    ("报名23".encode(), "UTF-8"), ("报名23".encode(), ""), ("报名23".encode("utf-16-be"), "UTF-16BE"),
    ("报名23".encode("utf-16-be"), "UCS-2"), ("报名23".encode("gb18030"), "GB18030"),
])
def test_words_are_read_in_the_charset_that_is_named(text: bytes, charset: str) -> None:
    assert calls.read_reply(reply(text, charset)).text == "报名23"


def test_half_an_emoji_does_not_cost_the_words() -> None:
    assert calls.read_reply(reply("报名23".encode("utf-16-be") + b"\xd8\x3d", "UTF-16BE")).text.startswith("报名23")


@pytest.mark.parametrize("query", [
    b"", b"from=14200000001", reply(b"x", **{"from": "10086"}), reply(b"x", **{"from": "%p"}), reply(b"\xff\xfe"),
    reply(b"\x01\x02", "8-BIT"), reply(b"x", "klingon"), reply(b"x", id="a b"), reply(b"x", id="9" * 90),
    b"&".join(b"a=1" for _ in range(60)),
])
def test_a_reply_that_cannot_be_read_is_unreadable(query: bytes) -> None:
    with pytest.raises(Unreadable):
        calls.read_reply(query)


@pytest.mark.parametrize(("query", "status", "reason", "code"), [
    (receipt(1, SAID.format("DELIVRD")), Status.DELIVERED, "", ""),
    (receipt(8, "ACK/"), Status.ACCEPTED, "", ""),
    (receipt(4), Status.ACCEPTED, "", ""),
    (receipt(2, SAID.format("UNDELIV")), Status.FAILED, Reason.OTHER, "UNDELIV:027"),
    (receipt(2, SAID.format("EXPIRED")), Status.FAILED, Reason.OFF, "EXPIRED:027"),
    (receipt(34), Status.FAILED, Reason.OFF, "status:34"),
    (receipt(2, SAID.format("REJECTD")), Status.FAILED, Reason.BLOCKED, "REJECTD:027"),
    (receipt(16, "NACK/0x0000000b/Invalid Destination Address"), Status.FAILED, Reason.NO_SUCH_NUMBER, "nack:0xb"),
    (receipt(16, "NACK/0x00000045/Submit Failed"), Status.FAILED, Reason.OTHER, "nack:0x45"),
    (receipt(16), Status.FAILED, Reason.OTHER, "status:16"),
    (receipt(66), Status.FAILED, Reason.OTHER, "status:66"),
])
def test_a_receipt_is_said_in_our_words(query: bytes, status: Status, reason: str, code: str) -> None:
    report = calls.read_receipt(query)
    assert (report.provider_id, report.status, report.reason, report.code) == ("k-41", status, reason, code)
    assert report.raw == query.decode()


@pytest.mark.parametrize("query", [
    b"", receipt(""), receipt("%d"), receipt(0), receipt(32), receipt("-1"), receipt("1" * 9), receipt("１"),
    receipt(1, message=""), receipt(1, message="k-41"), receipt(1, message="0"), receipt(1, message="9" * 30),
    receipt(1, message="４"),
])
def test_a_receipt_that_cannot_be_read_is_unreadable(query: bytes) -> None:
    with pytest.raises(Unreadable):
        calls.read_receipt(query)


values = st.one_of(st.binary(max_size=20), st.sampled_from([b"+8614200000001", b"41", b"UTF-16BE", b"1", b"16"]))
NAMES = ("from", "text", "id", "charset", "message", "status", "answer")
fields = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, values))
queries = st.one_of(st.binary(max_size=100), fields.map(lambda given: urlencode(given).encode()))


@given(queries)
@example(b"text=%u62A5&from=%")
@example(b"text=\xff\xfe&from=14200000001&charset=UTF-16BE")
def test_nothing_is_raised_but_unreadable(query: bytes) -> None:
    for read in (calls.read_reply, calls.read_receipt):
        try:
            found = read(query)
        except Unreadable:
            continue
        assert found.provider_id.isascii()
        assert found.raw.isascii()


@given(st.text(max_size=60), st.text(max_size=40))
@example(SECRET, "::ffff:127.0.0.1")
def test_only_the_secret_itself_counts(secret: str, address: str) -> None:
    settings = Settings(kannel_callback_token=SECRET)
    assert calls.is_genuine(settings, secret, "127.0.0.1") == (secret == SECRET)
    assert not calls.is_genuine(Settings(), secret, "127.0.0.1")
    assert not calls.is_genuine(settings, secret + "x", address)


@pytest.mark.parametrize(("address", "may"), [
    ("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("10.0.0.5", False), ("", False),
    ("kannel", False)])
def test_only_allowed_addresses_count(address: str, may: bool) -> None:
    settings = Settings(kannel_callback_token=SECRET)
    assert calls.is_genuine(settings, SECRET, address) is may
    elsewhere = replace(settings, kannel_allowed=(ip_network("10.0.0.0/24"),))
    assert calls.is_genuine(elsewhere, SECRET, "10.0.0.5")
    assert not calls.is_genuine(elsewhere, SECRET, "127.0.0.1")
