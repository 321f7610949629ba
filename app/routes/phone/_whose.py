"""Whose a page is, for the device that keeps the pages it has seen for when there is no signal."""

import hashlib
import re
from typing import Any

from litestar import Response

from app.access.sessions import PhoneSession
from app.arguments import PHONE_COOKIE, AnyRequest
from app.leading_on import BROWSER
from app.listings.visits import Me
from app.routes.phone import _asked

HEADER = "Kept-For"
EVERYBODY, NOBODY = "all", "none"
_PAGES = re.compile(r"/(jobs(/\d+)?|calendar|help|me)?")  # phone/sw.js keeps the same ones


def mark(response: Response[Any], request: AnyRequest) -> None:
    """A page that was simply opened may be kept: for everybody, or until this session ends. Of what answers a form, a
    device learns that it is still the same session."""
    me: PhoneSession | Me | None = request.state.get("me")
    if me is not None:
        response.headers[HEADER] = _whose(me)
    elif request.method == "GET" and response.status_code == 200 and _PAGES.fullmatch(request.url.path):
        response.headers[HEADER] = EVERYBODY


def forget(response: Response[Any]) -> None:
    """The number is forgotten on this device, and so is what the browser holds of its pages; what answered its forms is
    found by its own token, so that goes, too."""
    response.delete_cookie(PHONE_COOKIE)
    response.delete_cookie(BROWSER)
    response.delete_cookie("from")  # the building where one lives
    _asked.forget(response)
    response.headers["Clear-Site-Data"] = '"cache"'


def _whose(me: PhoneSession | Me) -> str:
    """The same for all pages of a session, and another one for each session; it says nothing and opens nothing. A
    session that an officer opened, without a phone, leaves nothing on the station's device."""
    if me.at_station:
        return NOBODY
    return "me:" + hashlib.sha256(f"kept for:{me.token_hash}".encode()).hexdigest()[:16]
