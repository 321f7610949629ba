"""China Mobile's Cloud MAS (云MAS), by its HTTP interface. Never tried against the real platform: docs/cloudmas.md says
what is known and from where.

It takes many texts in a call and can be asked nothing about them afterwards, so a call without a clear answer leaves
its texts unknown until their receipts come. After trouble the rest of what was to be handed over waits, too: it would
meet the same.
"""

import asyncio
import hashlib
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from app.db import Database
from app.residents.vault import WrongKey
from app.settings import Settings
from app.sms import fetched
from app.sms.fetched import Fetched
from app.sms.gateways import _cloudmas_calls as calls
from app.sms.gateways import _cloudmas_reading as reading
from app.sms.gateways._cloudmas_calls import Call
from app.sms.gateways._cloudmas_line import Line, NoAnswer, log
from app.sms.gateways._cloudmas_reading import Answer, provider_id
from app.sms.gateways._http import CONNECT_SECONDS
from app.sms.gateways.base import Abilities, Outbound, Outcome, Poll, Reason, Sent, Unread, Unreadable

SEND_SECONDS = 150     # shorter than the lease of a whole batch; what has not been handed over by then waits
PULL_SECONDS = 5.0
_CALLS_AT_ONCE = 4
_SUBMITS = ("norsubmit", "submit", "tmpsubmit")
_NEEDED = ("cloudmas_url", "cloudmas_ec_name", "cloudmas_ap_id", "cloudmas_secret_key", "cloudmas_sign")


class Carrier:
    """Hands over thousands of texts in a few calls. A call that was refused for one of its numbers was surely not
    taken, so its halves are tried, down to the number at fault."""

    name = "cloudmas"
    abilities = Abilities(per_second=200, batch=calls.MOST_ALIKE, at_once=500)

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database
        self._line = Line(settings)
        self._codes = reading.codes_of(settings)
        self._next_pull = 0.0
        self._brought: list[tuple[str, bytes]] = []

    async def send(self, texts: Sequence[Outbound]) -> list[Sent]:
        mobile = [text for text in texts if calls.is_mobile(text.phone)]
        nowhere = [Sent(text.id, Outcome.REFUSED, reason=Reason.NO_SUCH_NUMBER, code="not_mainland")
                   for text in texts if not calls.is_mobile(text.phone)] if len(mobile) < len(texts) else []
        handing_over = _HandingOver(self._answer)
        parts = await asyncio.gather(*(handing_over.go(call) for call in calls.together(mobile, self.settings)))
        return [*nowhere, *(sent for part in parts for sent in part)]

    async def look_up(self, texts: Sequence[Outbound]) -> list[Sent]:
        return [Sent(text.id, Outcome.UNKNOWN) for text in texts]

    async def poll(self) -> Poll:
        """What an account of the HTTPS kind fetches: a few seconds apart, sooner while there is more."""
        if not self.settings.cloudmas_pull or time.monotonic() < self._next_pull:
            return Poll()
        await self._save()
        for what, kind in (("report", "receipt"), ("deliver", "reply")):
            self._brought += [(kind, raw) for raw in await self._pull(what, kind)]
            await self._save()
        rows = await fetched.take_in_hand(self.database, self.name)
        found = [self._read(row) for row in rows]
        more = any(one.reports or one.incoming for one in found)
        self._next_pull = time.monotonic() + (PULL_SECONDS / 5 if more else PULL_SECONDS)
        return Poll([report for one in found for report in one.reports],
                    [incoming for one in found for incoming in one.incoming],
                    [unread for one in found for unread in one.unread], [row.id for row in rows])

    async def check(self) -> list[str]:
        missing = [f"{name.upper()} is missing." for name in _NEEDED if not getattr(self.settings, name)]
        return missing or [*_misfits(self.settings), *await _unreachable(self.settings)]

    async def close(self) -> None:
        await self._line.close()

    async def _answer(self, call: Call) -> Answer:
        try:
            raw = await self._line.ask(self.settings.cloudmas_url, calls.said_in(call, self.settings))
        except NoAnswer as none:
            return Answer(none.outcome, none.code, none.reason)
        except Exception as error:  # a bug of ours with one call must not leave the others without an answer
            log.error("a call to Cloud MAS failed: %s", type(error).__name__)
            return Answer(Outcome.UNKNOWN, type(error).__name__[:40])
        return reading.read_answer(raw, self._codes)

    async def _pull(self, what: str, kind: str) -> list[bytes]:
        """What came, if anything did."""
        try:
            raw = await self._line.ask(urljoin(self.settings.cloudmas_url, what), calls.asked_in(self.settings))
        except NoAnswer as none:
            log.warning("could not fetch each %s: %s", kind, none.code)
            return []
        if code := reading.refusal(raw):
            log.warning("Cloud MAS refuses to give each %s: %s", kind, code)
            return []
        return [raw] if raw.strip() not in (b"", b"[]") else []

    async def _save(self) -> None:
        """What was brought is not brought again: it is kept before more is asked for."""
        while self._brought:
            kind, raw = self._brought[0]
            await fetched.keep(self.database, self.name, kind=kind, raw=raw)
            del self._brought[0]

    def _read(self, row: Fetched) -> Poll:
        read = reading.read_receipts if row.kind == "receipt" else reading.read_replies
        raw = b""
        try:
            raw = fetched.opened(self.database, row)
            found = read(raw, self.settings)
        except (Unreadable, WrongKey) as problem:
            return Poll(unread=[Unread(row.kind, raw.decode("utf-8", "backslashreplace").replace("\x00", "\\x00"),
                                       str(problem))])
        # Where the platform tells no time, this is how the same reply is known that comes out of this row again.
        return replace(found, incoming=[
            replace(one, provider_id=one.provider_id or row.name_of(place))
            for place, one in enumerate(found.incoming)])


class _HandingOver:
    """One claim's calls, a few at a time, until one meets trouble or the time is up."""

    def __init__(self, ask: Callable[[Call], Awaitable[Answer]]) -> None:
        self._ask = ask
        self._gate = asyncio.Semaphore(_CALLS_AT_ONCE)
        self._until = time.monotonic() + SEND_SECONDS
        self._trouble: Answer | None = None

    async def go(self, call: Call) -> list[Sent]:
        """What became of each text of the call."""
        async with self._gate:
            answer = self._held_back() or await self._ask(call)
        if answer.code in reading.DIVIDED and len(call.texts) > 1:
            first, second = call.halves
            return [*await self.go(first), *await self.go(second)]
        if answer.outcome in (Outcome.TRY_LATER, Outcome.UNKNOWN):
            self._trouble = self._trouble or answer
        return [Sent(text.id, answer.outcome, provider_id(answer.group, calls.mobile_of(text.phone))
                     if answer.group else "", answer.reason, answer.code) for text in call.texts]

    def _held_back(self) -> Answer | None:
        """What is said of a call that is not made: it was surely not taken."""
        if self._trouble is not None:
            return Answer(Outcome.TRY_LATER, self._trouble.code, self._trouble.reason or Reason.BUSY)
        if time.monotonic() > self._until:
            return Answer(Outcome.TRY_LATER, "no_time", Reason.BUSY)
        return None


def _misfits(settings: Settings) -> list[str]:
    """What cannot be right about the settings, as far as they can be looked at without the platform."""
    wrong, submits = [], urlsplit(settings.cloudmas_url).path.rsplit("/", 1)[-1]
    if not settings.cloudmas_sign.isascii() or settings.cloudmas_sign == settings.sms_signature:
        wrong.append("CLOUDMAS_SIGN is not the station's name but the code of that name (签名编码, under 签名下载).")
    if {"【", "】"} & set(settings.sms_signature):
        wrong.append("SMS_SIGNATURE is the name without 【】, as it is registered: the platform puts it in front, and "
                     "ours is taken off before.")
    if (submits == "tmpsubmit") != (settings.cloudmas_mode == "template") and submits in _SUBMITS:
        wrong.append(f"CLOUDMAS_URL ends in {submits}, which does not go with CLOUDMAS_MODE={settings.cloudmas_mode}.")
    if submits not in _SUBMITS:
        wrong.append("CLOUDMAS_URL is the whole address for texts, which ends in norsubmit, submit or tmpsubmit.")
    if not settings.cloudmas_pull and not settings.cloudmas_callback_token:
        wrong.append("Neither CLOUDMAS_CALLBACK_TOKEN nor CLOUDMAS_PULL=yes is set: no reply and no receipt gets in.")
    if settings.cloudmas_callback_token and not settings.cloudmas_callback_ips:
        wrong.append("CLOUDMAS_CALLBACK_IPS is empty: whoever learns the address for pushes could write in anybody's "
                     "name.")
    if settings.cloudmas_fingerprint and not settings.cloudmas_url.startswith("https://"):
        wrong.append("CLOUDMAS_FINGERPRINT needs an address that starts with https://.")
    return wrong


async def _unreachable(settings: Settings) -> list[str]:
    """Whether somebody listens there and shows the right certificate; nothing is said to them."""
    address = urlsplit(settings.cloudmas_url)
    by_tls = address.scheme == "https"
    context = _any_certificate() if settings.cloudmas_fingerprint else ssl.create_default_context()
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _reader, writer = await asyncio.open_connection(
                address.hostname, address.port or (443 if by_tls else 80), ssl=context if by_tls else None)
    except ssl.SSLError:
        return ["The platform's certificate cannot be verified. Set CLOUDMAS_FINGERPRINT to that of the right one."]
    except (OSError, TimeoutError):
        return ["Cloud MAS cannot be reached."]
    shown = writer.get_extra_info("ssl_object")
    certificate = shown.getpeercert(binary_form=True) if shown else b""
    writer.close()
    with suppress(OSError, TimeoutError):
        await asyncio.wait_for(writer.wait_closed(), CONNECT_SECONDS)
    found = hashlib.sha256(certificate or b"").hexdigest()
    if settings.cloudmas_fingerprint and by_tls and found != settings.cloudmas_fingerprint:
        return [f"The platform shows a certificate whose SHA-256 fingerprint is {found}; CLOUDMAS_FINGERPRINT is "
                "another one. Ask the carrier which is right before you change it."]
    return []


def _any_certificate() -> ssl.SSLContext:
    """To look at what is shown, and for nothing else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("DEFAULT@SECLEVEL=1")
    return context
