"""What staff do once a campaign is out: text again those whom it did not reach, have the others telephoned, and note
what those say."""

from enum import StrEnum

from sqlalchemy import Select, exists, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.audience import query, reach
from app.audience.filters import Answered, Filter, Outcome
from app.calls import calls
from app.calls.calls import Call, Why
from app.campaigns import campaigns, everybody, options, wording
from app.campaigns.campaigns import Campaign
from app.db import core, take_turn
from app.errors import Refused
from app.i18n import _
from app.org import areas
from app.residents.residents import Resident
from app.sms import replies
from app.sms.batches import Batch, State
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require


class Rest(StrEnum):
    """Who of a campaign may need something more."""

    FAILED = "failed"
    CORRECTED = "corrected"
    UNANSWERED = "unanswered"
    KEPT_BACK = "kept_back"
    UNKNOWN = "unknown"
    NO_PHONE = "no_phone"  # meant, but without a phone that can be texted


TEXTED = (Rest.FAILED, Rest.CORRECTED, Rest.UNANSWERED, Rest.KEPT_BACK)  # unknown is never sent again blindly
TELEPHONED = (Rest.FAILED, Rest.UNKNOWN, Rest.UNANSWERED, Rest.NO_PHONE)


async def resend(db: AsyncSession, campaign: Campaign, rest: Rest, *, by: Officer) -> Campaign:
    """A new draft with the same words for those people. Raises Refused where there is nobody."""
    require(by, May.PUSH)
    if rest not in TEXTED:
        raise Refused(_("Please choose one."), field="rest")
    batch = await _over(db, campaign)
    chosen = _chosen(campaign, batch, rest)
    whom = await query.audience(db, chosen, await areas.get(db, campaign.area_id), batch.about)
    if not await db.scalar(select(func.count()).select_from(query.matching(whom, Resident.id).limit(1).subquery())):
        raise Refused(_("There is nobody like that."), field="rest")
    return await campaigns.again(db, campaign, by=by, chosen=chosen)


async def assign(db: AsyncSession, campaign: Campaign, rest: Rest, *, by: Officer) -> int:
    """A call task for each of them, where the head of their building sees it; returns how many are new. Raises Refused
    where there is nobody who has none yet."""
    require(by, May.PUSH)
    if rest not in TELEPHONED:
        raise Refused(_("Please choose one."), field="rest")
    batch = await _over(db, campaign)
    await take_turn(db, "pushes")  # pressed twice, everybody is called once
    people = (await _to_telephone(db, campaign, batch, rest)).subquery()
    known = exists().where(Call.batch_id == batch.id, Call.resident_id == people.c.id)
    call = core(Call)
    words = everybody.said(wording.parts_of(batch.text.partition("】")[2] or batch.text))
    done = await db.execute(insert(call).from_select(
        ["area_id", "resident_id", "phone", "why", "said", "batch_id", "created_at", "result"],
        select(people.c.area_id, people.c.id, func.coalesce(people.c.phone, ""), literal(Why.CAMPAIGN.value),
               literal(words), literal(batch.id, call.c.batch_id.type), literal(clock.now(), call.c.created_at.type),
               literal("")).where(~known).order_by(people.c.id)))
    made = int(done.rowcount)  # type: ignore[attr-defined]  # every INSERT has one
    if not made:
        raise Refused(_("There is nobody like that who has no call task yet."), field="rest")
    audit.record(db, "assign_calls", campaign, by=by, rest=rest, calls=made)
    return made


async def told_by_telephone(db: AsyncSession, call: Call, choice: int | None, *, result: str, by: Officer) -> None:
    """The person was telephoned; with `choice`, what they answered is counted like a text of theirs. Raises Refused
    for an answer that the campaign does not offer, and as `calls.done`."""
    offered = await offers(db, call)
    if choice is not None and not 1 <= choice <= len(offered):
        raise Refused(_("Please choose one."), field="choice")
    said = offered[choice - 1].label if choice is not None else ""
    await calls.done(db, call, result="; ".join(part for part in (said, result.strip()) if part), by=by)
    if choice is not None and call.batch_id is not None and call.resident_id is not None:
        await replies.note(db, call.batch_id, [call.resident_id], choice, phone=call.phone, by=by)


async def offers(db: AsyncSession, call: Call) -> list[options.Option]:
    """The numbered answers of the campaign that the call is for."""
    batch = await db.get(Batch, call.batch_id) if call.batch_id is not None else None
    return [] if batch is None else options.counted(batch.text, batch.listing_id)


async def how_many(db: AsyncSession, campaign: Campaign, batch: Batch) -> dict[Rest, int]:
    """How many people each rest has."""
    found = {}
    for rest in Rest:
        people = (await _to_telephone(db, campaign, batch, rest)).subquery()
        found[rest] = await db.scalar(select(func.count()).select_from(people)) or 0
    return found


async def _over(db: AsyncSession, campaign: Campaign) -> Batch:
    batch = await db.get(Batch, campaign.batch_id) if campaign.batch_id is not None else None
    if batch is None or batch.state in (State.PREPARING, State.AWAITING_APPROVAL, State.REFUSED):
        raise Refused(_("It has not been sent yet."))
    return batch


async def _to_telephone(db: AsyncSession, campaign: Campaign, batch: Batch, rest: Rest) -> Select[tuple[int, int, str]]:
    """id, area_id and phone of each of them, as a query."""
    area = await areas.get(db, campaign.area_id)
    columns = (Resident.id, Resident.area_id, Resident.phone)
    if rest == Rest.NO_PHONE:
        whom = await query.audience(db, campaign.chosen, area, batch.about)
        return reach.unreachable(whom, *columns)
    whom = await query.audience(db, _chosen(campaign, batch, rest), area, batch.about)
    return query.matching(whom, *columns)


def _chosen(campaign: Campaign, batch: Batch, rest: Rest) -> Filter:
    """Those of the campaign's people to whom that happened."""
    if rest == Rest.UNANSWERED:
        return Filter(batch_id=batch.id, answered=Answered.NO, outcome=Outcome.REACHED)
    return Filter(batch_id=batch.id, outcome=Outcome(rest))


