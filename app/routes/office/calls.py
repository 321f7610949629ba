"""Call tasks: whom somebody has to telephone, and why."""

from collections.abc import Iterable, Sequence

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.arguments import AnyRequest, Db, Officer, RowId
from app.calls import calls
from app.calls.calls import Call
from app.campaigns import following
from app.desk import conversations
from app.listings.listings import Listing
from app.org.areas import Area, inside
from app.pages import page
from app.routes.office._forms import form_of
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

LOADED = (joinedload(Call.area), joinedload(Call.resident))


@get("/office/calls", opt={"may": May.CALL})
async def call_list(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    past = request.query_params.get("show") == "done"
    chosen = theirs(officer).where(Call.done_at.is_not(None) if past else Call.done_at.is_(None))
    found = list(await db.scalars(chosen.options(*LOADED).order_by((Call.done_at if past else Call.id).desc())
                                  .limit(100)))
    listings = await db.scalars(select(Listing).where(Listing.id.in_({call.listing_id for call in found})))
    return page(request, "office/calls/list.html", calls=found, past=past, officer=officer,
                talks=await conversations.newest(db, officer, (call.phone for call in found if call.phone)),
                listings={listing.id: listing for listing in listings},
                offered={call.batch_id: await following.offers(db, call) for call in _one_of_each_batch(found)},
                count=await db.scalar(how_many_open(officer)))


@post("/office/calls/{call_id:int}/phone", opt={"may": May.CALL}, status_code=200)
async def open_phone(request: AnyRequest, db: Db, officer: Officer, call_id: RowId) -> Response[str]:
    call = await scopes.one(db, theirs(officer), Call, call_id, *LOADED)
    phone = await calls.open_phone(db, call, by=officer)
    return page(request, "office/residents/phone.html", block="phone", phone=phone, back="/office/calls",
                name=call.resident.name if call.resident else "")


@post("/office/calls/{call_id:int}/done", opt={"may": May.CALL}, status_code=303)
async def call_done(request: AnyRequest, db: Db, officer: Officer, call_id: RowId) -> Redirect:
    form = await form_of(request)
    call = await scopes.one(db, theirs(officer), Call, call_id)
    choice = int(form.get("choice")) if form.get("choice").isdecimal() else None
    await following.told_by_telephone(db, call, choice, result=form.get("result"), by=officer)
    return Redirect("/office/calls?said=call_done", status_code=303)


def _one_of_each_batch(found: Sequence[Call]) -> Iterable[Call]:
    """One task for each campaign that these are about."""
    return {call.batch_id: call for call in found if call.batch_id is not None}.values()


def theirs(officer: Account) -> Select[Call]:
    """The tasks of the officer's area. Those of no area, from phones that nobody knows, are the station's."""
    mine = inside(officer.area)
    if officer.may(May.EDIT_RESIDENTS):
        mine = or_(mine, and_(Call.area_id.is_(None), Call.resident_id.is_(None)))
    return select(Call).outerjoin(Area, Call.area_id == Area.id).where(mine)


def how_many_open(officer: Account) -> Select[int]:
    return theirs(officer).where(Call.done_at.is_(None)).with_only_columns(func.count(Call.id))


ROUTES = [call_list, open_phone, call_done]
