"""When a bulk text leaves: now, later, or spread over some hours, and when it will be done."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n
from app.arguments import AnyRequest, Db, Officer, RowId
from app.campaigns import campaigns, plan
from app.campaigns.campaigns import MOST_SPREAD_HOURS, Campaign
from app.db import deed, settings_of
from app.errors import Refused
from app.pages import page
from app.routes.office._forms import Form, form_of
from app.routes.office.campaigns import draft
from app.staff.accounts import May

SPREADS = (0, 1, 2, 3, 4, 6, 8, MOST_SPREAD_HOURS)  # hours


@get("/office/campaigns/{campaign_id:int}/when", opt={"may": May.PUSH})
async def when(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str] | Redirect:
    campaign = await draft(db, officer, campaign_id)
    if not campaign.text:
        return Redirect(f"/office/campaigns/{campaign.id}/what", status_code=303)
    return await _when_page(request, db, campaign, _form_of(campaign))


@post("/office/campaigns/{campaign_id:int}/when", opt={"may": May.PUSH}, status_code=200)
async def save_when(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str] | Redirect:
    form = await form_of(request)
    campaign = await draft(db, officer, campaign_id)
    try:
        async with deed(db):
            leaves_at, minutes = _times_of(form)
            await campaigns.set_time(db, campaign, leaves_at=leaves_at, spread_minutes=minutes, by=officer)
            plan.must_be_true_to_the_last(db, await plan.of(db, campaign))
    except Refused as refused:
        campaign = await draft(db, officer, campaign_id)  # as it was before
        return await _when_page(request, db, campaign, form, refused)
    return Redirect(f"/office/campaigns/{campaign.id}/check", status_code=303)


@post("/office/campaigns/{campaign_id:int}/estimate", opt={"may": May.PUSH, "looks": True}, status_code=200)
async def estimate(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    """When it would be done, while somebody chooses."""
    form = await form_of(request)
    campaign = await draft(db, officer, campaign_id)
    return page(request, "office/campaigns/_times.html", **await _estimated(db, campaign, form))


async def _when_page(request: AnyRequest, db: AsyncSession, campaign: Campaign, form: Form,
                     refused: Refused | None = None) -> Response[str]:
    errors = {refused.field: i18n.why(refused)} if refused else {}
    return page(request, "office/campaigns/when.html", status=409 if refused else 200, campaign=campaign, form=form,
                errors=errors, spreads=SPREADS, quiet=settings_of(db).quiet_hours,
                **await _estimated(db, campaign, form))


async def _estimated(db: AsyncSession, campaign: Campaign, form: Form) -> dict[str, Any]:
    """The times that the form means, or why there are none."""
    try:
        leaves_at, minutes = _times_of(form)
        typed = Campaign(area_id=campaign.area_id, kind=campaign.kind, title=campaign.title, filter=campaign.filter,
                         text=campaign.text, listing_id=campaign.listing_id, leaves_at=leaves_at,
                         spread_minutes=minutes)
        planned = await plan.of(db, typed)
        plan.must_be_true_to_the_last(db, planned)
        texts = (await plan.tally(db, planned)).texts
        return {"times": await plan.times(db, planned, texts), "texts": texts, "wrong": ""}
    except Refused as refused:
        return {"times": None, "texts": 0, "wrong": i18n.why(refused)}


def _times_of(form: Form) -> tuple[datetime | None, int]:
    """The moment, None for at once, and over how many minutes."""
    hours = form.whole("spread", least=0, most=MOST_SPREAD_HOURS) if form.get("spread") else 0
    if form.get("start") != "later":
        return None, hours * 60
    return clock.at(form.day("day"), form.hour("hour")), hours * 60


def _form_of(campaign: Campaign) -> Form:
    spread = {"spread": str(campaign.spread_minutes // 60)}
    if campaign.leaves_at is None:
        return Form.of({"start": "now", **spread})
    local = clock.local(campaign.leaves_at)
    return Form.of({"start": "later", "day": local.date().isoformat(), "hour": f"{local:%H:%M}", **spread})


ROUTES = [when, save_when, estimate]
