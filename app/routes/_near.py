"""Who may use the simulated phones: they show every text and every code, and nobody logs in to see them."""

import ipaddress
from functools import lru_cache

from app import db
from app.arguments import AnyRequest, address_of
from app.db import Database
from app.errors import NotFound
from app.settings import Settings

# What a proxy adds to a call that it passes on for somebody else.
_PASSED_ON = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")


async def simulated(request: AnyRequest) -> Settings:
    """The settings, where the simulated phones are and the caller may use them: anybody in a demo, whose people are
    invented, else only somebody on this very machine. Raises NotFound otherwise."""
    settings: Settings = request.app.state.settings
    if settings.is_simulated and (_is_near(request) or await _is_demo(request)):
        return settings
    raise NotFound


def _is_near(request: AnyRequest) -> bool:
    """Called from this machine, by its own name, and not through a proxy that stands on it."""
    headers = request.headers
    return (_is_loopback(address_of(request)) and _is_loopback(request.url.hostname or "")
            and not any(name in headers for name in _PASSED_ON))


@lru_cache(maxsize=256)
def _is_loopback(host: str) -> bool:
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return ((ip.version == 6 and ip.ipv4_mapped) or ip).is_loopback


async def _is_demo(request: AnyRequest) -> bool:
    database: Database = request.app.state.database
    async with database.reading() as session:
        return bool(await db.fact(session, "demo"))
