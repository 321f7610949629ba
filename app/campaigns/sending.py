"""Handing a campaign in, approving it, and bringing it into the outbox."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.audience import query, reach
from app.audience.reach import Count
from app.campaigns import campaigns, filling, pieces, plan, wording
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.plan import Plan, Tally
from app.errors import Refused
from app.i18n import _
from app.org import areas
from app.residents.residents import Resident
from app.sms import batches
from app.sms.batches import PEOPLE, PIECE, Batch, Recipient, State
from app.sms.outbox import Message, Status
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

KIND = "campaign"
LATE = timedelta(minutes=10)  # from "now" in the form to the press of the button


@dataclass(frozen=True)
class Foreseen:
    """What a draft would come to: `told` of its `phones` got the same words within the last day. It holds for as long
    as nothing that it was counted from (`basis`) is another one."""

    basis: tuple[object, ...]
    tally: Tally
    told: int
    phones: int


async def foresee(db: AsyncSession, campaign: Campaign, *, sure: bool = False) -> Foreseen:
    """Counted before anything is written, because that takes long, and whoever writes meanwhile would wait for it. Who
    is `sure` does not ask who got the same words. Raises Refused for what cannot be sent."""
    return await _foresee(db, await plan.of(db, campaign), await _with_the_same_words(db, campaign), sure=sure)


async def hand_in(db: AsyncSession, campaign: Campaign, *, by: Officer, sure: bool = False,
                  foreseen: Foreseen | None = None) -> Batch:
    """Everybody of the audience gets the text, above `APPROVAL_ABOVE` once a second officer says yes. Pressed twice,
    it is the same batch. What was `foreseen` of another draft, or before the same words were handed in by somebody
    else, is counted again. Raises Refused for what cannot be sent, and, unless the officer is `sure`, for a text that
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
    before = await _with_the_same_words(db, campaign)
    if foreseen is None or foreseen.basis != _basis(campaign, before, sure):
        foreseen = await _foresee(db, planned, before, sure=sure)
    seen = foreseen.tally
    if foreseen.told * 2 > foreseen.phones and not sure:
        raise Refused(_("{again} of these {texts} phones got the same text within the last day. If it is meant to go "
                        "out again, tick the box."), field="sure", again=foreseen.told, texts=foreseen.phones)
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
        await filling.People(batch, planned, filling.stride_of(db)).all_at_once(db, batch)
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


async def _foresee(db: AsyncSession, planned: Plan, before: list[int], *, sure: bool) -> Foreseen:
    tally = await plan.expected(db, planned)
    told, phones = (0, 0) if sure or not before else await _told_the_same(db, planned, before)
    return Foreseen(_basis(planned.campaign, before, sure), tally, told, phones)


def _basis(campaign: Campaign, before: list[int], sure: bool) -> tuple[object, ...]:
    return (sure, campaign.id, campaign.kind, campaign.text, campaign.listing_id, campaign.chosen.digest_text,
            campaign.leaves_at, *before)


async def _with_the_same_words(db: AsyncSession, campaign: Campaign) -> list[int]:
    """The batches that say the same in the same area since yesterday, or are about to."""
    return list(await db.scalars(select(Batch.id).join(Campaign, Campaign.batch_id == Batch.id).where(
        Campaign.area_id == campaign.area_id, Campaign.text == campaign.text, Campaign.id != campaign.id,
        func.coalesce(Batch.leaves_at, Batch.created_at) > clock.now() - plan.LATELY,
        Batch.state != State.REFUSED).order_by(Batch.id)))


async def _told_the_same(db: AsyncSession, planned: Plan, before: list[int]) -> tuple[int, int]:
    """How many of these phones got the text of one of those batches, or are about to; and how many phones these are."""
    waiting = select(Batch.id).where(Batch.id.in_(before), Batch.state.in_((State.PREPARING, State.AWAITING_APPROVAL)))
    told = select(Message.phone).where(
        Message.batch_id.in_(before), Message.status.not_in((Status.FAILED, Status.WITHDRAWN))).union(
        select(Recipient.phone).where(Recipient.batch_id.in_(waiting)))
    each = pieces.people(planned.whom, planned.parts, planned.leaves, Resident.phone,
                         listing_id=planned.campaign.listing_id).subquery()
    row = (await db.execute(select(
        func.count(func.distinct(each.c.phone)).filter(each.c.phone.in_(told)),
        func.count(func.distinct(each.c.phone))).select_from(each))).one()
    return int(row[0]), int(row[1])
