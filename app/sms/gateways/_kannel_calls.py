"""What Kannel calls us with, as its dlr-url and get-url in deploy/kannel/ say: the query, and nothing else, is read.

The token stands in the path, so what is kept of a call does not hold it.
"""

import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from app import networks, phones
from app.settings import Settings
from app.sms.gateways.base import Incoming, Reason, Report, Unreadable
from app.sms.outbox import Status

_OURS = re.compile(r"[1-9]\d{0,17}", re.ASCII)
_ID = re.compile(r"[\x21-\x7e]{1,80}", re.ASCII)
_DELIVERED, _FAILED, _BUFFERED, _SUBMITTED, _REJECTED, _EXPIRED = 1, 2, 4, 8, 16, 32
_STATE = re.compile(r"\bstat:(\w{1,15})", re.ASCII | re.IGNORECASE)
_ERROR = re.compile(r"\berr:(\w{1,8})", re.ASCII | re.IGNORECASE)
_NACK = re.compile(r"^NACK/(0x[0-9a-f]{1,8})", re.ASCII | re.IGNORECASE)
# Kannel's own words for what an operator's centre sends; `charset` of a binary message is 8-BIT.
_CHARSETS = {
    "": "utf-8", "utf-8": "utf-8", "us-ascii": "utf-8", "utf-16be": "utf-16-be", "ucs-2": "utf-16-be",
    "ucs2": "utf-16-be", "utf-16": "utf-16-be", "utf-16le": "utf-16-le", "iso-8859-1": "latin-1",
    "windows-1252": "cp1252", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030",
}
_NO_SUCH_NUMBER = frozenset({0x0B})  # ESME_RINVDSTADR


def provider_id(message_id: int) -> str:
    """What our own message is called at Kannel, which gives texts no name when it takes them."""
    return f"k-{message_id}"


def message_id(provider_id: str) -> int:
    """Our message's id from what it is called at Kannel."""
    return int(provider_id.removeprefix("k-"))


def is_genuine(settings: Settings, token: str, address: str) -> bool:
    """Whether this call comes from our Kannel: it knows the token, and calls from an address that is allowed."""
    known = hmac.compare_digest(token.encode("utf-8", "replace"), settings.kannel_callback_token.encode())
    return known and bool(settings.kannel_callback_token) and networks.holds(settings.kannel_allowed, address)


def read_reply(query: bytes) -> Incoming:
    """A text from a phone. Raises Unreadable."""
    fields = _fields(query)
    if "text" not in fields:
        raise Unreadable("text is missing")
    given = _plain(fields, "id")
    if given and not _ID.fullmatch(given):
        raise Unreadable("id is not a name of Kannel's")
    try:
        phone = phones.read(_plain(fields, "from"))
    except phones.NotAPhone:
        raise Unreadable("from is not a phone number") from None
    return Incoming(phone, _decoded(fields), _kept(query), given)


def read_receipt(query: bytes) -> Report:
    """A receipt: whose, and what became of it; what else may come along may be missing. Raises Unreadable."""
    fields = _fields(query)
    given = _plain(fields, "message")
    if not _OURS.fullmatch(given):
        raise Unreadable("message is missing or not one of ours")
    bits = _bits(_plain(fields, "status"))
    said = fields.get("answer", b"").decode("utf-8", "replace")
    status = _status(bits)
    reason, code = _why(bits, said) if status == Status.FAILED else ("", "")
    return Report(provider_id(int(given)), status, reason=reason, code=code, raw=_kept(query))


def _fields(query: bytes) -> dict[str, bytes]:
    """By name the last value, as bytes: only `charset` says what a text's mean."""
    try:
        pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=50)
    except ValueError:
        raise Unreadable("there are too many fields") from None
    return {name: value.encode("latin-1") for name, value in pairs}


def _plain(fields: Mapping[str, bytes], name: str) -> str:
    return fields.get(name, b"").decode("ascii", "replace").strip()


def _decoded(fields: Mapping[str, bytes]) -> str:
    """The words. With mo-recode Kannel hands over UTF-8; without it, UCS-2 as it came from the air, where a phone may
    have cut an emoji in two."""
    charset = _CHARSETS.get(_plain(fields, "charset").lower())
    if charset is None:
        raise Unreadable("charset is none that holds a text")
    try:
        return fields["text"].decode(charset, "replace" if charset.startswith("utf-16") else "strict")
    except UnicodeDecodeError:
        raise Unreadable("text is not in the charset that is named") from None


def _bits(given: str) -> int:
    if not re.fullmatch(r"\d{1,3}", given, re.ASCII):
        raise Unreadable("status is missing or not a number")
    return int(given)


def _status(bits: int) -> Status:
    """An end counts before a step on the way."""
    if bits & _DELIVERED:
        return Status.DELIVERED
    if bits & (_FAILED | _REJECTED):
        return Status.FAILED
    if bits & (_SUBMITTED | _BUFFERED):
        return Status.ACCEPTED
    raise Unreadable("status is none that is known")


def _why(bits: int, said: str) -> tuple[Reason, str]:
    """The reason in our words, and the carrier's own code."""
    refused = _NACK.match(said)
    if refused:
        number = int(refused[1], 16)
        return (Reason.NO_SUCH_NUMBER if number in _NO_SUCH_NUMBER else Reason.OTHER), f"nack:{number:#x}"
    state, error = _STATE.search(said), _ERROR.search(said)
    word = state[1].upper() if state else ""
    code = ":".join(part for part in (word, error[1] if error else "") if part) or f"status:{bits}"
    if word == "EXPIRED" or bits & _EXPIRED:
        return Reason.OFF, code
    return (Reason.BLOCKED if word == "REJECTD" else Reason.OTHER), code


def _kept(query: bytes) -> str:
    return query.decode("ascii", "backslashreplace")
