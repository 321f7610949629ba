"""Forms that only our own pages can send.

Each browser has a token of its own, as Litestar gives it one. Two things are added:

A page that is the same for everybody cannot hold anybody's token. Its forms carry the token of first steps, which
everybody may know. It is taken only where nothing can be done in somebody's name: a step that says who one is or asks
for help, of a browser that is nobody's yet, without a code, and not from another site where the browser says so.

What a page holds of a browser's own token looks different in each answer. Pages are sent compressed, and whoever can
put words into a page and see how long it becomes could otherwise guess the token letter by letter (BREACH).
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.config.csrf import CSRFConfig
from litestar.enums import RequestEncodingType, ScopeType
from litestar.exceptions import PermissionDeniedException
from litestar.middleware.csrf import CSRF_SECRET_LENGTH, CSRFMiddleware, generate_csrf_token
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from app import strangers

FIELD = "_csrf_token"
EXEMPT = "exclude_from_csrf"  # a route's opt: nobody's form leads there, and its answer may be kept by others
FIRST_STEP = "first_step"     # a route's opt: nothing is done in anybody's name
_FORMS = frozenset({RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART})
_BYTES = CSRF_SECRET_LENGTH // 2


class OldPage(PermissionDeniedException):
    """The form was on a page for everybody that stayed open, or was kept, while the phone was proved elsewhere."""


class OwnForms(CSRFMiddleware):
    """In the place of Litestar's, with its cookie and its tokens."""

    def __init__(self, app: ASGIApp, config: CSRFConfig, signed_in: str) -> None:
        """`signed_in` is the cookie of a browser that is somebody's."""
        super().__init__(app, config)
        self._signed_in = signed_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or self._is_exempt(scope):
            await self.app(scope, receive, send)
        elif strangers.asks(scope):
            ScopeState.from_scope(scope).csrf_token = first_step(self.config.secret)
            await self.app(scope, receive, send)
        else:
            await self._guard(scope, receive, send)

    async def _guard(self, scope: Scope, receive: Receive, send: Send) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive)
        cookie = request.cookies.get(self.config.cookie_name, "")
        known = cookie if cookie.isascii() and self._decode_csrf_token(cookie) else None
        if request.method not in self.config.safe_methods:
            given, fields = await self._given(request)
            own = known is not None and self._is_of(given, known)
            if not own:
                self._must_be_first_step(request, given, fields)
        token = known or generate_csrf_token(self.config.secret)
        ScopeState.from_scope(scope).csrf_token = masked(token)
        await self.app(scope, receive, self.create_send_wrapper(send=send, csrf_cookie=known, token=token))

    def _is_exempt(self, scope: Scope) -> bool:
        return bool(scope["route_handler"].opt.get(EXEMPT)) or bool(self.exclude and self.exclude.match(scope["path"]))

    async def _given(self, request: Request[Any, Any, Any]) -> tuple[str, Any]:
        """The token that came along, and the fields of the form where it was one."""
        kind, _words = request.content_type
        fields = await request.form() if kind in _FORMS else None
        given = request.headers.get(self.config.header_name) or (fields.get(FIELD, "") if fields is not None else "")
        return given if isinstance(given, str) and given.isascii() else "", fields

    def _is_of(self, given: str, cookie: str) -> bool:
        """Whether it is this browser's own token, masked or as it is."""
        own = self._decode_csrf_token(cookie) or ""
        found = self._decode_csrf_token(given) if len(given) == len(cookie) else _unmasked(given)
        return bool(own) and hmac.compare_digest(found or "", own)

    def _must_be_first_step(self, request: Request[Any, Any, Any], given: str, fields: Any) -> None:
        """Raises PermissionDeniedException where it is none; OldPage where it would be one, if the browser were
        nobody's still."""
        if (fields is None or "code" in fields or not request.route_handler.opt.get(FIRST_STEP)
                or not hmac.compare_digest(given, first_step(self.config.secret)) or _is_from_elsewhere(request)):
            raise PermissionDeniedException("CSRF token verification failed")
        if self._signed_in in request.cookies:
            raise OldPage("the page was made for a browser that was nobody's")


def first_step(secret: str) -> str:
    """The token of forms on pages that are the same for everybody."""
    return hmac.new(secret.encode(), b"the first step of a form", hashlib.sha256).hexdigest()


def masked(token: str) -> str:
    """What a page holds of the token: other letters each time."""
    pad, own = secrets.token_bytes(_BYTES), bytes.fromhex(token[:CSRF_SECRET_LENGTH])
    return urlsafe_b64encode(pad + _mixed(pad, own)).decode().rstrip("=")


def _unmasked(given: str) -> str | None:
    try:
        raw = urlsafe_b64decode(given + "=" * (-len(given) % 4))
    except ValueError:
        return None
    return _mixed(raw[:_BYTES], raw[_BYTES:]).hex() if len(raw) == 2 * _BYTES else None


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _is_from_elsewhere(request: Request[Any, Any, Any]) -> bool:
    """Whether the browser says that another site's page sent the form. Old ones say nothing."""
    told = request.headers.get("Sec-Fetch-Site", "")
    if told:
        return told not in ("same-origin", "none")
    origin = request.headers.get("Origin", "")
    return bool(origin) and urlsplit(origin).netloc.lower() != request.headers.get("Host", "").lower()
