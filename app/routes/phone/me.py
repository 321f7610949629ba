"""My sign-ups: what this phone's people have a place on or wait for, who is holding the phone, and forgetting it."""

from dataclasses import dataclass, replace
from typing import Any

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from app.access import sessions
from app.arguments import PHONE_COOKIE, AnyRequest, Db, Me
from app.calls.calls import Call
from app.jobs import jobs
from app.listings import listings
from app.listings.listings import Listing
from app.listings.visits import Visit
from app.org import areas
from app.org.areas import Area
from app.rights import deletion
from app.routes.phone import _done, _whose
from app.routes.phone._mine import PAGES
from app.routes.phone._screens import here, see, show, typed
from app.routes.phone._shelved import shelved
from app.routes.phone._visit import database_of, turns, visit_of, where


@get("/me")
async def mine(request: AnyRequest) -> Response[Any]:
    """Of the database is asked what is this person's; listings and communities come from the shelf."""
    visit = await visit_of(request)
    if visit is None:
        return see("/login")
    ids = frozenset(one.listing_id for one in visit.held)
    shown = await shelved(request, ("me", ids, *where(request, visit)),
                          lambda db: _look(db, request, ids, home_id=visit.home_id))
    held = [replace(one, listing=shown.listings[one.listing_id]) for one in visit.held]
    said, leaving = await _lately(request, visit)
    response = show(request, "phone/me.html", area=shown.area, people=visit.people, person=visit.said, held=held,
                    positions=await turns(request, held), codes=shown.codes, phone=visit.me.phone, pay=jobs.pay,
                    at_station=visit.me.at_station, said=said, leaving=leaving)
    _done.forget(response)
    return response


@dataclass(frozen=True)
class _Look:
    """What is not this person's alone: the community, these listings, and their communities' codes."""

    area: Area | None
    listings: dict[int, Listing]
    codes: dict[int, str]


async def _look(db: AsyncSession, request: AnyRequest, ids: frozenset[int], *, home_id: int | None) -> _Look:
    found = await listings.with_ids(db, ids)
    codes = {area_id: (await areas.get(db, area_id)).code for area_id in {one.area_id for one in found.values()}}
    return _Look(await here(db, request, None, home_id=home_id), found, codes)


async def _lately(request: AnyRequest, visit: Visit) -> tuple[str, Call | None]:
    """What was done a moment ago, and whether somebody who is in the registry no more waits to be deleted: mostly
    neither, and nothing is asked."""
    if visit.people and not _done.is_remembered(request):
        return "", None
    async with database_of(request).reading() as db:
        me = await sessions.of(db, request.cookies.get(PHONE_COOKIE, ""))
        return await _done.said(db, request, visit.people), await deletion.waits(db, me) if me else None


@post("/me/who")
async def who(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    """Of several people on this phone, this one is holding it."""
    fields = await typed(request)
    if me is None:
        return see("/login")
    for person in await sessions.people(db, me):
        if str(person.id) == fields.get("resident"):
            await sessions.choose(db, me, person)
    to = fields.get("to", "")
    return see(to if to in PAGES else "/me")


@post("/me/forget")
async def forget(request: AnyRequest, db: Db) -> Response[Any]:
    await sessions.end(db, request.cookies.get(PHONE_COOKIE, ""))
    response = see("/")
    _whose.forget(response)
    return response


@post("/me/finished")
async def finished(request: AnyRequest, db: Db) -> Response[Any]:
    """At the station: the next one's turn, with an officer."""
    await sessions.end(db, request.cookies.get(PHONE_COOKIE, ""))
    response = see("/office/station")
    _whose.forget(response)
    return response


ROUTES = [mine, who, forget, finished]
