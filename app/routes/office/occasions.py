"""Fairs, courses and buses: the list, posting one, changing it, calling it off."""

from datetime import timedelta
from urllib.parse import quote

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app import clock, i18n
from app.arguments import AnyRequest, Db, Officer, RowId
from app.boards import boards
from app.db import deed, settings_of
from app.errors import Refused
from app.i18n import _
from app.listings import signups, upkeep
from app.occasions import occasions
from app.occasions.occasions import Draft, Kind, Occasion
from app.org.areas import Area
from app.pages import page
from app.routes._months import Month
from app.routes.office import _listings
from app.routes.office._draft import field_of, mark_of
from app.routes.office._forms import Form, form_of
from app.routes.office._occasion import draft_of, form_of_occasion, kind_of, must_be_as_seen
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

LOADED = (joinedload(Occasion.area),)
SHOWN_AT_MOST = 200


@get("/office/occasions", opt={"may": May.LOOK})
async def occasion_list(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    past = request.query_params.get("show") == "past"
    found = list(await db.scalars(_listings.seen(Occasion, officer, past=past).options(*LOADED)
                                  .limit(SHOWN_AT_MOST)))
    this = Month.of(clock.today())
    return page(request, "office/occasions/list.html", occasions=found, past=past, officer=officer,
                cost=occasions.cost, counts=await signups.counts(db, [one.id for one in found]), most=SHOWN_AT_MOST,
                communities=await boards.communities(db, officer), months=[this.later(ahead) for ahead in range(3)])


@get("/office/occasions/new", opt={"may": May.POST})
async def new_occasion(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    """An empty form, or with ?like=ID what one that was there before had."""
    like = request.query_params.get("like", "")
    if like.isdecimal():
        return await _form(request, db, officer, form_of_occasion(await _load(db, officer, int(like[:18]))))
    return await _form(request, db, officer, Form())


@post("/office/occasions/new", opt={"may": May.POST}, status_code=200)
async def post_occasion(request: AnyRequest, db: Db, officer: Officer) -> Response[str] | Redirect:
    form = await form_of(request)
    try:
        async with deed(db):
            kind, area = kind_of(form), await _community(db, officer, form)
            occasion = await occasions.post(db, area, kind, draft_of(form), by=officer)
    except Refused as refused:
        return await _form(request, db, officer, form, refused=refused)
    return Redirect(f"/office/occasions/{occasion.id}?said=on_the_calendar", status_code=303)


@get("/office/occasions/{occasion_id:int}", opt={"may": May.LOOK})
async def occasion_page(request: AnyRequest, db: Db, officer: Officer, occasion_id: RowId) -> Response[str]:
    occasion = await scopes.one(db, scopes.around(Occasion, officer), Occasion, occasion_id, *LOADED)
    return page(request, "office/occasions/occasion.html", occasion=occasion, officer=officer,
                cost=occasions.cost(occasion), count=await _count(db, occasion),
                mine=officer.area.contains(occasion.area), address=_public_address(db, occasion))


@get("/office/occasions/{occasion_id:int}/change", opt={"may": May.POST})
async def change_form(request: AnyRequest, db: Db, officer: Officer, occasion_id: RowId) -> Response[str]:
    occasion = await _load(db, officer, occasion_id)
    return await _form(request, db, officer, form_of_occasion(occasion), occasion=occasion)


@post("/office/occasions/{occasion_id:int}/change", opt={"may": May.POST}, status_code=200)
async def change(request: AnyRequest, db: Db, officer: Officer, occasion_id: RowId) -> Response[str] | Redirect:
    form = await form_of(request)
    occasion = await _load(db, officer, occasion_id)
    try:
        async with deed(db):
            await must_be_as_seen(db, occasion, form)
            await occasions.change(db, occasion, draft_of(form), by=officer)
    except Refused as refused:
        return await _form(request, db, officer, form, occasion=occasion, refused=refused)
    return Redirect(f"/office/occasions/{occasion.id}?said=moved", status_code=303)


@get("/office/occasions/{occasion_id:int}/end", opt={"may": May.POST})
async def ask_to_end(request: AnyRequest, db: Db, officer: Officer, occasion_id: RowId) -> Response[str]:
    """Are you sure? Who is told, and what the two ways of ending mean."""
    occasion = await _load(db, officer, occasion_id)
    return page(request, "office/occasions/end.html", occasion=occasion, count=await _count(db, occasion))


@post("/office/occasions/{occasion_id:int}/call-off", opt={"may": May.POST}, status_code=303)
async def call_off(db: Db, officer: Officer, occasion_id: RowId) -> Redirect:
    await occasions.call_off(db, await _load(db, officer, occasion_id), by=officer)
    return Redirect(f"/office/occasions/{occasion_id}?said=not_held", status_code=303)


@post("/office/occasions/{occasion_id:int}/close", opt={"may": May.POST}, status_code=303)
async def close(db: Db, officer: Officer, occasion_id: RowId) -> Redirect:
    await upkeep.close(db, await _load(db, officer, occasion_id), by=officer)
    return Redirect(f"/office/occasions/{occasion_id}?said=no_more", status_code=303)


async def _load(db: AsyncSession, officer: Account, occasion_id: int) -> Occasion:
    return await scopes.load(db, Occasion, occasion_id, officer, *LOADED)


async def _count(db: AsyncSession, occasion: Occasion) -> signups.Counts:
    return (await signups.counts(db, [occasion.id]))[occasion.id]


def _public_address(db: AsyncSession, occasion: Occasion) -> str:
    return f"{settings_of(db).public_url}/jobs/{occasion.number}?area={quote(occasion.area.code)}"


async def _community(db: AsyncSession, officer: Account, form: Form) -> Area:
    """Where it takes a number: the only community that there is, or the one that was chosen."""
    found = await boards.communities(db, officer)
    chosen = [one for one in found if form.get("community") in (str(one.id), *([""] if len(found) == 1 else []))]
    if len(chosen) != 1:
        raise Refused(_("Please choose the community."), field="community")
    return chosen[0]


async def _form(request: AnyRequest, db: AsyncSession, officer: Account, form: Form, *,
                occasion: Occasion | None = None, refused: Refused | None = None) -> Response[str]:
    """The form with everything that was typed, and the sentence beside its field."""
    errors = {field_of(refused): i18n.why(refused)} if refused else {}
    seen = mark_of(occasion, Draft) if occasion and refused and refused.field == "seen" else form.get("seen")
    return page(request, "office/occasions/form.html", status=409 if refused else 200, form=form, occasion=occasion,
                errors=errors, kinds=list(Kind), communities=await boards.communities(db, officer), seen=seen,
                tomorrow=(clock.today() + timedelta(days=1)).isoformat(), title_units=occasions.TITLE_UNITS,
                destination_units=occasions.DESTINATION_UNITS)


ROUTES = [occasion_list, new_occasion, post_occasion, occasion_page, change_form, change, ask_to_end, call_off, close]
