"""What one person would get of a bulk text, and who would get none because the register does not know enough."""

from typing import Any

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app import i18n, phones
from app.arguments import AnyRequest, Db, Officer, RowId
from app.campaigns import copies, plan
from app.errors import Refused
from app.pages import page
from app.phones import NotAPhone
from app.residents.residents import Resident
from app.routes.office._forms import form_of
from app.routes.office.campaigns import draft, typed
from app.routes.office.residents import find
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

SEEN_AT_MOST = 5
MISSING_AT_MOST = 200


@post("/office/campaigns/{campaign_id:int}/see", opt={"may": May.PUSH, "looks": True}, status_code=200)
async def see(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    """The texts of people of that name or phone: as the form beside it says, else as the draft was saved."""
    form = await form_of(request)
    campaign = await draft(db, officer, campaign_id)
    said = await typed(db, campaign, form) if form.get("text") else campaign
    asked = form.get("q")[:40]
    found = await _named(db, officer, asked)
    shown: dict[str, Any] = {"copies": [], "wrong": ""}
    try:
        planned = await plan.of(db, said, half_written=True)
        shown["copies"] = await copies.of(db, planned, found[:SEEN_AT_MOST])
    except Refused as refused:
        shown["wrong"] = i18n.why(refused)
    return page(request, "office/campaigns/see.html", block="seen", campaign=campaign, asked=asked,
                more=max(len(found) - SEEN_AT_MOST, 0), **shown)


@get("/office/campaigns/{campaign_id:int}/missing", opt={"may": May.PUSH})
async def missing(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    """Those whose register lacks what the text tells each person."""
    campaign = await draft(db, officer, campaign_id)
    planned = await plan.of(db, campaign, half_written=True)
    chosen = plan.without(planned, Resident)
    people = [] if chosen is None else list(await db.scalars(
        chosen.options(joinedload(Resident.area)).order_by(Resident.area_id, Resident.name, Resident.id)
        .limit(MISSING_AT_MOST)))
    return page(request, "office/campaigns/missing.html", campaign=campaign, people=people,
                count=await plan.lacking(db, planned), most=MISSING_AT_MOST)


async def _named(db: AsyncSession, officer: Account, asked: str) -> list[Resident]:
    """People in scope of that name, of that phone, or whose phone ends so."""
    try:
        phone = phones.read(asked)
    except NotAPhone:
        return await find(db, officer, asked)
    return list(await db.scalars(scopes.visible(Resident, officer).where(
        Resident.phone == phone, Resident.left_at.is_(None)).options(joinedload(Resident.area))
        .order_by(Resident.id).limit(SEEN_AT_MOST + 1)))


ROUTES = [see, missing]
