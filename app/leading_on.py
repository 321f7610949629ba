"""What answers a resident's form leads on to a page of its own, so that the back button always works: without scripts,
a browser that goes back to an answer asks whether to send the form again.

Scripts arrange that for themselves and save the way (app/static/phone.js): what htmx asks for is answered at once.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request

from app.access import form_answers
from app.access.form_answers import Answer
from app.arguments import PHONE_COOKIE
from app.db import Database
from app.errors import TemporarilyAway

ADDRESS = "/again/"
BROWSER = "csrf"  # the cookie that tells browsers apart
_OTHERS = ("/office", "/gateway", "/phones", "/health", "/metrics")  # whose forms these are not
_PAGES = frozenset({200, 409, 410, 422, 429})  # what a person reads and goes on from; the others did nothing at all
_NOT_KEPT = frozenset({"set-cookie", "content-length"})
Send = Callable[[Any], Awaitable[None]]


def is_wanted(scope: Any) -> bool:
    """Whether it is a form of a resident, sent without scripts."""
    return (scope["method"] == "POST" and not scope["path"].startswith(_OTHERS)
            and all(name != b"hx-request" for name, _value in scope["headers"]))


async def lead_on(app: Callable[[Any, Any, Any], Awaitable[None]], database: Database, scope: Any, receive: Any,
                  send: Send) -> None:
    """Answer the form; a page, be it one that says what is wrong, is put away, and the browser is sent to it."""
    said: list[Any] = []

    async def hear(message: Any) -> None:
        said.append(message)

    await app(scope, receive, hear)
    mark = await _put_away(database, scope, said)
    if mark:
        cookies = [(name, value) for name, value in said[0]["headers"] if name.lower() == b"set-cookie"]
        said = [{"type": "http.response.start", "status": 303, "headers": [
            (b"location", f"{ADDRESS}{mark}".encode()), (b"cache-control", b"no-store"), (b"content-length", b"0"),
            *cookies]}, {"type": "http.response.body", "body": b""}]
    for message in said:
        await send(message)


async def _put_away(database: Database, scope: Any, said: list[Any]) -> str:
    """The mark of the answer; none for what is no page, or where the browser keeps no cookie to find it by, or the
    database is away: then it is said at once."""
    start = said[0]
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]
               if name.lower().decode("latin-1") not in _NOT_KEPT}
    cookies = _cookies(scope, start)
    browser, session = cookies.get(BROWSER, ""), cookies.get(PHONE_COOKIE, "")
    if session == Request[Any, Any, Any](scope).cookies.get(PHONE_COOKIE) and scope.get("state", {}).get("me") is None:
        session = ""  # it has ended, so nobody would find what is sealed with it
    if start["status"] not in _PAGES or not browser:
        return ""
    if not headers.get("content-type", "").startswith("text/html"):
        return ""
    answer = Answer(start["status"], headers, b"".join(message.get("body", b"") for message in said[1:]))
    try:
        async with database.session() as db:
            return await form_answers.keep(db, answer, browser=browser, session=session)
    except TemporarilyAway:
        return ""


def _cookies(scope: Any, start: Any) -> dict[str, str]:
    """What the browser keeps once it has this answer, whatever other sites of the same name left there."""
    kept = dict(Request[Any, Any, Any](scope).cookies)
    for name, value in start["headers"]:
        if name.lower() == b"set-cookie":
            cookie, _sign, rest = value.decode("latin-1").partition("=")
            kept[cookie.strip()] = rest.partition(";")[0].strip().strip('"')
    return kept
