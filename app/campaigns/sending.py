"""Handing a campaign in, approving it, and bringing it into the outbox."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.audience import query, reach
from app.audience.reach import Count
from app.campaigns import campaigns, filling, pieces, plan, wording
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.pieces import Terms
from app.campaigns.plan import Plan
from app.db import Database
from app.errors import Refused, TemporarilyAway
from app.i18n import _
from app.org import areas
from app.residents.residents import Resident
from app.sms import batches
from app.sms.batches import PEOPLE, PIECE, STOPPING, TEXTS, Batch, Recipient, State
from app.sms.outbox import Message, Status
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

KIND = "campaign"
LATE = timedelta(minutes=10)  # from "now" in the form to the press of the button


async def hand_in(db: AsyncSession, campaign: Campaign, *, by: Officer, sure: bool = False) -> Batch:
    """Everybody of the audience gets the text, above `APPROVAL_ABOVE` once a second officer says yes. Pressed twice,
    it is the same batch. Raises Refused for what cannot be sent, and, unless the officer is `sure`, for a text that
    went out within the last day."""
    require(by, May.PUSH)
    await campaigns.locked(db, campaign)
    if campaign.batch_id is not None:
        return await db.get_one(Batch, campaign.batch_id)
    planned = await plan.of(db, campaign)
    if not by.area.contains(planned.whom.within):
        raise Refused(_("This campaign is outside your area."))
    plan.must_be_true_to_the_last(db, planned)
    if campaign.leaves_at is not None and campaign.leaves_at < clock.now() - LATE:
        raise Refused(_("The moment that was chosen for it has passed. Please choose another one."), field="leaves_at")
    seen = await plan.expected(db, planned)
    told, phones = (0, 0) if sure else await _told_the_same(db, planned)
    if told * 2 > phones:
        raise Refused(_("{again} of these {texts} phones got the same text within the last day. If it is meant to go "
                        "out again, tick the box."), field="sure", again=told, texts=phones)
    if not seen.texts:
        raise Refused(_("There is nobody to tell: see who is left out, and why."))
    batch = Batch(kind=KIND, about=planned.whom.about, area_id=campaign.area_id, listing_id=campaign.listing_id,
                  title=campaign.title, text=wording.shown(planned.parts), state=State.PREPARING, filling=PEOPLE,
                  left_out=seen.left_out, texts=seen.texts, people=seen.people, author_id=by.id,
                  leaves_at=campaign.leaves_at, spread_minutes=campaign.spread_minutes)
    db.add(batch)
    await db.flush()
    campaign.batch_id = batch.id
    audit.record(db, "hand_in_campaign", campaign, by=by, texts=seen.texts)
    if seen.people <= PIECE:
        await filling.people(db, batch, planned, at_once=True)
    await db.flush()
    return batch


async def approve(db: AsyncSession, campaign: Campaign, *, by: Officer) -> None:
    """The second officer's yes to exactly this text for exactly these people. Raises Refused as
    batches.must_wait_for, and when either is not what it was."""
    batch = await db.get_one(Batch, campaign.batch_id or 0)
    await batches.must_wait_for(db, batch, by)
    if campaigns.wrote(campaign, by):
        raise Refused(_("Whoever wrote a batch cannot approve it. Please ask a second officer."))
    area = await areas.get(db, campaign.area_id)
    if not by.area.contains(area):
        raise Refused(_("This campaign is outside your area."))
    planned = await plan.of(db, campaign)
    if planned.digest(*await filling.tally(db, batch)) != batch.digest:
        raise Refused(_("Text or people are not what was handed in. Please stop it and use it again."))
    if campaign.leaves_at is not None and clock.local(campaign.leaves_at).date() < clock.today():
        raise Refused(_("The day for which it was meant is over. Please stop it and use it again."))
    plan.must_be_true_to_the_last(db, planned)
    batches.sign(db, batch, by=by)
    await filling.start(db, batch, planned.terms)


async def count(db: AsyncSession, campaign: Campaign) -> Count:
    """How many the draft's audience has, whatever its text is."""
    area = await areas.get(db, campaign.area_id)
    return await reach.count(db, await query.audience(db, campaign.chosen, area, Kind(campaign.kind).about),
                             clock.now())


async def go_on(database: Database) -> int:
    """One more piece of what is being written down; returns 1 while there may be more."""
    async with database.reading() as db:
        batch_id = await db.scalar(select(Batch.id).where(filling.to_do()).order_by(Batch.id).limit(1))
        if batch_id is None:
            return 0
    try:
        async with database.session() as db:
            batch = await filling.next_of(db)
            if batch is None:
                return 0
            batch_id = batch.id
            if batch.filling == STOPPING:
                await filling.stopping(db, batch)
            else:
                await _piece(db, batch)
    except TemporarilyAway:
        raise
    except Exception:  # a bug of ours: it is shown, and the batches behind this one do not wait for it
        await _set_aside(database, batch_id)
        raise
    return 1


async def _set_aside(database: Database, batch_id: int) -> None:
    async with database.session() as db:
        await db.execute(update(Batch).where(Batch.id == batch_id).values(trouble=filling.OURS))
        await db.execute(update(Batch).where(Batch.id == batch_id, Batch.state.in_((State.QUEUED, State.HELD)))
                         .values(state=State.PAUSED))


async def _piece(db: AsyncSession, batch: Batch) -> None:
    """One piece of a campaign. Where its listing has closed meanwhile, or "tomorrow" has become today, it stops."""
    campaign = await campaigns.of_batch(db, batch.id)
    try:
        planned = await plan.of(db, campaign)
    except Refused:
        planned = None
    if planned is None or wording.shown(planned.parts) != batch.text:
        batch.state, batch.ended_at = State.STOPPED, clock.now()
    if batch.filling == TEXTS:
        await filling.texts(db, batch, planned.terms if planned else Terms())
    elif planned is None:
        batch.filling = ""
    else:
        await filling.people(db, batch, planned)


async def _told_the_same(db: AsyncSession, planned: Plan) -> tuple[int, int]:
    """How many of these phones got the same words, or are about to, since yesterday in the same area; and how many
    phones these are, where that had to be counted."""
    campaign = planned.campaign
    before = list(await db.scalars(select(Batch.id).join(Campaign, Campaign.batch_id == Batch.id).where(
        Campaign.area_id == campaign.area_id, Campaign.text == campaign.text, Campaign.id != campaign.id,
        func.coalesce(Batch.leaves_at, Batch.created_at) > clock.now() - plan.LATELY,
        Batch.state != State.REFUSED)))
    if not before:
        return 0, 0
    waiting = select(Batch.id).where(Batch.id.in_(before), Batch.state.in_((State.PREPARING, State.AWAITING_APPROVAL)))
    told = select(Message.phone).where(
        Message.batch_id.in_(before), Message.status.not_in((Status.FAILED, Status.WITHDRAWN))).union(
        select(Recipient.phone).where(Recipient.batch_id.in_(waiting)))
    each = pieces.people(planned.whom, planned.parts, planned.leaves, Resident.phone,
                         listing_id=campaign.listing_id).subquery()
    row = (await db.execute(select(
        func.count(func.distinct(each.c.phone)).filter(each.c.phone.in_(told)),
        func.count(func.distinct(each.c.phone))).select_from(each))).one()
    return int(row[0]), int(row[1])
