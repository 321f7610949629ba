"""Noting what was posted where: by whoever runs the campaign, and by a building head for the own building."""

from dataclasses import dataclass
from datetime import datetime

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.arguments import AnyRequest, Db, Officer, RowId
from app.campaigns import channels, coverage, material
from app.campaigns.campaigns import Campaign
from app.campaigns.channels import PLACE_LENGTH, Channel, ChannelPost
from app.db import deed
from app.errors import NotFound, Refused
from app.i18n import _
from app.org.areas import Area, Level
from app.pages import page
from app.printing.notice import Notice
from app.routes.office import channels as overview
from app.routes.office._forms import Form, form_of
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

SHOWN_AT_MOST = 10


@dataclass(frozen=True)
class Current:
    """A campaign as a building head sees it: the words that hang there, whom they mean there (None for a larger area),
    and what was posted."""

    campaign: Campaign
    notice: Notice
    people: int | None
    posts: list[ChannelPost]


@get("/office/postings", opt={"may": May.NOTE_POSTED})
async def postings(request: AnyRequest, db: Db, officer: Officer) -> Response[str]:
    return await _page(request, db, officer, overview.posting_form())


@post("/office/postings", opt={"may": May.NOTE_POSTED}, status_code=200)
async def note(request: AnyRequest, db: Db, officer: Officer) -> Response[str] | Redirect:
    form = await form_of(request)
    campaign = await _campaign(db, officer, form)
    at_the_campaign = form.get("page") == "channels" and _runs(officer, campaign)
    try:
        async with deed(db):
            await channels.post(db, campaign, _channel(form), area=await _area(db, officer, form), by=officer,
                                place=form.get("place"), at=_moment(form))
    except Refused as refused:
        if at_the_campaign:
            return await overview.show(request, db, officer, campaign, form=form, refused=refused)
        return await _page(request, db, officer, form, refused)
    return _back(campaign, at_the_campaign=at_the_campaign)


@post("/office/postings/{post_id:int}/down", opt={"may": May.NOTE_POSTED}, status_code=303)
async def down(db: Db, officer: Officer, post_id: RowId) -> Redirect:
    noted = await scopes.load(db, ChannelPost, post_id, officer)
    campaign = await db.get_one(Campaign, noted.campaign_id)
    await channels.take_down(db, noted, by=officer)
    return _back(campaign, at_the_campaign=_runs(officer, campaign))


async def _page(request: AnyRequest, db: AsyncSession, officer: Account, form: Form,
                refused: Refused | None = None) -> Response[str]:
    found = await _current(db, officer)
    posts = await channels.of(db, [one.id for one in found], officer)
    current = [await _seen(db, officer, one, [post for post in posts if post.campaign_id == one.id]) for one in found]
    places = await db.scalars(scopes.visible(Area, officer).order_by(Area.level == Level.BUILDING, Area.id))
    return page(request, "office/campaigns/postings.html", status=409 if refused else 200, officer=officer,
                current=current, channels=list(Channel), places=list(places), form=form,
                errors=overview.errors_of(refused), place_length=PLACE_LENGTH)


async def _current(db: AsyncSession, officer: Account) -> list[Campaign]:
    return await channels.current(db, officer, most=SHOWN_AT_MOST)


async def _seen(db: AsyncSession, officer: Account, campaign: Campaign, posts: list[ChannelPost]) -> Current:
    said = await material.of(db, campaign)
    if officer.area.level != Level.BUILDING:
        return Current(campaign, said.notice(), None, posts)
    people = sum(one.people for one in await coverage.by_building(db, campaign, within=officer.area))
    return Current(campaign, said.notice(building=officer.area.name), people, posts)


async def _campaign(db: AsyncSession, officer: Account, form: Form) -> Campaign:
    """One that the officer runs, or one of the community that is under way. Raises NotFound for any other: a draft is
    nobody's business but theirs who write it."""
    campaign = await scopes.one(db, scopes.around(Campaign, officer), Campaign, _number(form, "campaign_id"))
    if not _runs(officer, campaign) and campaign.id not in {one.id for one in await _current(db, officer)}:
        raise NotFound
    return campaign


def _runs(officer: Account, campaign: Campaign) -> bool:
    """Whether the officer may send it: the right to, and an area that is not only a part of the campaign's."""
    above = {int(part) for part in officer.area.path.strip("/").split("/")[:-1]}
    return officer.may(May.PUSH) and campaign.area_id not in above


def _back(campaign: Campaign, *, at_the_campaign: bool) -> Redirect:
    path = f"/office/campaigns/{campaign.id}/channels" if at_the_campaign else "/office/postings"
    return Redirect(f"{path}?said=noted", status_code=303)


def _channel(form: Form) -> Channel:
    chosen = form.get("channel")
    if chosen not in set(Channel):
        raise Refused(_("Please choose one."), field="channel")
    return Channel(chosen)


async def _area(db: AsyncSession, officer: Account, form: Form) -> Area:
    """The place that was chosen. Raises NotFound for one outside the officer's area."""
    return await scopes.load(db, Area, _number(form, "area_id"), officer)


def _number(form: Form, name: str) -> int:
    chosen = form.get(name)
    if not (chosen.isascii() and chosen.isdecimal() and len(chosen) <= 18):
        raise Refused(_("Please choose one."), field=name)
    return int(chosen)


def _moment(form: Form) -> datetime:
    return clock.at(form.day("day"), form.hour("hour"))


ROUTES = [postings, note, down]
