"""Bulk texts, from whom one means to what one says; sending and watching them is in `sending`."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer, joinedload

from app import i18n
from app.arguments import AnyRequest, Db, Officer, RowId
from app.audience import audiences, query, reach, sentence
from app.audience.audiences import SavedAudience
from app.audience.filters import Filter, Outcome
from app.campaigns import beginnings, campaigns, lint, options, plan, sending, templates, wording
from app.campaigns.campaigns import TEXT_LENGTH, TITLE_LENGTH, Campaign, Kind
from app.campaigns.lint import Hint
from app.campaigns.plan import Glance
from app.clock import now
from app.db import Database, deed, settings_of
from app.errors import NotFound, Refused
from app.jobs.jobs import TRADES
from app.org.areas import Area
from app.pages import page
from app.residents.residents import WorkStatus
from app.routes.office import _whom
from app.routes.office._forms import Form, form_of
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

SHOWN_AT_MOST = 100
LOADED = (joinedload(Campaign.author), joinedload(Campaign.batch))


@get("/office/campaigns", opt={"may": May.PUSH})
async def campaign_list(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    return await _list(request, db, officer, Form())


@post("/office/campaigns", opt={"may": May.PUSH}, status_code=200)
async def new(request: AnyRequest, db: Db, officer: Officer) -> Response[str] | Redirect:
    form = await form_of(request)
    kind = form.get("kind")
    try:
        async with deed(db):
            campaign = await campaigns.draft(db, form.get("title"), by=officer,
                                             kind=Kind(kind) if kind in set(Kind) else Kind.NOTICE)
    except Refused as refused:
        return await _list(request, db, officer, form, refused)
    return Redirect(f"/office/campaigns/{campaign.id}/whom", status_code=303)


@get("/office/campaigns/{campaign_id:int}/whom", opt={"may": May.PUSH})
async def whom(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str] | Redirect:
    """The form of the audience, or with ?saved=ID of one that was kept by name."""
    campaign = await draft(db, officer, campaign_id)
    saved = await _saved(db, officer, request.query_params.get("saved", ""))
    chosen = saved.chosen if saved else campaign.chosen
    return await _whom_page(request, db, officer, campaign, form=_whom.form_of_filter(chosen), chosen=chosen,
                            saved=saved)


@post("/office/campaigns/{campaign_id:int}/whom", opt={"may": May.PUSH}, status_code=200)
async def save_whom(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str] | Redirect:
    form = await form_of(request)
    campaign = await draft(db, officer, campaign_id)
    saved = await _saved(db, officer, form.get("saved"))
    before = saved.chosen if saved else campaign.chosen
    try:
        async with deed(db):
            chosen = _whom.filter_of(form, before)
            await campaigns.change(db, campaign, by=officer, chosen=chosen)
            if form.get("name"):
                await audiences.save(db, form.get("name"), chosen, by=officer)
    except Refused as refused:
        campaign = await draft(db, officer, campaign_id)  # as it was before
        return await _whom_page(request, db, officer, campaign, form=form, chosen=before, saved=saved,
                                refused=refused)
    return Redirect(f"/office/campaigns/{campaign.id}/{'list' if form.get('then') == 'list' else 'what'}",
                    status_code=303)


@post("/office/campaigns/{campaign_id:int}/count", opt={"may": May.PUSH, "looks": True}, status_code=200)
async def count(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    """How many that would be, while somebody chooses."""
    form = await form_of(request)
    campaign = await draft(db, officer, campaign_id)
    saved = await _saved(db, officer, form.get("saved"))
    try:
        counted = await _count(db, campaign, _whom.filter_of(form, saved.chosen if saved else campaign.chosen))
    except Refused as refused:
        counted = {"count": None, "said": i18n.why(refused)}
    return page(request, "office/campaigns/_count.html", **counted)


@get("/office/campaigns/{campaign_id:int}/what", opt={"may": May.PUSH})
async def what(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    campaign = await draft(db, officer, campaign_id)
    return await _what_page(request, db, officer, campaign, form=_as_it_is(campaign))


@post("/office/campaigns/{campaign_id:int}/what", opt={"may": May.PUSH}, status_code=200)
async def save_what(request: AnyRequest, campaign_id: RowId) -> Response[str] | Redirect:
    """Saves the text, and keeps it as a template where a name for it is given. It is measured first, while others may
    write."""
    form, officer = await form_of(request), request.state.officer
    database: Database = request.app.state.database
    if form.ticked("simplify"):
        plain = {"text": lint.simplified(form.get("text")), "listing_id": form.get("listing_id"),
                 "name": form.get("name")}
        async with database.reading() as db:
            return await _what_page(request, db, officer, await draft(db, officer, campaign_id), form=Form.of(plain))
    try:
        async with database.reading() as db:
            campaign = await typed(db, await draft(db, officer, campaign_id), form)
            await plan.glance(db, await plan.of(db, campaign))
        async with database.session() as db:
            campaign = await draft(db, officer, campaign_id)
            listing_id = await _listing_id(db, campaign, form)
            await campaigns.change(db, campaign, by=officer, text=form.get("text"), listing_id=listing_id)
            if form.get("name"):
                await templates.keep(db, campaign, form.get("name"), by=officer)
    except Refused as refused:
        async with database.reading() as db:
            campaign = await draft(db, officer, campaign_id)  # as it was before
            return await _what_page(request, db, officer, campaign, form=form, refused=refused)
    return Redirect(f"/office/campaigns/{campaign_id}/when", status_code=303)


@post("/office/campaigns/{campaign_id:int}/begin", opt={"may": May.PUSH}, status_code=303)
async def begin(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Redirect:
    """The draft says what a template says, or one of the texts that everybody may begin with."""
    form = await form_of(request)
    campaign = await draft(db, officer, campaign_id)
    if form.get("version"):
        chosen = next((one for one in await templates.usable(db, officer) if str(one.id) == form.get("version")), None)
        if chosen is None:
            raise NotFound
        await templates.use(db, campaign, chosen, by=officer)
    else:
        offered = {one.name: one.text for one in beginnings.OFFERED[Kind(campaign.kind)]}
        if form.get("beginning") not in offered:
            raise NotFound
        await campaigns.change(db, campaign, by=officer, text=offered[form.get("beginning")],
                               listing_id=campaign.listing_id)
    return Redirect(f"/office/campaigns/{campaign.id}/what", status_code=303)


@post("/office/campaigns/{campaign_id:int}/length", opt={"may": May.PUSH, "looks": True}, status_code=200)
async def length(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    """What it would say, how long that is and what it costs, while somebody types."""
    form = await form_of(request)
    campaign = await draft(db, officer, campaign_id)
    return page(request, "office/campaigns/_length.html", **await _length(db, await typed(db, campaign, form)))


@get("/office/campaigns/{campaign_id:int}/check", opt={"may": May.PUSH})
async def check(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str] | Redirect:
    campaign = await draft(db, officer, campaign_id)
    if not campaign.text:
        return Redirect(f"/office/campaigns/{campaign.id}/what", status_code=303)
    try:
        return await _check_page(request, db, campaign)
    except Refused as refused:  # its job has closed, or what it says cannot be sent any more
        return await _what_page(request, db, officer, campaign, form=_as_it_is(campaign), refused=refused)


@post("/office/campaigns/{campaign_id:int}/send", opt={"may": May.PUSH}, status_code=200)
async def send(request: AnyRequest, campaign_id: RowId) -> Response[str] | Redirect:
    """Hands it in. What it comes to is counted first, while others may write."""
    form, officer = await form_of(request), request.state.officer
    database: Database = request.app.state.database
    try:
        async with database.reading() as db:
            campaign = await scopes.load(db, Campaign, campaign_id, officer, *LOADED)
            sure = form.ticked("sure")
            foreseen = await sending.foresee(db, campaign, sure=sure) if campaign.batch_id is None else None
        async with database.session() as db:
            campaign = await scopes.load(db, Campaign, campaign_id, officer, *LOADED)
            await sending.hand_in(db, campaign, by=officer, sure=sure, foreseen=foreseen)
    except Refused as refused:
        async with database.reading() as db:
            campaign = await draft(db, officer, campaign_id)  # as it was before
            return await _check_page(request, db, campaign, refused)
    return Redirect(f"/office/campaigns/{campaign_id}", status_code=303)


async def draft(db: AsyncSession, officer: Account, campaign_id: int) -> Campaign:
    """A campaign that can still change. Raises Refused for one that was handed in."""
    campaign = await scopes.load(db, Campaign, campaign_id, officer, *LOADED)
    campaigns.must_be_draft(campaign)
    return campaign


async def _saved(db: AsyncSession, officer: Account, typed: str) -> SavedAudience | None:
    """What was kept by name, if the form is that one's. Raises NotFound for one of another area."""
    return await scopes.load(db, SavedAudience, int(typed[:18]), officer) if typed.isdecimal() else None


async def typed(db: AsyncSession, campaign: Campaign, form: Form) -> Campaign:
    """The draft as it would be with what stands in the form; it is not saved."""
    made = Campaign(area_id=campaign.area_id, kind=campaign.kind, title=campaign.title, filter=campaign.filter,
                    text=form.get("text")[:TEXT_LENGTH])
    made.listing_id = await _listing_id(db, campaign, form)
    return made


async def _list(request: AnyRequest, db: AsyncSession, officer: Account, form: Form,
                refused: Refused | None = None) -> Response[str]:
    found = list(await db.scalars(scopes.visible(Campaign, officer).options(*LOADED, defer(Campaign.filter))
                                  .order_by(Campaign.id.desc()).limit(SHOWN_AT_MOST)))  # one may hold 50,000 people
    return page(request, "office/campaigns/list.html", status=409 if refused else 200, officer=officer,
                campaigns=found, kinds=list(Kind), form=form, errors=_errors(refused), title_length=TITLE_LENGTH)


async def _whom_page(request: AnyRequest, db: AsyncSession, officer: Account, campaign: Campaign, *, form: Form,
                     chosen: Filter, saved: SavedAudience | None, refused: Refused | None = None) -> Response[str]:
    return page(request, "office/campaigns/whom.html", status=409 if refused else 200, campaign=campaign, form=form,
                saved=saved,
                errors=_errors(refused), choices=await _whom.choices(db, campaign, officer, chosen), trades=TRADES,
                statuses=[(word.value, sentence.STATUSES[word]) for word in WorkStatus], chosen=chosen,
                outcomes=[(word.value, sentence.OUTCOMES[word]) for word in Outcome],
                **await _count(db, campaign, chosen))


async def _count(db: AsyncSession, campaign: Campaign, chosen: Filter) -> dict[str, Any]:
    area = await db.get_one(Area, campaign.area_id)
    audience = await query.audience(db, chosen, area, Kind(campaign.kind).about)
    return {"count": await reach.count(db, audience, now()), "said": await sentence.of(db, audience)}


async def _what_page(request: AnyRequest, db: AsyncSession, officer: Account, campaign: Campaign, *, form: Form,
                     refused: Refused | None = None) -> Response[str]:
    usable, used = await templates.usable(db, officer, Kind(campaign.kind)), await templates.used(db, campaign)
    return page(request, "office/campaigns/what.html", status=409 if refused else 200, campaign=campaign, form=form,
                errors=_errors(refused), listings=await _whom.listings(db, campaign), wording=wording, usable=usable,
                beginnings=beginnings.OFFERED[Kind(campaign.kind)] if not usable else (), used=used,
                most=TEXT_LENGTH, name_length=templates.NAME_LENGTH,
                **await _length(db, await typed(db, campaign, form)))


async def _length(db: AsyncSession, said: Campaign) -> dict[str, Any]:
    """What the live part of the page shows: lengths and price or why there are none, what else there is to say, and
    which answers would be counted."""
    shown: dict[str, Any] = {"glance": None, "wrong": "", "unsuited": "", "hints": [], "listing_id": said.listing_id,
                             "answers": options.of(said.text)}
    if not said.text.strip():
        return shown
    try:
        planned = await plan.of(db, said, half_written=True)
        shown["glance"] = await plan.glance(db, planned)
        shown["hints"] = await _hints(db, said, shown["glance"])
    except Refused as refused:
        return {**shown, "wrong": i18n.why(refused)}
    try:
        wording.must_suit(Kind(said.kind), said.text, planned.listing)
    except Refused as refused:
        shown["unsuited"] = i18n.why(refused)
    return shown


async def _hints(db: AsyncSession, said: Campaign, seen: Glance) -> list[Hint]:
    settings = settings_of(db)
    return lint.hints(said.text, Kind(said.kind), gateways=settings.bulk_gateways, signature=settings.sms_signature,
                      longest=seen.sizes.longest)


async def _listing_id(db: AsyncSession, campaign: Campaign, form: Form) -> int | None:
    """The listing that was chosen, if it is one that the page offers."""
    return next((one.id for one in await _whom.listings(db, campaign) if str(one.id) == form.get("listing_id")), None)


async def _check_page(request: AnyRequest, db: AsyncSession, campaign: Campaign,
                      refused: Refused | None = None) -> Response[str]:
    planned = await plan.of(db, campaign)
    preview = await plan.preview(db, planned)
    return page(request, "office/campaigns/check.html", status=409 if refused else 200, campaign=campaign,
                preview=preview, times=await plan.times(db, planned, preview.texts), errors=_errors(refused),
                said=await sentence.of(db, planned.whom), text=wording.shown(planned.parts),
                hints=await _hints(db, campaign, preview.glance), used=await templates.used(db, campaign),
                answers=options.of(campaign.text) if campaign.listing_id is None else [])


def _as_it_is(campaign: Campaign) -> Form:
    return Form.of({"text": campaign.text, "listing_id": str(campaign.listing_id or "")})


def _errors(refused: Refused | None) -> dict[str, str]:
    return {refused.field: i18n.why(refused)} if refused else {}


ROUTES = [campaign_list, new, whom, save_whom, count, what, save_what, begin, length, check, send]
