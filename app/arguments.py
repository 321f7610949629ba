"""What a route may ask for. Declared once here; a route only names it."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotAuthorizedException
from litestar.params import PathParameter
from sqlalchemy.ext.asyncio import AsyncSession

from app.access import sessions
from app.access.sessions import PhoneSession
from app.db import Database
from app.listings import visits
from app.staff import logins
from app.staff.accounts import Officer as Account

STAFF_COOKIE = "staff"
PHONE_COOKIE = "phone"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

Db = NamedDependency[AsyncSession]
Me = NamedDependency[PhoneSession | None]
Officer = NamedDependency[Account]
RowId = Annotated[int, PathParameter(ge=-2**63, le=2**63 - 1)]  # what a database's column can hold
AnyRequest = Request[Any, Any, Any]


async def provide_db(request: AnyRequest) -> AsyncIterator[AsyncSession]:
    """A session for this request. What only looks gets a read-only one; the rest commits when the handler is done.

    A POST that only keeps what is looked for out of the address says so with opt={"looks": True}; the one GET that does
    something, a personal link that somebody opens, with opt={"writes": True}.
    """
    database: Database = request.app.state.database
    told = request.route_handler.opt
    if (request.method in _SAFE and not told.get("writes")) or told.get("looks"):
        async with database.reading() as db:
            yield db
    else:
        async with database.session() as db:
            yield db


async def provide_me(request: AnyRequest, db: Db) -> PhoneSession | None:
    """The phone that was proved on this device, if any."""
    token = request.cookies.get(PHONE_COOKIE, "")
    session = await sessions.of(db, token) if token else None
    note_session(request, session)
    return session


def note_session(request: AnyRequest, session: PhoneSession | visits.Me | None) -> None:
    """Whose pages these are, for what all of them show."""
    request.state["me"] = session
    request.state["at_station"] = session is not None and session.at_station  # every page then has a button to end it


async def provide_officer(request: AnyRequest, db: Db) -> Account:
    """The officer who is logged in. Raises NotAuthorizedException, which leads to the log-in page."""
    token = request.cookies.get(STAFF_COOKIE, "")
    officer = await logins.officer_of(db, token) if token else None
    if officer is None:
        raise NotAuthorizedException
    return officer


def provided() -> dict[str, Provide]:
    """The dependencies by name, for create_app()."""
    return {"db": Provide(provide_db), "me": Provide(provide_me), "officer": Provide(provide_officer)}


def address_of(request: AnyRequest) -> str:
    """The address that asked, as the server (told of trusted proxies) sees it."""
    return request.client.host if request.client else ""
