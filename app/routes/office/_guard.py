"""The one guard in front of every staff page."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from app.arguments import STAFF_COOKIE
from app.db import Database
from app.desk import conversations
from app.staff import logins
from app.staff.accounts import May, Officer

FIRST = "allowed_first"  # a handler's opt
# What an officer can reach while the one-time password still has to be changed.
_BEFORE_PASSWORD = frozenset({"/office/password", "/office/logout"})


class NotAllowed(PermissionDeniedException):
    """The officer's role does not have the page's permission; a form that was open too long is another matter."""


class PasswordFirst(Exception):
    """The officer still has a one-time password; nothing else opens before it is changed."""


async def allowed(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Lets an officer through whose role has the handler's permission; a handler that names none opens to nobody.

    The officer is left in connection.state, where the layout finds name and menu, and how many wait for an answer.
    """
    may = handler.opt.get("may", "unnamed")
    connection.state.officer = None
    if may is None:
        return
    officer = await _officer(connection)
    if officer is None:
        raise NotAuthorizedException
    connection.state.officer = officer
    if may == "unnamed" or not officer.may(may):
        raise NotAllowed
    if officer.must_change and connection.url.path.rstrip("/") not in _BEFORE_PASSWORD:
        raise PasswordFirst


def allowed_first(app: ASGIApp) -> ASGIApp:
    """Asks the guard before anything reads the body, for a handler that takes a large one and says so in its opt."""

    async def ask(scope: Scope, receive: Receive, send: Send) -> None:
        handler = scope.get("route_handler")
        if handler is not None and handler.opt.get(FIRST):
            await allowed(ASGIConnection(scope), handler)
        await app(scope, receive, send)

    return ask


async def _officer(connection: ASGIConnection[Any, Any, Any, Any]) -> Officer | None:
    token = connection.cookies.get(STAFF_COOKIE, "")
    if not token:
        return None
    database: Database = connection.app.state.database
    async with database.reading() as db:
        officer = await logins.officer_of(db, token)
        if officer is not None and officer.may(May.ANSWER):
            connection.state.waiting = await conversations.waiting(db, officer)
        return officer
