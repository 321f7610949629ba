"""Whom a page for everybody is made for: somebody of whom nothing is known but what they ask for and how they like it.

Pages that hold nobody's data are made for a stranger and shown to all who ask for the same. What is not in a Stranger
cannot be on such a page: the routes are asked with nothing else.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

from app.preferences import CHOICES

# How somebody likes the pages: from the address, and from then on by cookies of these names. Never who it is.
PREFERENCES = ("lang", "size", "area", "from")
LONGEST = 60  # characters of a preference
LONGEST_QUERY = 300  # and of a query; what is longer is a program's
_LONGEST_TYPED = 2_000  # bytes of what is remembered as it came
_MARK = "doorstep.stranger"


class Stranger(NamedTuple):
    """What is asked for: the path, the query in one order, the preferences as cookies, a piece of the page or all."""

    path: str
    query: str
    preferences: tuple[tuple[str, str], ...]
    piece: bool

    def scope(self, scheme: str, host: str) -> dict[str, Any]:
        """The request that asks for it, as ASGI says it."""
        headers = [(b"host", host.encode())]
        if self.preferences:
            headers.append((b"cookie", "; ".join(f"{name}={value}" for name, value in self.preferences).encode()))
        if self.piece:
            headers.append((b"hx-request", b"true"))
        return {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
                "method": "GET", "scheme": scheme, "path": self.path, "raw_path": quote(self.path).encode(),
                "query_string": self.query.encode(), "root_path": "", "headers": headers, "client": None,
                "server": (host, None), "extensions": {}, "state": {}, _MARK: True}


def asks(scope: Mapping[str, Any]) -> bool:
    """Whether this request is a stranger's, so that what is made for it may be shown to everybody."""
    return _MARK in scope


def preferences(cookies: Mapping[str, str], named: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Those of the cookies that the address does not say just the same, in one order. What everybody gets who never
    chose need not be asked for."""
    return tuple((name, value) for name in PREFERENCES
                 if (value := cookies.get(name, "")) and named.get(name) != value and _is_one(name, value))


def normal(query: bytes, known: frozenset[str] | None) -> tuple[str, Mapping[str, str]] | None:
    """A query with only the parameters that are known (any, where that is None), in one order, and what it says by
    name; None for one that no person asks."""
    return _normal(query, known) if len(query) <= _LONGEST_TYPED else None


@lru_cache(maxsize=2_000)
def _normal(query: bytes, known: frozenset[str] | None) -> tuple[str, Mapping[str, str]] | None:
    try:
        given = parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=40)
    except ValueError:
        return None
    kept = sorted(
        (name, value) for name, value in given if known is None or name in known or name in PREFERENCES)
    said = urlencode(kept)
    return None if len(said) > LONGEST_QUERY else (said, dict(kept))


def _is_one(name: str, value: str) -> bool:
    if name in CHOICES:
        return value in CHOICES[name][1:]
    return len(value) <= LONGEST and value.isprintable() and value.isascii()
