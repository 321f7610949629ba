"""One message, many channels: what a campaign gives to print, to read out, to paste and to say on the telephone."""

import re
from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n, words
from app.arguments import AnyRequest, Db, Officer, RowId
from app.audience import query, sentence
from app.campaigns import channels, coverage, material
from app.campaigns.campaigns import Campaign
from app.campaigns.channels import PLACE_LENGTH, Channel
from app.campaigns.coverage import Covered, Round
from app.campaigns.material import Material
from app.db import deed
from app.errors import Refused
from app.i18n import _
from app.org.areas import Area
from app.pages import page
from app.printing import calling, group, loudspeaker
from app.routes.office._forms import Form, form_of
from app.routes.office._paper import building_asked, out_of_reach, printed
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

FEW = 5  # fewer people than this are not counted on a sheet that hangs where their neighbours read it
_PASSING_DAY = re.compile("[今明后][天早晚日]|[Tt]oday|[Tt]omorrow|[Tt]onight")


@get("/office/campaigns/{campaign_id:int}/channels", opt={"may": May.PUSH})
async def overview(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    campaign = await scopes.load(db, Campaign, campaign_id, officer)
    return await show(request, db, officer, campaign)


@get("/office/campaigns/{campaign_id:int}/channels/poster", opt={"may": May.PUSH})
async def poster(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    campaign, said = await _said(db, officer, campaign_id)
    return _printed(request, "print/poster.html", campaign, said, notice=said.notice())


@get("/office/campaigns/{campaign_id:int}/channels/sheets", opt={"may": May.PUSH})
async def sheets(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    """A sheet for each building of the audience, or with ?building=ID for one."""
    campaign, said = await _said(db, officer, campaign_id)
    building = await building_asked(request, db, officer)
    found = [one for one in await coverage.by_building(db, campaign, within=building) if one.is_building]
    return _printed(request, "print/sheets.html", campaign, said, few=FEW,
                    sheets=[(one, said.notice(building=one.area.name)) for one in found])


@get("/office/campaigns/{campaign_id:int}/channels/loudspeaker", opt={"may": May.PUSH})
async def script(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    campaign, said = await _said(db, officer, campaign_id)
    with i18n.speaking(said.language):
        paragraphs = loudspeaker.script(said.notice())
    return _printed(request, "print/loudspeaker.html", campaign, said, paragraphs=paragraphs)


@get("/office/campaigns/{campaign_id:int}/channels/group", opt={"may": May.PUSH})
async def group_text(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    campaign, said = await _said(db, officer, campaign_id)
    with i18n.speaking(said.language):
        text = group.text(said.notice())
    return _printed(request, "print/group.html", campaign, said, text=text)


@get("/office/campaigns/{campaign_id:int}/channels/calls", opt={"may": May.PUSH})
async def calls(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    """The script, and the list with masked names; of more people than fit on a list, the buildings to choose from."""
    return await _masked(request, db, officer, campaign_id)


@post("/office/campaigns/{campaign_id:int}/channels/calls", opt={"may": May.OPEN}, status_code=200)
async def calls_by_name(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str]:
    """The list with whole names, for whoever goes from door to door with it and says what for."""
    campaign, said = await _said(db, officer, campaign_id)
    building = await building_asked(request, db, officer)
    form = await form_of(request)
    try:
        async with deed(db):
            found = await coverage.rounds_by_name(db, campaign, by=officer, reason=form.get("reason"),
                                                  building=building)
    except Refused as refused:
        if refused.field != "reason":
            raise
        return await _masked(request, db, officer, campaign_id, form=form, refused=refused)
    return _call_list(request, officer, campaign, said, found, building=building, named=True)


async def show(request: AnyRequest, db: AsyncSession, officer: Account, campaign: Campaign, *,
               form: Form | None = None, refused: Refused | None = None) -> Response[str]:
    """The overview, with the form of a posting as it was typed and what was wrong with it."""
    said = await material.of(db, campaign)
    area = await db.get_one(Area, campaign.area_id)
    posts = await channels.of(db, [campaign.id], officer)
    covered = await coverage.by_building(db, campaign)
    return page(request, "office/campaigns/channels.html", status=409 if refused else 200, campaign=campaign,
                said=await sentence.of(db, await query.audience(db, campaign.chosen, area)), notice=said.notice(),
                covered=covered, posts=posts, hanging=channels.hanging(posts), channels=list(Channel),
                places=[area, *(one.area for one in covered if one.area.id != area.id)],
                form=form or posting_form(), errors=errors_of(refused), place_length=PLACE_LENGTH,
                passing=bool(_PASSING_DAY.search(campaign.text)), near=out_of_reach(said.public_url))


def posting_form() -> Form:
    """An empty form of a posting: it happened just now."""
    return Form.of({"day": clock.today().isoformat(), "hour": words.hhmm(clock.now())})


def errors_of(refused: Refused | None) -> dict[str, str]:
    return {refused.field: i18n.why(refused)} if refused else {}


async def _said(db: AsyncSession, officer: Account, campaign_id: int) -> tuple[Campaign, Material]:
    campaign = await scopes.load(db, Campaign, campaign_id, officer)
    return campaign, await material.of(db, campaign)


def _printed(request: AnyRequest, template: str, campaign: Campaign, said: Material, **values: Any) -> Response[str]:
    """A page to be printed speaks the language of the message, whichever the officer reads."""
    return printed(request, template, language=said.language, about=campaign.title,
                   back=f"/office/campaigns/{campaign.id}/channels", way_back=_("Back to the channels"),
                   campaign=campaign, **values)


async def _masked(request: AnyRequest, db: AsyncSession, officer: Account, campaign_id: int, *,
                  form: Form | None = None, refused: Refused | None = None) -> Response[str]:
    """The list with masked names, and why whole ones were refused."""
    campaign, said = await _said(db, officer, campaign_id)
    building = await building_asked(request, db, officer)
    shown: dict[str, Any] = {"building": building, "form": form, "refused": refused}
    try:
        found = await coverage.rounds(db, campaign, building=building)
    except Refused as too_many:
        return _call_list(request, officer, campaign, said, [], too_many=too_many,
                          buildings=await coverage.by_building(db, campaign), **shown)
    return _call_list(request, officer, campaign, said, found, **shown)


def _call_list(request: AnyRequest, officer: Account, campaign: Campaign, said: Material, found: list[Round], *,
               building: Area | None, named: bool = False, too_many: Refused | None = None,
               buildings: Sequence[Covered] = (), form: Form | None = None,
               refused: Refused | None = None) -> Response[str]:
    with i18n.speaking(said.language):
        spoken = calling.script(said.notice())
        why, errors = i18n.why(too_many) if too_many else "", errors_of(refused)
    return _printed(request, "print/calls.html", campaign, said, status=409 if errors else 200, rounds=found,
                    script=spoken, named=named, why=why, officer=officer, building=building, form=form or Form(),
                    errors=errors, may_name=building is not None or officer.may(May.OPEN_MANY),
                    query=request.url.query,
                    buildings=[one for one in buildings if one.is_building and one.unreached])


ROUTES = [overview, poster, sheets, script, group_text, calls, calls_by_name]
