"""Twilio, with its official client. For places abroad, and for tests: it cannot receive from +86 numbers, and sending
there means that residents' numbers leave the country.

The client is slow to import, so it is imported by what needs it. Its own log repeats numbers and is switched off; its
errors repeat them too and are never logged whole.
"""

import logging
import re
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select

from app import phones
from app.db import Database
from app.settings import Settings
from app.sms.gateways import _one_by_one
from app.sms.gateways._http import never_began
from app.sms.gateways.base import Abilities, Incoming, Outbound, Outcome, Poll, Reason, Report, Sent, Unreadable
from app.sms.outbox import Message, Status

if TYPE_CHECKING:
    from twilio.http import AsyncHttpClient
    from twilio.rest import Client

log = logging.getLogger("doorstep.twilio")
RECEIPT_PATH = "/gateway/twilio/receipt"
ANSWER_SECONDS = 15
CONNECT_SECONDS = 5
LOOK_UP_SECONDS = 60  # for all texts of a round: the loop that asks has to go round, whether Twilio answers or not
# A message whose creation broke off may show up in Twilio's list a moment later; after this long it surely will not.
SURE_SECONDS = 60
_NEWEST = 20
_ID = re.compile(r"[\x21-\x7e]{1,80}", re.ASCII)

STATUSES = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent", "partially_delivered"), Status.ACCEPTED),
    **dict.fromkeys(("delivered", "read"), Status.DELIVERED),
    **dict.fromkeys(("failed", "undelivered", "canceled"), Status.FAILED),
}
REASONS = {
    **dict.fromkeys((21211, 21217, 21614, 21635, 30005), Reason.NO_SUCH_NUMBER),
    **dict.fromkeys((30003,), Reason.OFF),
    **dict.fromkeys((30004, 30007, 30038), Reason.BLOCKED),
    **dict.fromkeys((21610,), Reason.OPTED_OUT),
    **dict.fromkeys((21605, 21617, 30019), Reason.TOO_LONG),
    **dict.fromkeys((20429, 21611, 30001, 30017, 30022), Reason.BUSY),
    **dict.fromkeys((20003, 20005, 20404, 21212, 21408, 21603, 21606, 21608, 21609, 21659, 21660, 30002, 30010, 30018,
                     30024, 30032, 30034, 63038), Reason.ACCOUNT),
}
# What concerns this one number; other trouble with the account passes when somebody has put the account right.
_FOR_GOOD = frozenset({21408, 21608})


class Carrier:
    """Hands over a text per call, several at once. Our message's id goes along in the address for receipts, so that
    a receipt finds its text even where the answer to the call that made it was lost."""

    name = "twilio"
    abilities = Abilities(looks_up=True, batch=50, at_once=10)

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database
        self._first_asked: dict[int, float] = {}
        self._made: Client | None = None

    async def send(self, texts: Sequence[Outbound]) -> list[Sent]:
        return await _one_by_one.hand_over(texts, self._send, at_once=self.abilities.at_once)

    async def look_up(self, texts: Sequence[Outbound]) -> list[Sent]:
        """What Twilio's list of messages says. A text that is not in it is left out, and asked for again later, as are
        those for which Twilio left no time."""
        answers: list[Sent] = []
        taken: set[str] = set()
        until = time.monotonic() + LOOK_UP_SECONDS
        for text in texts:
            if time.monotonic() > until:
                break
            answer = await self._find(text, taken)
            if answer is not None:
                self._first_asked.pop(text.id, None)
                taken.add(answer.provider_id)
                answers.append(answer)
        return answers

    async def poll(self) -> Poll:
        return Poll()

    async def check(self) -> list[str]:
        missing = [name.upper() for name in ("twilio_account_sid", "twilio_auth_token", "twilio_from")
                   if not getattr(self.settings, name)]
        if missing:
            return [f"{name} is missing." for name in missing]
        wrong = []
        if not self.settings.twilio_api_url and urlsplit(self.settings.public_url).hostname in _HERE:
            wrong.append("PUBLIC_URL is an address of this machine; Twilio cannot bring replies and receipts there.")
        try:
            account = await self._client().api.accounts(self.settings.twilio_account_sid).fetch_async()
        except Exception as error:
            return [*wrong, _complaint(_failure(0, error))]
        if account.status != "active":
            wrong.append(f"Twilio says that the account is {account.status}.")
        return wrong

    async def close(self) -> None:
        if self._made is not None:
            await self._made.http_client.close()
            self._made = None

    async def _send(self, text: Outbound) -> Sent:
        back = f"{self.settings.public_url}{RECEIPT_PATH}?{urlencode({'message': text.id})}"
        try:
            made = await self._client().messages.create_async(
                to=text.phone, body=text.text, status_callback=back, **_sender(self.settings.twilio_from))
        except Exception as error:
            return _failure(text.id, error)
        return Sent(text.id, Outcome.ACCEPTED, made.sid) if made.sid else Sent(text.id, Outcome.UNKNOWN, code="no_sid")

    async def _find(self, text: Outbound, taken: set[str]) -> Sent | None:
        first = self._first_asked.get(text.id)
        if first is not None and time.monotonic() - first < SURE_SECONDS:
            return None
        try:
            listed = await self._client().messages.list_async(to=text.phone, limit=_NEWEST, page_size=_NEWEST)
        except Exception as error:
            log.warning("a text could not be looked up: %s", type(error).__name__)
            return None
        # A trial account's texts begin with words of Twilio's own.
        ours = {made.sid for made in listed if made.sid and (made.body or "").endswith(text.text)}
        free = sorted(ours - taken - await self._known(ours))
        if free:
            return Sent(text.id, Outcome.ACCEPTED, free[0])
        if len(listed) >= _NEWEST:
            return Sent(text.id, Outcome.UNKNOWN)
        if first is None:
            self._first_asked[text.id] = time.monotonic()
            return None
        return Sent(text.id, Outcome.TRY_LATER)

    async def _known(self, ids: set[str]) -> set[str]:
        """Those of Twilio's ids that belong to texts of which we know it; the same words may have gone out before."""
        async with self.database.reading() as db:
            known = await db.scalars(select(Message.provider_id).where(
                Message.gateway == self.name, Message.provider_id.in_(ids)))
            return {sid for sid in known if sid}

    def _client(self) -> "Client":
        if self._made is None:
            from twilio.rest import Client

            self._made = Client(self.settings.twilio_account_sid, self.settings.twilio_auth_token,
                                http_client=_http_client(self.settings.twilio_api_url))
        return self._made


def is_genuine(settings: Settings, path: str, form: Any, signature: str) -> bool:
    """Whether Twilio signed this call. `path` is what follows PUBLIC_URL, with the query; `form` is a multidict."""
    from twilio.request_validator import RequestValidator

    if not settings.twilio_auth_token or not signature:
        return False
    return bool(RequestValidator(settings.twilio_auth_token).validate(settings.public_url + path, form, signature))


def read_reply(form: Mapping[str, str], raw: str) -> Incoming:
    """A text from a phone, from Twilio's form fields. Raises Unreadable."""
    if "Body" not in form:
        raise Unreadable("Body is missing")
    try:
        phone = phones.read(form.get("From", ""))
    except phones.NotAPhone:
        raise Unreadable("From is not a phone number") from None
    return Incoming(phone, form["Body"], raw, _id(form))


def read_receipt(form: Mapping[str, str], raw: str) -> Report:
    """A receipt, from Twilio's form fields. Raises Unreadable."""
    status = STATUSES.get(form.get("MessageStatus", ""))
    if status is None:
        raise Unreadable("MessageStatus is missing or not known")
    code = form.get("ErrorCode", "")[:40]
    reason = _reason(code) if status == Status.FAILED else ""
    return Report(_id(form), status, reason=reason, code=code, raw=raw)


def _id(form: Mapping[str, str]) -> str:
    found = form.get("MessageSid") or form.get("SmsSid") or ""
    if not _ID.fullmatch(found):
        raise Unreadable("MessageSid is missing")
    return found


def _reason(code: str) -> Reason:
    return REASONS.get(int(code), Reason.OTHER) if code.isascii() and code.isdigit() else Reason.OTHER


_HERE = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", None})  # noqa: S104  # compared with, not listened on


def _sender(sender: str) -> dict[str, str]:
    """A number or a name, or the id of one of Twilio's messaging services."""
    return {"messaging_service_sid": sender} if re.fullmatch(r"MG[0-9a-f]{32}", sender) else {"from_": sender}


def _failure(message_id: int, error: Exception) -> Sent:
    """What a failed call means for its text: refused, surely not taken, or perhaps taken."""
    from twilio.base.exceptions import TwilioRestException, TwilioServiceException

    if isinstance(error, (TwilioRestException, TwilioServiceException)):
        return _refusal(message_id, error.status, str(error.code or error.status))
    if never_began(error):
        return Sent(message_id, Outcome.TRY_LATER, reason=Reason.BUSY, code="no_connection")
    log.warning("no clear answer from Twilio: %s", type(error).__name__)
    return Sent(message_id, Outcome.UNKNOWN, code=type(error).__name__[:40])


def _refusal(message_id: int, status: int, code: str) -> Sent:
    reason = _reason(code)
    if status == 429:
        reason = Reason.BUSY
    elif status in (401, 403, 404) and reason == Reason.OTHER:
        reason = Reason.ACCOUNT
    if reason == Reason.BUSY or (reason == Reason.ACCOUNT and int(code) not in _FOR_GOOD):
        return Sent(message_id, Outcome.TRY_LATER, reason=reason, code=code)
    if status >= 500:
        return Sent(message_id, Outcome.UNKNOWN, code=code)
    return Sent(message_id, Outcome.REFUSED, reason=reason, code=code)


def _complaint(failure: Sent) -> str:
    if failure.code == "no_connection":
        return "Twilio cannot be reached."
    if failure.reason == Reason.ACCOUNT:
        return f"Twilio refuses TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN (error {failure.code})."
    return f"Twilio did not answer the question about the account (error {failure.code})."


def _http_client(api_url: str) -> "AsyncHttpClient":
    """The client's own, silent, with time limits that hold, and pointed elsewhere where TWILIO_API_URL says so."""
    import aiohttp
    from twilio.http.async_http_client import AsyncTwilioHttpClient

    limits = aiohttp.ClientTimeout(total=ANSWER_SECONDS, sock_connect=CONNECT_SECONDS)

    class Session:
        """What the client asks of aiohttp's. It hands on `timeout=None`, whatever it was told, and that means never."""

        def __init__(self) -> None:
            self.session = aiohttp.ClientSession()

        async def request(self, **kwargs: Any) -> aiohttp.ClientResponse:
            if api_url:
                kwargs["url"] = api_url + urlsplit(kwargs["url"])._replace(scheme="", netloc="").geturl()
            return await self.session.request(**{**kwargs, "timeout": limits})

        async def close(self) -> None:
            await self.session.close()

    made = AsyncTwilioHttpClient(pool_connections=False, logger=logging.Logger("twilio", logging.CRITICAL))
    made.session = Session()
    return made
