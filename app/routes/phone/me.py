"""My sign-ups: what this phone's people have a place on or wait for, who is holding the phone, and forgetting it."""

from typing import Any

from litestar import Response, get, post

from app.access import sessions
from app.arguments import PHONE_COOKIE, AnyRequest, Db, Me
from app.jobs import jobs
from app.listings import signups
from app.listings.signups import Place
from app.org import areas
from app.rights import deletion
from app.routes.phone import _done, _whose
from app.routes.phone._mine import PAGES
from app.routes.phone._screens import here, see, show, typed


@get("/me", opt={"glances": True})
async def mine(request: AnyRequest, db: Db, me: Me) -> Response[Any]:
    if me is None:
        return see("/login")
    people = await sessions.people(db, me)
    held = await signups.held_by(db, [person.id for person in people])
    positions = {signup.id: await signups.position(db, signup) for signup in held if signup.place == Place.WAITING}
    codes = {area_id: (await areas.get(db, area_id)).code for area_id in {s.listing.area_id for s in held}}
    person = next((person for person in people if person.id == me.resident_id), None)
    response = show(request, "phone/me.html", area=await here(db, request, me), people=people, person=person, held=held,
                    positions=positions, codes=codes, phone=me.phone, pay=jobs.pay, at_station=me.at_station,
                    said=await _done.said(db, request, people), leaving=await deletion.waits(db, me))
    _done.forget(response)
    return response


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
