"""Pages that hold nobody's data, as finished bytes: handed over before routing, sessions and tokens are thought of.

A route says with opt={"finished": True} that its GET holds nobody's data, whoever asks; with {"finished": "stranger"},
that this is so for whoever has no proved phone; and with "asks" which parameters of the address it looks at. Others
are not passed on to it. What it says is kept on a shelf (app/shelf.py) for each Stranger.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import LifeSpanReceive, LifeSpanScope, LifeSpanSend, Message, Receive, Scope, Send

from app import leading_on, packing, strangers
from app.arguments import PHONE_COOKIE
from app.errors import TemporarilyAway
from app.pages import VARY, wants_piece
from app.shelf import Made, Shelf
from app.strangers import PREFERENCES, Stranger

MOST_BYTES = 64 * 1024 * 1024  # of finished pages, in each process
_KEPT_BY_OTHERS = "public, max-age=5"
_NOT_KEPT = "private, no-cache"  # it says how somebody likes the pages
# What may be on a shelf of a proxy for a moment, but a browser asks again: the page looks different once one signed up.
_ASKED_AGAIN = "public, max-age=0, s-maxage=5"
_OFTEN = 8  # asked for as often as that, it is worth the time to pack it as small as can be
_OUR_WORDS = frozenset({"content-length", "vary", "cache-control", "set-cookie"})
# No other site shows our pages inside its own, where somebody presses a button of ours that they do not see; a browser
# takes what we send for what we say it is; no other site learns the whole address of the page that led to it.
_GUARDED: list[tuple[bytes, bytes]] = [
    (b"x-frame-options", b"DENY"), (b"content-security-policy", b"frame-ancestors 'none'; base-uri 'self'"),
    (b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin")]
Headers = list[tuple[bytes, bytes]]


class Leak(Exception):
    """A route that says that its page holds nobody's data answered with something that is somebody's. A bug."""


class _Packed(NamedTuple):
    tag: str
    headers: Headers
    unchanged: Headers  # of an answer that says no more than that
    body: bytes


@dataclass(slots=True)
class Page:
    """An answer of a route, and each of its encodings once somebody has asked for it."""

    status: int
    headers: Headers
    body: bytes
    fixed: Headers = field(default_factory=list)  # what is to be said besides; nothing where it is not to be kept
    packed: dict[str, _Packed] = field(default_factory=dict)
    asked: int = 0

    def of(self, encoding: str) -> _Packed:
        self.asked += 1
        if self.asked == _OFTEN and encoding == "br":
            task = asyncio.create_task(asyncio.to_thread(self._pack, encoding, packing.READY))
            _packing.add(task)
            task.add_done_callback(_packing.discard)
        if encoding not in self.packed:
            self._pack(encoding, packing.AT_ONCE)
        return self.packed[encoding]

    def _pack(self, encoding: str, effort: int) -> None:
        made = packing.pack(self.body, encoding, effort=effort)
        unchanged = [*self.fixed, (b"etag", made.tag.encode())]
        headers = [*self.headers, *unchanged, (b"content-length", str(len(made.content)).encode())]
        if made.encoding:
            headers.append((b"content-encoding", made.encoding.encode()))
        self.packed[encoding] = _Packed(made.tag, headers, unchanged, made.content)


_packing: set[asyncio.Task[None]] = set()


@dataclass(frozen=True, slots=True)
class _Door:
    """A route whose pages are finished."""

    for_all: bool
    asks: frozenset[str] | None

    @property
    def cache_control(self) -> str:
        return _KEPT_BY_OTHERS if self.for_all else _ASKED_AGAIN


class Site(Litestar):
    """Litestar, with finished pages ahead of its routes."""

    __slots__ = ("_doors", "_patterns")

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self.know_doors()

    def know_doors(self) -> None:
        """Look which of the routes are finished ones."""
        self._doors: dict[str, _Door] = {}
        self._patterns: list[tuple[re.Pattern[str], _Door]] = []
        for path, door in _doors(self.routes):
            if "{" in path:
                self._patterns.append((re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path)), door))
            else:
                self._doors[path] = door

    async def __call__(self, scope: Scope | LifeSpanScope, receive: Receive | LifeSpanReceive,
                       send: Send | LifeSpanSend) -> None:
        if scope["type"] == ScopeType.HTTP:
            if await self._answered(scope, send):
                return
            send = _guarded(send)
        if scope["type"] == ScopeType.HTTP and "database" in self.state and leading_on.is_wanted(scope):
            await leading_on.lead_on(super().__call__, self.state.database, scope, receive, send)
            return
        await super().__call__(scope, receive, send)

    async def _answered(self, scope: Any, send: Any) -> bool:
        """Whether it was a finished page that was asked for, and could be had."""
        if scope["method"] not in ("GET", "HEAD"):
            return False
        headers = dict(scope["headers"])
        found = self._stranger(scope, headers)
        page = await self._page(*found) if found is not None else None
        if page is None:
            return False
        await _answer(page, headers, send, head=scope["method"] == "HEAD")
        return True

    def _stranger(self, scope: Any, headers: dict[bytes, bytes]) -> tuple[Stranger, _Door] | None:
        """Who asks, if it is for a finished page."""
        path: str = scope["path"]
        door = self._doors.get(path) or next((one for pattern, one in self._patterns if pattern.fullmatch(path)), None)
        if door is None:
            return None
        query, cookies = scope["query_string"], _cookies(scope, headers)
        normal = strangers.normal(query, door.asks) if query else ("", {})
        if normal is None or (PHONE_COOKIE in cookies and not door.for_all):
            return None
        piece = b"hx-request" in headers and wants_piece(
            {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()})
        return Stranger(path, normal[0], strangers.preferences(cookies, normal[1]) if cookies else (), piece), door

    async def _page(self, stranger: Stranger, door: _Door) -> Page | None:
        """The page; None where the ordinary way says what is wrong, such as that the database is away."""
        shelf: Shelf[Page] | None = self.state.get("shelf")
        if shelf is None:
            return None
        try:
            return shelf.at_hand(stranger) or await shelf.get(stranger, lambda: self._made(stranger, door))
        except TemporarilyAway:
            return None

    async def _made(self, stranger: Stranger, door: _Door) -> Made[Page]:
        """What the route says to a stranger."""
        ours = urlsplit(self.state.settings.public_url)
        said: list[Any] = []

        async def hear(message: Message) -> None:
            said.append(message)

        asked: Any = stranger.scope(ours.scheme, ours.netloc)
        await super().__call__(asked, _nothing, hear)
        return _read(said, door, stranger)


def _read(said: list[Any], door: _Door, stranger: Stranger) -> Made[Page]:
    """Raises Leak for what must not be shown to others."""
    start, body = said[0], b"".join(message.get("body", b"") for message in said[1:])
    headers = _with_guards([(name.lower(), value) for name, value in start["headers"]])
    set_cookies = [(name, value) for name, value in headers if name == b"set-cookie"]
    told = {name: value.decode("latin-1") for name, value in headers}
    names = {value.partition(b"=")[0].decode("latin-1") for _name, value in set_cookies}
    if not names <= set(PREFERENCES):
        raise Leak(f"{stranger.path} sets a cookie that is no preference: {', '.join(sorted(names))}")
    if start["status"] != 200:
        return Made(Page(start["status"], headers, body))
    if "no-store" in told.get(b"cache-control", ""):
        raise Leak(f"{stranger.path} says that nobody may keep it")
    kept = [(name, value) for name, value in headers if name.decode("latin-1") not in _OUR_WORDS]
    control = _NOT_KEPT if set_cookies else door.cache_control
    fixed = [(b"cache-control", control.encode()), (b"vary", VARY.encode()), *set_cookies]
    return Made(Page(200, kept, body, fixed), 2 * len(body) + len(str(stranger)))


async def _answer(page: Page, headers: dict[bytes, bytes], send: Callable[[Any], Awaitable[None]], *,
                  head: bool) -> None:
    if not page.fixed:
        await _say(send, page.status, page.headers, b"" if head else page.body)
        return
    packed = page.of(packing.wanted(headers.get(b"accept-encoding", b"").decode("latin-1")))
    if b"if-none-match" in headers and packing.is_known(packed.tag, headers[b"if-none-match"].decode("latin-1")):
        await _say(send, 304, packed.unchanged, b"")
    else:
        await _say(send, 200, packed.headers, b"" if head else packed.body)


async def _say(send: Callable[[Any], Awaitable[None]], status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _guarded(send: Any) -> Any:
    """What is said, and with every page and piece of one how a browser is to guard it, where it says nothing itself."""
    async def say(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _with_guards(message["headers"])}
        await send(message)

    return say


def _with_guards(headers: Headers) -> Headers:
    said = {name.lower(): value for name, value in headers}
    if not said.get(b"content-type", b"").startswith(b"text/html"):
        return headers
    return [*headers, *((name, value) for name, value in _GUARDED if name not in said)]


def _cookies(scope: Any, headers: dict[bytes, bytes]) -> dict[str, str]:
    if b"cookie" not in headers:
        return {}
    # HTTP/2 may bring them one by one.
    sent = b";".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    pairs = (part.partition("=") for part in sent.split(";"))
    return {name.strip(): value.strip() for name, _sign, value in pairs if value}


def _doors(routes: Iterable[BaseRoute]) -> Iterable[tuple[str, _Door]]:
    for route in routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            finished = handler.opt.get("finished")
            if finished and "GET" in handler.http_methods:
                asks = handler.opt.get("asks")
                yield route.path, _Door(finished is True, None if asks is None else frozenset(asks))


async def _nothing() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}
