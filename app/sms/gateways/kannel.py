"""Kannel over HTTP: whatever it is connected to, an SMPP account or a modem with a SIM card, takes our texts.

User and password go along as headers and the text as the body, so that no address holds any of them. Kannel names no
text that it took; its receipts come to an address of ours that does. What it calls with is read in `_kannel_calls.py`.
"""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from app.db import Database
from app.settings import BadSetting, Settings
from app.sms.gateways import _http, _one_by_one
from app.sms.gateways._kannel_calls import provider_id
from app.sms.gateways.base import Abilities, Outbound, Outcome, Poll, Reason, Sent

if TYPE_CHECKING:
    import aiohttp

log = logging.getLogger("doorstep.kannel")

RECEIPTS = 1 + 2 + 8 + 16  # delivered, failed, taken by the carrier, refused by the carrier
_UCS2 = "2"
MOST_PARTS = 10  # as max-messages in deploy/kannel/kannel.conf: whatever is longer would arrive cut off
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
# What Kannel says with 400 about our settings rather than about this text or number.
_ABOUT_SETTINGS = ("sender missing", "dlr-url", "dlr-mask", "invalid content-type")


class Carrier:
    """A text per call, several at once, one after the other on each connection."""

    name = "kannel"
    abilities = Abilities(batch=200, at_once=20)

    def __init__(self, settings: Settings, database: Database) -> None:
        for name in ("kannel_username", "kannel_password", "kannel_callback_token"):
            if not getattr(settings, name):
                raise BadSetting(f"{name.upper()} is missing; SMS_GATEWAY=kannel needs it")
        self.settings, self.database = settings, database
        self._same_in_all = _headers(settings)
        self._receipts = f"{self._callback}/gateway/kannel/{settings.kannel_callback_token}/receipt"
        self._made: aiohttp.ClientSession | None = None

    async def send(self, texts: Sequence[Outbound]) -> list[Sent]:
        return await _one_by_one.hand_over(texts, self._send, at_once=self.abilities.at_once)

    async def look_up(self, texts: Sequence[Outbound]) -> list[Sent]:
        """Kannel cannot be asked about a text; a receipt says what became of it, or nobody does."""
        return [Sent(text.id, Outcome.UNKNOWN) for text in texts]

    async def poll(self) -> Poll:
        return Poll()

    async def check(self) -> list[str]:
        wrong = []
        if _is_here(self._callback) and not _is_here(self.settings.kannel_url):
            wrong.append("KANNEL_CALLBACK_URL (or PUBLIC_URL) is an address of this machine, and Kannel runs on "
                         "another one: it cannot bring replies and receipts there.")
        return [*wrong, *await self._check_sending(), *await self._check_status()]

    async def close(self) -> None:
        if self._made is not None:
            await self._made.close()
            self._made = None

    async def _send(self, text: Outbound) -> Sent:
        if text.segments > MOST_PARTS:
            return Sent(text.id, Outcome.REFUSED, reason=Reason.TOO_LONG, code="too_long")
        receipt = f"{self._receipts}?message={text.id}&status=%d&at=%T&answer=%A&smsc=%i"
        headers = {**self._same_in_all, "X-Kannel-To": text.phone, "X-Kannel-DLR-URL": receipt}
        try:
            status, said = await self._ask("POST", self.settings.kannel_url, data=text.text.encode(), headers=headers)
        except Exception as error:
            return _failure(text.id, error)
        return _meaning(text.id, status, said)

    async def _ask(self, method: str, address: str, **also: Any) -> tuple[int, str]:
        """The status and the words of an answer."""
        if self._made is None:
            self._made = _http.session(at_once=self.abilities.at_once)
        async with self._made.request(method, address, allow_redirects=False, **also) as answer:
            return answer.status, (await answer.read()).decode("utf-8", "replace")

    async def _check_sending(self) -> list[str]:
        """A call that names nobody to send to: Kannel looks at user and password first and then complains."""
        try:
            status, said = await self._ask("POST", self.settings.kannel_url, data=b"", headers=_account(self.settings))
        except Exception as error:
            return [f"Kannel's sendsms service cannot be reached at KANNEL_URL ({type(error).__name__})."]
        if status == 403:
            return ["Kannel refuses KANNEL_USERNAME with KANNEL_PASSWORD, or this machine's address."]
        if status != 400 or "receiver" not in said:
            return [f"KANNEL_URL does not lead to Kannel's sendsms service (it answers {status})."]
        return []

    async def _check_status(self) -> list[str]:
        if not self.settings.kannel_status_url:
            return []
        password = self.settings.kannel_status_password
        try:
            _status, page = await self._ask("GET", self.settings.kannel_status_url,
                                            params={"password": password} if password else {})
        except Exception as error:
            return [f"Kannel's bearerbox cannot be reached at KANNEL_STATUS_URL ({type(error).__name__})."]
        return status_problems(page, self.settings.kannel_smsc)

    @property
    def _callback(self) -> str:
        return self.settings.kannel_callback_url or self.settings.public_url


def _account(settings: Settings) -> dict[str, str]:
    """UTF-8 has to be said of a body: otherwise Kannel takes it for UTF-16."""
    return {"X-Kannel-Username": settings.kannel_username, "X-Kannel-Password": settings.kannel_password,
            "Content-Type": "text/plain; charset=UTF-8"}


def _headers(settings: Settings) -> dict[str, str]:
    """What stands in every call about a text. On the air it is UCS-2."""
    headers = {**_account(settings), "X-Kannel-Coding": _UCS2, "X-Kannel-DLR-Mask": str(RECEIPTS)}
    if settings.kannel_from:
        headers["X-Kannel-From"] = settings.kannel_from
    if settings.kannel_smsc:
        headers["X-Kannel-SMSC"] = settings.kannel_smsc
    return headers


def status_problems(page: str, wanted: str = "") -> list[str]:
    """What is wrong at Kannel, from its status.xml: whether its parts are there, and each way to the carrier."""
    try:
        root = ElementTree.fromstring(page)  # noqa: S314  # the page of our own Kannel, and expat expands nothing big
    except ElementTree.ParseError:
        return ["KANNEL_STATUS_URL does not lead to Kannel's status.xml."]
    if (root.text or "").strip() == "Denied":
        return ["Kannel refuses KANNEL_STATUS_PASSWORD, or this machine's address."]
    wrong = []
    running = (root.findtext("status") or "").strip()
    if not running.startswith("running"):
        wrong.append(f"Kannel's bearerbox is not running: it says {running[:40] or 'nothing'}.")
    if "smsbox" not in [(box.findtext("type") or "").strip() for box in root.iter("box")]:
        wrong.append("No smsbox is connected to Kannel's bearerbox: nothing can be sent, and no reply comes.")
    ways = {(way.findtext("id") or way.findtext("admin-id") or "").strip(): (way.findtext("status") or "").strip()
            for way in root.iter("smsc")}
    if not ways:
        wrong.append("Kannel has no smsc group, so no way to a carrier.")
    if wanted and ways and wanted not in ways:
        wrong.append(f"KANNEL_SMSC={wanted} is none of Kannel's smsc-ids.")
    return wrong + [f"Kannel's way to the carrier {name} is not online: it is {state[:40] or 'unknown'}."
                    for name, state in ways.items() if not state.startswith("online")]


def _meaning(message_id: int, status: int, said: str) -> Sent:
    """What Kannel's answer means. It is taken, but not delivered, when Kannel has it in its store."""
    said = said[:200].lower()
    if status == 202:
        return Sent(message_id, Outcome.ACCEPTED, provider_id(message_id))
    code = f"http_{status}"
    if status in (429, 503):  # the bearerbox has not stored it
        return Sent(message_id, Outcome.TRY_LATER, reason=Reason.BUSY, code=code)
    if status == 403 and "not routable" in said:  # no way to the carrier takes this number
        return Sent(message_id, Outcome.REFUSED, reason=Reason.OTHER, code="not_routable")
    if status in (401, 403, 404, 405) or (status == 400 and any(word in said for word in _ABOUT_SETTINGS)):
        return Sent(message_id, Outcome.TRY_LATER, reason=Reason.ACCOUNT, code=code)
    if 400 <= status < 500:
        return Sent(message_id, Outcome.REFUSED, reason=Reason.OTHER,
                    code="denied_number" if said.startswith("number(s)") else code)
    return Sent(message_id, Outcome.UNKNOWN, code=code)


def _failure(message_id: int, error: Exception) -> Sent:
    """What a failed call means for its text: surely not taken, or perhaps taken."""
    if _http.never_began(error):
        return Sent(message_id, Outcome.TRY_LATER, reason=Reason.BUSY, code="no_connection")
    log.warning("no clear answer from Kannel: %s", type(error).__name__)
    return Sent(message_id, Outcome.UNKNOWN, code=type(error).__name__[:40])


def _is_here(address: str) -> bool:
    return urlsplit(address).hostname in _HERE
