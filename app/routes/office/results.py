"""After a bulk text: what came of it by building and by answer, everybody with their history, and what is done next."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n
from app.arguments import AnyRequest, Db, Officer, RowId
from app.campaigns import export, following, history, options, results
from app.campaigns.campaigns import Campaign
from app.campaigns.following import TELEPHONED, TEXTED, Rest
from app.campaigns.results import SHOWN, Which
from app.db import Database, deed
from app.desk import conversations
from app.errors import NotFound, Refused
from app.jobs import pushes
from app.listings.listings import Listing
from app.pages import page
from app.residents.residents import Resident
from app.routes.office._forms import Form, form_of
from app.routes.office.campaigns import LOADED
from app.sms.batches import Batch
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/office/campaigns/{campaign_id:int}/results", opt={"may": May.PUSH})
async def result_page(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    return await _results(request, db, officer, campaign_id)


@get("/office/campaigns/{campaign_id:int}/people", opt={"may": May.PUSH})
async def people(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    """Some of them: ?state=, ?choice= (0 for no answer), ?building=, and ?after= for the next page."""
    asked = request.query_params
    which = _which(asked.get("state", ""), asked.get("choice", ""), asked.get("building", ""))
    return await _people(request, db, officer, campaign_id, which, after=_number(asked.get("after", "")) or 0)


@get("/office/campaigns/{campaign_id:int}/people/{resident_id:int}", opt={"may": May.PUSH})
async def person(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId,
                 resident_id: RowId) -> Response[str]:
    campaign, batch = await sent(db, officer, campaign_id)
    resident = await scopes.load(db, Resident, resident_id, officer)
    found = await results.one(db, batch, resident_id, officer)
    if found is None:
        raise NotFound
    events = await history.of(db, batch, resident, found.phone, texts=conversations.theirs(officer))
    return page(request, "office/campaigns/person.html", campaign=campaign, batch=batch, person=found,
                resident=resident, events=events, why=await pushes.why(db, resident_id, batch.id), **_words(batch))


@post("/office/campaigns/{campaign_id:int}/resend", opt={"may": May.PUSH}, status_code=200)
async def resend(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str] | Redirect:
    """A draft for those whom it did not reach, or who did not answer."""
    form = await form_of(request)
    try:
        async with deed(db):
            campaign, _batch = await sent(db, officer, campaign_id)
            copy = await following.resend(db, campaign, _rest(form), by=officer)
    except Refused as refused:
        return await _results(request, db, officer, campaign_id, refused)
    return Redirect(f"/office/campaigns/{copy.id}/whom", status_code=303)


@post("/office/campaigns/{campaign_id:int}/calls", opt={"may": May.PUSH}, status_code=200)
async def assign(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str] | Redirect:
    """Call tasks for the rest, for the heads of their buildings."""
    form = await form_of(request)
    try:
        async with deed(db):
            campaign, _batch = await sent(db, officer, campaign_id)
            await following.assign(db, campaign, _rest(form), by=officer)
    except Refused as refused:
        return await _results(request, db, officer, campaign_id, refused)
    return Redirect(f"/office/campaigns/{campaign_id}/results?said=assigned", status_code=303)


@post("/office/campaigns/{campaign_id:int}/export", opt={"may": May.PUSH}, status_code=200)
async def take_along(request: AnyRequest, campaign_id: RowId) -> Response[bytes] | Response[str]:
    """A workbook. It is noted first; then nothing keeps others from writing while it is made."""
    form, officer = await form_of(request), request.state.officer
    database: Database = request.app.state.database
    which = _which(form.get("state"), form.get("choice"), form.get("building"))
    whole = form.ticked("whole")
    try:
        async with database.session() as db:
            await export.note(db, *await sent(db, officer, campaign_id), which, whole=whole, by=officer,
                              reason=form.get("reason"))
    except Refused as refused:
        async with database.reading() as db:
            return await _people(request, db, officer, campaign_id, which, form=form, refused=refused)
    async with database.reading() as db:
        made = await export.workbook(db, *await sent(db, officer, campaign_id), which, whole=whole, by=officer)
    return Response(made, media_type=_XLSX, headers={
        "Content-Disposition": f'attachment; filename="campaign-{campaign_id}.xlsx"', "Cache-Control": "no-store"})


async def sent(db: AsyncSession, officer: Account, campaign_id: int) -> tuple[Campaign, Batch]:
    """A campaign that was handed in. Raises NotFound for a draft, too: nothing has come of it."""
    campaign = await scopes.load(db, Campaign, campaign_id, officer, *LOADED)
    if campaign.batch is None:
        raise NotFound
    return campaign, campaign.batch


async def _people(request: AnyRequest, db: AsyncSession, officer: Account, campaign_id: int, which: Which, *,
                  after: int = 0, form: Form | None = None, refused: Refused | None = None) -> Response[str]:
    """The list, with the form that takes it along as it was filled in, and why that was refused."""
    campaign, batch = await sent(db, officer, campaign_id)
    found = await results.people(db, batch, which, officer, after=after)
    rows = await results.by_building(db, batch, officer)
    return page(request, "office/campaigns/people.html", block="list", status=409 if refused else 200,
                campaign=campaign, batch=batch, people=found, which=which, officer=officer, form=form or Form(),
                count=await results.count(db, batch, which, officer), more=len(found) == SHOWN,
                buildings=[row for row in rows if not row.away], away=sum(row.people for row in rows if row.away),
                whole=results.together(row for row in rows if not row.away), **_wrong(refused), **_words(batch))


async def _results(request: AnyRequest, db: AsyncSession, officer: Account, campaign_id: int,
                   refused: Refused | None = None) -> Response[str]:
    campaign, batch = await sent(db, officer, campaign_id)
    rows = await results.by_building(db, batch, officer)
    listing = await db.get(Listing, batch.listing_id) if batch.listing_id is not None else None
    return page(request, "office/campaigns/results.html", status=409 if refused else 200, campaign=campaign,
                batch=batch, buildings=rows, whole=results.together(rows), listing=listing, officer=officer,
                rest=await following.how_many(db, campaign, batch), texted=TEXTED, telephoned=TELEPHONED,
                form=Form(), **_wrong(refused), **_words(batch))


def _wrong(refused: Refused | None) -> dict[str, Any]:
    """What a page says of a refusal: beside the field for the reason, else above everything."""
    said = i18n.why(refused) if refused else ""
    beside = refused is not None and refused.field == "reason"
    return {"wrong": "" if beside else said, "errors": {"reason": said} if beside else {}}


def _words(batch: Batch) -> dict[str, Any]:
    """What codes and numbers stand for."""
    return {"options": options.counted(batch.text, batch.listing_id), "states": export.STATES,
            "reasons": export.REASONS, "places": export.PLACES, "calls": export.CALLS}


def _which(state: str, choice: str, building: str) -> Which:
    """What was asked for; what makes no sense is left out."""
    return Which(state if state in export.STATES else "", _number(choice[:1]), _number(building))


def _number(typed: str) -> int | None:
    return int(typed[:18]) if typed.isdecimal() else None


def _rest(form: Form) -> Rest:
    """Raises Refused for something else."""
    if form.get("rest") not in set(Rest):
        raise Refused(i18n._("Please choose one."), field="rest")
    return Rest(form.get("rest"))


ROUTES = [result_page, people, person, resend, assign, take_along]
