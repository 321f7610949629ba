"""Whoever looks at a page of their own: asked of the database once, with nothing else around it."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.arguments import PHONE_COOKIE, AnyRequest, note_session
from app.db import Database
from app.listings import signups, visits
from app.listings.signups import Place
from app.listings.visits import Held, Visit
from app.routes.phone._screens import AREA_COOKIE

_PREFERRED = (AREA_COOKIE, "from")


async def visit_of(request: AnyRequest) -> Visit | None:
    """Who has proved a phone on this device, if anybody."""
    token = request.cookies.get(PHONE_COOKIE, "")
    visit = await visits.of(database_of(request), token) if token else None
    note_session(request, visit.me if visit else None)
    return visit


def database_of(request: AnyRequest) -> Database:
    database: Database = request.app.state.database
    return database


def where(request: AnyRequest, visit: Visit | None) -> tuple[object, ...]:
    """All on which it depends which community and which building a page is about."""
    named = [said.get(name) for name in _PREFERRED for said in (request.query_params, request.cookies)]
    return (visit.home_id if visit else None, *named)


async def turns(request: AnyRequest, held: list[Held]) -> dict[int, int]:
    """The turns of those who wait; mostly there is nobody to ask about."""
    if all(one.place != Place.WAITING for one in held):
        return {}
    async with database_of(request).reading() as db:
        return await positions(db, held)


async def positions(db: AsyncSession, held: list[Held]) -> dict[int, int]:
    waiting = await signups.with_ids(db, [one.id for one in held if one.place == Place.WAITING])
    return {signup.id: await signups.position(db, signup) for signup in waiting}
