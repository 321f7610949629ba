"""An uploaded list as the audience of a draft: upload, look at whom it means, decide, use.

Reading a long list takes seconds, so it happens in a thread and outside every transaction; these pages open short
sessions of their own instead of asking for one that would be held all the while.
"""

from dataclasses import replace

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.response import Redirect

from app import i18n
from app.arguments import AnyRequest, Db, Officer, RowId
from app.audience import audiences, lists
from app.audience.audiences import SavedAudience
from app.audience.lists import PeopleList
from app.audience.matches import Row
from app.campaigns import campaigns
from app.campaigns.campaigns import Campaign
from app.db import Database
from app.errors import Refused
from app.i18n import _
from app.org import areas
from app.pages import page
from app.residents.imports import threads
from app.residents.imports.sheets import MOST_BYTES
from app.routes.office import _list
from app.routes.office._forms import Form, form_of
from app.routes.office._guard import FIRST
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

_FORM_BYTES = 1024 * 1024  # of the form around the file
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/office/campaigns/{campaign_id:int}/list", opt={"may": May.PUSH})
async def list_form(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    campaign = await scopes.load(db, Campaign, campaign_id, officer)
    campaigns.must_be_draft(campaign)
    return page(request, "office/campaigns/list_upload.html", campaign=campaign, wrong="")


@post("/office/campaigns/{campaign_id:int}/list", opt={"may": May.PUSH, FIRST: True}, status_code=200,
      request_max_body_size=MOST_BYTES + _FORM_BYTES)
async def upload_list(request: AnyRequest, campaign_id: RowId) -> Response[str] | Redirect:
    """Look whom the file means, and keep that; the page that it leads to shows it."""
    campaign = await _draft(request, campaign_id)
    given = (await request.form()).get("file")
    database, officer = _database(request), _officer(request)
    try:
        if not isinstance(given, UploadFile) or not given.filename:
            raise Refused(_("Please choose a file."))
        async with database.reading() as db:
            area = await areas.get(db, campaign.area_id)
        outcome = await lists.read(database, await given.read(), area=area)
        async with database.session() as db:
            kept = await lists.keep(db, outcome, campaign_id=campaign.id, area=area, name=given.filename, by=officer)
    except Refused as refused:
        return page(request, "office/campaigns/list_upload.html", status=409, campaign=campaign,
                    wrong=i18n.why(refused))
    return Redirect(f"/office/campaigns/{campaign.id}/list/{kept.id}", status_code=303)


@get("/office/campaigns/{campaign_id:int}/list/{list_id:int}", opt={"may": May.PUSH})
async def show_list(request: AnyRequest, campaign_id: RowId, list_id: RowId) -> Response[str]:
    campaign, kept, rows = await _load(request, campaign_id, list_id)
    return await _page(request, campaign, kept, rows, form=_list.first_form())


@post("/office/campaigns/{campaign_id:int}/list/{list_id:int}/chosen", opt={"may": May.PUSH, "looks": True},
      status_code=200)
async def count_chosen(request: AnyRequest, campaign_id: RowId, list_id: RowId) -> Response[str]:
    """How many that would be, while somebody ticks."""
    _campaign, _kept, rows = await _load(request, campaign_id, list_id)
    return page(request, "office/campaigns/_list_chosen.html", chosen=len(_list.chosen(rows, await form_of(request))))


@post("/office/campaigns/{campaign_id:int}/list/{list_id:int}/use", opt={"may": May.PUSH}, status_code=200)
async def use_list(request: AnyRequest, campaign_id: RowId, list_id: RowId) -> Response[str] | Redirect:
    """The draft is for these people now, as far as its other choices let them through."""
    form, officer = await form_of(request), _officer(request)
    campaign, kept, rows = await _load(request, campaign_id, list_id)
    people = _list.chosen(rows, form)
    try:
        async with _database(request).session() as db:
            draft = await scopes.load(db, Campaign, campaign_id, officer)
            await lists.use(db, kept, people, by=officer)
            await campaigns.change(db, draft, by=officer, chosen=replace(draft.chosen, people=people))
    except Refused as refused:
        return await _page(request, campaign, kept, rows, form=form, refused=refused)
    return Redirect(f"/office/campaigns/{campaign_id}/whom?said=listed", status_code=303)


@post("/office/campaigns/{campaign_id:int}/list/{list_id:int}/unknown", opt={"may": May.PUSH}, status_code=200)
async def download_unknown(request: AnyRequest, campaign_id: RowId, list_id: RowId) -> Response[bytes]:
    """Who is not in the registry, as a workbook; a POST, because it is written down who took it."""
    _campaign, kept, rows = await _load(request, campaign_id, list_id)
    found = lists.unknown(rows)
    made = await threads.run(lists.workbook, found)
    async with _database(request).session() as db:
        await lists.take_out(db, kept, found, by=_officer(request))
    return Response(made, media_type=_XLSX, headers={
        "Content-Disposition": 'attachment; filename="not-registered.xlsx"', "Cache-Control": "no-store"})


@post("/office/campaigns/{campaign_id:int}/list/{list_id:int}/drop", opt={"may": May.PUSH}, status_code=303)
async def drop_list(request: AnyRequest, campaign_id: RowId, list_id: RowId) -> Redirect:
    _campaign, kept, _rows = await _load(request, campaign_id, list_id)
    async with _database(request).session() as db:
        await lists.drop(db, kept, by=_officer(request))
    return Redirect(f"/office/campaigns/{campaign_id}/whom?said=list_dropped", status_code=303)


@post("/office/campaigns/{campaign_id:int}/audiences/{saved_id:int}/forget", opt={"may": May.PUSH}, status_code=303)
async def forget_audience(db: Db, officer: Officer, campaign_id: RowId, saved_id: RowId) -> Redirect:
    """What was kept by name is not offered any more."""
    campaign = await scopes.load(db, Campaign, campaign_id, officer)
    await audiences.forget(db, await scopes.load(db, SavedAudience, saved_id, officer), by=officer)
    return Redirect(f"/office/campaigns/{campaign.id}/whom?said=forgotten", status_code=303)


async def _page(request: AnyRequest, campaign: Campaign, kept: PeopleList, rows: list[Row], *,
                form: Form, refused: Refused | None = None) -> Response[str]:
    async with _database(request).reading() as db:
        shown = await _list.shown(db, rows, form)
    return page(request, "office/campaigns/list_people.html", status=409 if refused else 200, campaign=campaign,
                kept=kept, shown=shown, chosen=shown.chosen, form=form, wrong=i18n.why(refused) if refused else "")


async def _draft(request: AnyRequest, campaign_id: int) -> Campaign:
    """A campaign that can still change. Raises Refused for one that was handed in."""
    async with _database(request).reading() as db:
        campaign = await scopes.load(db, Campaign, campaign_id, _officer(request))
    campaigns.must_be_draft(campaign)
    return campaign


async def _load(request: AnyRequest, campaign_id: int, list_id: int) -> tuple[Campaign, PeopleList, list[Row]]:
    """A draft and a list that the officer brought for it. Raises NotFound."""
    campaign = await _draft(request, campaign_id)
    kept, rows = await lists.load(_database(request), list_id, campaign_id=campaign_id, by=_officer(request))
    return campaign, kept, rows


def _officer(request: AnyRequest) -> Account:
    officer: Account = request.state.officer
    return officer


def _database(request: AnyRequest) -> Database:
    database: Database = request.app.state.database
    return database


ROUTES = [list_form, upload_list, show_list, count_chosen, use_list, download_unknown, drop_list, forget_audience]
