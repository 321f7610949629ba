"""What Cloud MAS says: answers to calls, receipts and replies. Its forms differ by province and account, so whatever
can be meant is taken, and what cannot be read is kept."""

import hashlib
import hmac
import json
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import parse_qsl

from app import clock, phones
from app.settings import EXTENSION_DIGITS, Settings
from app.sms.gateways.base import Incoming, Outcome, Poll, Reason, Report, Unread, Unreadable
from app.sms.outbox import Status

# Second-hand, and some of them differ by province: CLOUDMAS_CODES says otherwise where they do.
REASONS: dict[str, str] = {
    **dict.fromkeys(("MK:0001", "CB:0001", "DB:0101"), Reason.NO_SUCH_NUMBER),
    **dict.fromkeys(("EXPIRED", "MK:0010", "MI:0024"), Reason.OFF),
    **dict.fromkeys(("UNDELIV", "MK:0005", "MK:0013", "DB:0102"), Reason.OFF),  # suspended, or out of service
    **dict.fromkeys(("REJECTD", "MK:0014", "MK:0115"), Reason.BLOCKED),
    **dict.fromkeys(("MBBLACK", "DBBLACK", "DB:0144"), Reason.OPTED_OUT),
    **dict.fromkeys(("DB:0140",), Reason.ACCOUNT),  # an account for listed numbers only, where we need the other kind
    **dict.fromkeys(("DB:0142", "IB:0008"), Reason.BUSY),
    # Answers to calls.
    **dict.fromkeys(("IllegalMac", "IllegalSignId", "NoSignId", "InvalidMessage", "InvalidUsrOrPwd", "NOT_WHITE_IP",
                     "IllegalIpAddress"), Reason.ACCOUNT),
    **dict.fromkeys(("SystemBusy", "RequestTimeout", "TransportError", "QueueOverLimit", "FlowOverLimit",
                     "RequestTooOften", "InternalError", "TooManyMobiles"), Reason.BUSY),
    **dict.fromkeys(("OverDailyMax",), Reason.QUOTA),
    **dict.fromkeys(("InvalidMobile",), Reason.NO_SUCH_NUMBER),
}
# Of a call with several numbers these say nothing about each of them.
DIVIDED = frozenset({"InvalidMobile", "TooManyMobiles"})
_PASSING = frozenset({Reason.ACCOUNT, Reason.QUOTA, Reason.BUSY})
_ON_THE_WAY = frozenset({"ACCEPTD", "ENROUTE"})
_GROUP = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)
_CODE = re.compile(r"[\x20-\x7e]{1,100}", re.ASCII)
_MOMENT = re.compile(r"\d{14}", re.ASCII)
_NO_ENTRIES = "the body is neither an object nor a list of objects"
_DEEP = 4  # JSON in Base64 in a form's field is three
_MOST_RAW = 2000  # characters of what is kept beside one receipt or reply: several times the longest that is known


@dataclass(frozen=True)
class Answer:
    """What became of a call; `group` is the platform's name for it."""

    outcome: Outcome
    code: str = ""
    reason: str = ""
    group: str = ""


def read_answer(raw: bytes, codes: Mapping[str, str] = REASONS) -> Answer:
    """An answer that is neither a clear yes nor a no that we know leaves open whether the call was taken."""
    try:
        (said,) = _objects(raw)
    except ValueError:
        return Answer(Outcome.UNKNOWN, code="unreadable")
    code, group = _word(said.get("rspcod"), _CODE), _word(said.get("msgGroup") or said.get("mgsGroup"), _GROUP)
    refused = str(said.get("success", "")).lower() == "false"
    if code.lower() == "success" and not refused:
        return Answer(Outcome.ACCEPTED, group=group) if group else Answer(Outcome.UNKNOWN, code="no_group")
    if code not in codes or str(said.get("success", "")).lower() == "true":
        return Answer(Outcome.UNKNOWN, code=code[:40] or "no_code")
    reason = codes[code]
    return Answer(Outcome.TRY_LATER if reason in _PASSING else Outcome.REFUSED, code=code[:40], reason=reason)


def read_receipts(raw: bytes, settings: Settings) -> Poll:
    """Receipts, pushed or fetched. Raises Unreadable when the whole is not what it should be."""
    codes, reports, unread = codes_of(settings), [], []
    for part in (one for entry in _entries(raw) for one in _by_number(entry)):
        try:
            reports.append(_receipt(part, codes))
        except Unreadable as problem:
            unread.append(Unread("receipt", _plain(part), str(problem)))
    return Poll(reports=reports, unread=unread)


def read_replies(raw: bytes, settings: Settings) -> Poll:
    """Texts from phones, pushed or fetched. Raises Unreadable when the whole is not what it should be."""
    incoming, unread = [], []
    for part in _entries(raw):
        try:
            incoming.append(_reply(part, settings))
        except Unreadable as problem:
            unread.append(Unread("reply", _plain(part), str(problem)))
    return Poll(incoming=incoming, unread=unread)


def nothing_read(poll: Poll) -> str:
    """Why nothing of a call could be read; empty where something could, or nothing was in it."""
    return poll.unread[0].problem if poll.unread and not poll.reports and not poll.incoming else ""


def refusal(raw: bytes) -> str:
    """The code of an answer that says no, or nothing, instead of bringing what was asked for; else empty."""
    try:
        parts = _objects(raw)
    except Unreadable:
        return ""
    return _word(parts[0].get("rspcod"), _CODE) if len(parts) == 1 and "mobile" not in parts[0] else ""


def provider_id(group: str, mobile: str) -> str:
    """A text by the platform's name for the call and by its number; the number is never what is cut off."""
    return f"{mobile}:{group}"[:80]


def codes_of(settings: Settings) -> dict[str, str]:
    return {**REASONS, **dict(settings.cloudmas_codes)}


def extension_in(serial: str, settings: Settings) -> str:
    """What stands behind the account's own number in the number that somebody wrote to; else empty."""
    number = settings.cloudmas_number
    rest = serial.removeprefix(number)
    known = bool(settings.cloudmas_service_code) and serial.startswith(number)
    return rest if known and len(rest) == EXTENSION_DIGITS and rest.isascii() and rest.isdigit() else ""


def _receipt(part: Mapping[str, Any], codes: Mapping[str, str]) -> Report:
    group = _word(part.get("msgGroup") or part.get("mgsGroup"), _GROUP)
    code = _word(part.get("reportStatus"), _CODE) or _word(part.get("errorCode"), _CODE)
    if not group or not code:
        raise Unreadable("msgGroup or reportStatus is missing")
    # Nothing depends on its dates: hour 24 stands in some, and a receipt must not be lost over that.
    status, reason = Status.FAILED, codes.get(code, Reason.OTHER)
    if code == "DELIVRD":
        status, code, reason = Status.DELIVERED, "", ""
    elif code in _ON_THE_WAY:
        status, code, reason = Status.ACCEPTED, "", ""
    submitted = _moment(part.get("submitDate"))
    phone = _phone(part)
    return Report(provider_id(group, phones.national(phone)), status, reason=reason, code=code[:40], raw=_plain(part),
                  phone=phone, submitted_at=submitted)


def _moment(given: object) -> datetime | None:
    """When that was on a clock in China; None where it is no time, such as hour 24."""
    digits = _word(given, _MOMENT)
    if not digits:
        return None
    try:
        return clock.at(date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])),
                        time(int(digits[8:10]), int(digits[10:12]), int(digits[12:14])))
    except (ValueError, OverflowError):
        return None


def _reply(part: Mapping[str, Any], settings: Settings) -> Incoming:
    text, extension = part.get("smsContent"), extension_in(_word(part.get("addSerial"), _CODE), settings)
    if not isinstance(text, str):
        raise Unreadable("smsContent is missing or not a text")
    phone = _phone(part)
    return Incoming(phone, _storable(text), _plain(part), _made_id(phone, text, part.get("sendTime"), settings),
                    extension)


def _made_id(phone: str, text: str, sent: object, settings: Settings) -> str:
    """The platform gives a reply no id, so the same number, words and second are the same reply come again. With a key,
    because what somebody wrote must not be guessed from it; empty without a time."""
    if not isinstance(sent, str | int) or not str(sent).strip():
        return ""
    whole = json.dumps([phone, text, str(sent).strip()])
    return "made-" + hmac.new(settings.secret_key.encode(), whole.encode(), hashlib.sha256).hexdigest()[:40]


def _phone(part: Mapping[str, Any]) -> str:
    given = part.get("mobile")
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    try:
        return phones.read(str(given if isinstance(given, str | int) else ""))
    except phones.NotAPhone:
        raise Unreadable("mobile is missing or not a phone number") from None


def _entries(raw: bytes) -> list[dict[str, Any]]:
    """The entries of a call; what is none among them becomes one without a number, and spoils no other. Raises
    Unreadable where none is."""
    found = _value(raw.decode("utf-8-sig", "replace"), _DEEP)
    listed = found if isinstance(found, list) else [found]
    if listed and not any(isinstance(one, dict) for one in listed):
        raise Unreadable(_NO_ENTRIES)
    return [one if isinstance(one, dict) else {"": one} for one in listed]


def _by_number(part: dict[str, Any]) -> list[dict[str, Any]]:
    """An entry about thousands of numbers as one for each, so that beside none of them all of them are kept."""
    given = part.get("mobile")
    listed = given if isinstance(given, list) else given.split(",") if isinstance(given, str) else []
    return [{**part, "mobile": number} for number in listed if number != ""] or [part]


def _objects(raw: bytes) -> list[dict[str, Any]]:
    """An object or a list of them, as JSON, as Base64 of it, or as a form. Raises Unreadable."""
    found = _value(raw.decode("utf-8-sig", "replace"), _DEEP)
    listed = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) for one in listed):
        raise Unreadable(_NO_ENTRIES)
    return listed


def _value(text: str, deep: int) -> Any:
    """What is in the text, below whatever it is wrapped in; None where that is nothing."""
    if not deep:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, str):
        return _value(found, deep - 1)
    if isinstance(found, dict | list):
        return found
    with_base64 = _from_base64(text)
    return _value(with_base64, deep - 1) if with_base64 else _form(text, deep)


def _from_base64(text: str) -> str:
    try:
        # In a form that was not written as one should, a plus has become a blank.
        return b64decode("".join(text.strip().replace(" ", "+").split()), validate=True).decode("utf-8-sig")
    except (NotBase64, ValueError):
        return ""


def _form(text: str, deep: int) -> Any:
    try:
        fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=100))
    except ValueError:
        return None
    if "mobile" in fields:
        return fields
    values = [found for value in fields.values() if isinstance(found := _value(value, deep - 1), dict | list)]
    return values[0] if len(values) == 1 else None


def _word(value: object, allowed: re.Pattern[str]) -> str:
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if allowed.fullmatch(text) else ""


def _plain(part: Mapping[str, Any]) -> str:
    return _storable(json.dumps(part, ensure_ascii=False, separators=(",", ":")))[:_MOST_RAW]


def _storable(text: str) -> str:
    """Without characters that a database refuses: NUL, and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
