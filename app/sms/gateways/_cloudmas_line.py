"""The line to Cloud MAS: one call, one answer, and what it means when there is none."""

import hashlib
import hmac
import json
import logging
import ssl
from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.settings import Settings
from app.sms.gateways import _http
from app.sms.gateways.base import Outcome, Reason

if TYPE_CHECKING:
    import aiohttp

log = logging.getLogger("doorstep.cloudmas")
_BIGGEST = 8 * 1024 * 1024
_CONNECTIONS = 8
# The address or the account is wrong, so the call was surely not taken.
_TURNED_AWAY = frozenset({401, 403, 404, 405, 407})


class NoAnswer(Exception):
    """A call without an answer that could be read; `outcome` says whether it was perhaps taken."""

    def __init__(self, outcome: Outcome, code: str, reason: str = "") -> None:
        super().__init__(code)
        self.outcome, self.code, self.reason = outcome, code, reason


class Line:
    """Connections are kept and used again. The body is Base64 of JSON, although its type says JSON: so it is asked
    for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opened: aiohttp.ClientSession | None = None

    async def ask(self, address: str, fields: Mapping[str, str]) -> bytes:
        """Raises NoAnswer. Its cause may repeat what was sent, so it goes into no log."""
        from aiohttp import ClientError

        body = b64encode(json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace"))
        try:
            async with self._session().post(address, data=body, headers={"Content-Type": "application/json"},
                                            allow_redirects=False) as answer:
                if answer.status in _TURNED_AWAY:
                    raise NoAnswer(Outcome.TRY_LATER, str(answer.status), Reason.ACCOUNT)
                if answer.status == 429:
                    raise NoAnswer(Outcome.TRY_LATER, "429", Reason.BUSY)
                if answer.status != 200:
                    raise NoAnswer(Outcome.UNKNOWN, str(answer.status))
                return await _read(answer)
        except (ClientError, TimeoutError, OSError) as error:
            raise _no_answer(error) from None

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    def _session(self) -> "aiohttp.ClientSession":
        if self._opened is None:
            pin = self._settings.cloudmas_fingerprint
            self._opened = _http.session(at_once=_CONNECTIONS, tls=pinned(pin) if pin else True)
        return self._opened


def pinned(fingerprint: str) -> ssl.SSLContext:
    """Takes one certificate and no other, whoever issued it: the platform's cannot be verified in the usual way, and
    its document would have everybody take any. Whoever shows another one is told nothing."""

    class Pinned(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            shown = hashlib.sha256(self.getpeercert(binary_form=True) or b"").hexdigest()
            if not hmac.compare_digest(shown, fingerprint):
                raise ssl.SSLCertVerificationError("not the certificate of CLOUDMAS_FINGERPRINT")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("DEFAULT@SECLEVEL=1")  # its keys are older than today's default accepts
    context.sslobject_class = Pinned
    return context


async def _read(answer: "aiohttp.ClientResponse") -> bytes:
    read = b""
    async for piece in answer.content.iter_any():
        read += piece
        if len(read) > _BIGGEST:
            raise NoAnswer(Outcome.UNKNOWN, "too_big")
    return read


def _no_answer(error: Exception) -> NoAnswer:
    """A connection that was never opened took nothing; whatever broke later may have been taken."""
    from aiohttp import InvalidURL

    if _about_certificate(error):
        return NoAnswer(Outcome.TRY_LATER, "certificate", Reason.ACCOUNT)
    if isinstance(error, InvalidURL):
        return NoAnswer(Outcome.TRY_LATER, "address", Reason.ACCOUNT)
    if _http.never_began(error):
        return NoAnswer(Outcome.TRY_LATER, "no_connection", Reason.BUSY)
    log.warning("no clear answer from Cloud MAS: %s", type(error).__name__)
    return NoAnswer(Outcome.UNKNOWN, type(error).__name__[:40])


def _about_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
