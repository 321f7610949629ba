"""Bulk texts under way: approve, watch, pause, let go on, stop, use again."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.arguments import AnyRequest, Db, Officer, RowId
from app.audience import query, sentence
from app.campaigns import campaigns, export, options, progress, results, sending
from app.campaigns.campaigns import Campaign
from app.campaigns.options import Option
from app.campaigns.progress import Progress
from app.db import settings_of
from app.errors import NotFound
from app.listings.listings import Listing
from app.org.areas import Area
from app.pages import page
from app.routes.office import _feed
from app.routes.office.campaigns import LOADED
from app.routes.office.pushes import LISTENED, STATUSES
from app.sms import batches, quiet
from app.sms.batches import Batch, State
from app.staff import scopes
from app.staff.accounts import May
from app.staff.accounts import Officer as Account

SHOWN = 10  # answers on the page; the inbox has all of them
MOVING = frozenset({State.PREPARING, State.AWAITING_APPROVAL, State.QUEUED, State.HELD, State.PAUSED})


@dataclass(frozen=True)
class Watch:
    """What the live part of the page shows."""

    batch: Batch
    progress: Progress
    answers: list[_feed.Answer]
    intents: dict[str, int]
    choices: Counter[int]
    signed: int
    options: list[Option]

    @property
    def live(self) -> bool:
        return self.batch.state in MOVING or bool(self.batch.filling) or self.progress.moving > 0


@get("/office/campaigns/{campaign_id:int}", opt={"may": May.PUSH})
async def watch(request: AnyRequest, db: Db, officer: Officer, campaign_id: RowId) -> Response[str] | Redirect:
    campaign = await scopes.load(db, Campaign, campaign_id, officer, *LOADED)
    if campaign.batch is None:
        return Redirect(f"/office/campaigns/{campaign.id}/whom", status_code=303)
    audience = await query.audience(db, campaign.chosen, await db.get_one(Area, campaign.area_id))
    return page(request, "office/campaigns/watch.html", block="live", officer=officer, campaign=campaign,
                batch=campaign.batch, watch=await _watch(db, campaign.batch, officer), statuses=STATUSES,
                said=await sentence.of(db, audience), reasons=export.REASONS, quiet_until=_quiet_until(db),
                listing=await db.get(Listing, campaign.listing_id) if campaign.listing_id else None,
                approver=await _approver(db, campaign.batch),
                may_decide=(campaign.batch.state == State.AWAITING_APPROVAL and officer.may(May.APPROVE)
                            and campaign.batch.author_id != officer.id and not campaigns.wrote(campaign, officer)))


@post("/office/campaigns/{campaign_id:int}/approve", opt={"may": May.APPROVE}, status_code=303)
async def approve(db: Db, officer: Officer, campaign_id: RowId) -> Redirect:
    campaign, _batch = await _sent(db, officer, campaign_id)
    await sending.approve(db, campaign, by=officer)
    return _back(campaign_id, "approved")


@post("/office/campaigns/{campaign_id:int}/refuse", opt={"may": May.APPROVE}, status_code=303)
async def refuse(db: Db, officer: Officer, campaign_id: RowId) -> Redirect:
    return await _do(db, officer, campaign_id, batches.refuse, "refused")


@post("/office/campaigns/{campaign_id:int}/pause", opt={"may": May.PUSH}, status_code=303)
async def pause(db: Db, officer: Officer, campaign_id: RowId) -> Redirect:
    return await _do(db, officer, campaign_id, batches.pause, "paused")


@post("/office/campaigns/{campaign_id:int}/resume", opt={"may": May.PUSH}, status_code=303)
async def resume(db: Db, officer: Officer, campaign_id: RowId) -> Redirect:
    return await _do(db, officer, campaign_id, batches.resume, "resumed")


@post("/office/campaigns/{campaign_id:int}/stop", opt={"may": May.PUSH}, status_code=303)
async def stop(db: Db, officer: Officer, campaign_id: RowId) -> Redirect:
    return await _do(db, officer, campaign_id, batches.stop, "stopped")


@post("/office/campaigns/{campaign_id:int}/again", opt={"may": May.PUSH}, status_code=303)
async def again(db: Db, officer: Officer, campaign_id: RowId) -> Redirect:
    """A new draft with the same people and words."""
    campaign = await scopes.load(db, Campaign, campaign_id, officer)
    copy = await campaigns.again(db, campaign, by=officer)
    return Redirect(f"/office/campaigns/{copy.id}/whom", status_code=303)


async def _sent(db: AsyncSession, officer: Account, campaign_id: int) -> tuple[Campaign, Batch]:
    """A campaign that was handed in. Raises NotFound for a draft, too: there is nothing to approve or to stop."""
    campaign = await scopes.load(db, Campaign, campaign_id, officer, *LOADED)
    if campaign.batch is None:
        raise NotFound
    return campaign, campaign.batch


async def _do(db: AsyncSession, officer: Account, campaign_id: int, verb: Any, said: str) -> Redirect:
    _campaign, batch = await _sent(db, officer, campaign_id)
    await verb(db, batch, by=officer)
    return _back(campaign_id, said)


def _back(campaign_id: int, said: str) -> Redirect:
    return Redirect(f"/office/campaigns/{campaign_id}?said={said}", status_code=303)


def _quiet_until(db: AsyncSession) -> datetime | None:
    """When the quiet hours end, if these are some."""
    now = clock.now()
    opens = quiet.opening(settings_of(db).quiet_hours, now)
    return opens if opens > now else None


async def _approver(db: AsyncSession, batch: Batch) -> Account | None:
    return await db.get(Account, batch.approved_by_id) if batch.approved_by_id else None


async def _watch(db: AsyncSession, batch: Batch, officer: Account) -> Watch:
    since = _feed.to_batch(batch, officer, until=(batch.leaves_at or batch.created_at) + LISTENED)
    return Watch(batch, await progress.of(db, batch), await _feed.newest(db, since, most=SHOWN),
                 await _feed.by_intent(db, since), await results.answers(db, batch), await results.signed(db, batch),
                 options.counted(batch.text, batch.listing_id))


ROUTES = [watch, approve, refuse, pause, resume, stop, again]
