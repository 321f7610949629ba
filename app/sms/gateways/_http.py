"""How a provider is called over HTTP: connections are kept and used again, nothing is read from the environment,
followed or remembered, and a failure says whether anything can have been taken.

aiohttp is slow to import, so it is imported by what needs it. It never makes a POST twice by itself.
"""

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiohttp

ANSWER_SECONDS = 15
CONNECT_SECONDS = 5
# A connection on which nothing was said for so long is closed by us, before the other side does: of a call on one that
# it has just closed nobody could say whether it was taken. Kannel 1.4.5 waits for a minute.
KEPT_SECONDS = 2.0


def session(*, at_once: int, tls: ssl.SSLContext | bool = True) -> "aiohttp.ClientSession":
    """For at most so many calls at a time of each of the two loops that hand texts over, each of which has to be
    answered whole in time. Who had to wait for a connection of ours would take the provider for gone."""
    import aiohttp

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=2 * at_once, keepalive_timeout=KEPT_SECONDS, ssl=tls),
        timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS, connect=CONNECT_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(), trust_env=False,
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"))


def never_began(error: BaseException) -> bool:
    """Whether a call failed before there was a connection for it, so that it was surely not taken."""
    from aiohttp import ClientConnectorError, ConnectionTimeoutError

    return isinstance(error, (ClientConnectorError, ConnectionTimeoutError))
