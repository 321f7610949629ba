"""From a campaign that was handed in to texts in the outbox, piece by piece: each piece is a transaction of its own,
so that replies hardly wait and a process that dies loses nothing."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.audience.reach import Span
from app.campaigns import pieces
from app.campaigns.pace import Pace
from app.campaigns.pieces import Terms
from app.campaigns.plan import Plan
from app.db import aside, core, generous, settings_of, take_turn
from app.org.areas import Area, inside
from app.residents.residents import Resident
from app.sms import batches, quiet
from app.sms.batches import PIECE, STOPPING, TEXTS, Batch, Recipient, State
from app.sms.consent import JOBS

WALKED = 2 * PIECE  # phones of the registry that one piece of people looks at
ALONE = 2000  # of either, where nobody else can write meanwhile: a reply waits for no more than that


OURS = "ours"  # the trouble of a batch that we could not write down: the others do not wait for it


def to_do() -> ColumnElement[bool]:
    """The condition on Batch: something of it is still to be written down, and that can be tried."""
    return and_(Batch.filling != literal_column("''"), Batch.trouble != OURS)


async def next_of(db: AsyncSession) -> Batch | None:
    """The oldest batch that is being written down, held until the transaction ends. One process at a time fills:
    two batches that are filled side by side would not see each other's texts."""
    if await db.scalar(select(Batch.id).where(to_do()).limit(1)) is None:
        return None
    await take_turn(db, "pushes")
    return await db.scalar(select(Batch).where(to_do()).order_by(Batch.id).limit(1)
                           .with_for_update().execution_options(populate_existing=True))


async def people(db: AsyncSession, batch: Batch, plan: Plan, *, at_once: bool = False) -> None:
    """One piece of recipients; with `at_once` all of them. Afterwards the batch waits for approval, or starts."""
    if batch.state == State.STOPPED:
        batch.filling = ""
        return
    await generous(db)
    span = Span() if at_once else await _people_span(db, batch, plan)
    if not batch.filled_to:
        batch.texts, batch.people, batch.segments = 0, 0, 0  # what was expected gives way to what is written
    agreed = "consent" if batch.about == JOBS else "consent_notices"
    done = await pieces.write_people(db, batch, plan.whom, plan.parts, leaves=plan.leaves, span=span,
                                     why=[f"campaign:{batch.title}", agreed])
    batch.texts, batch.people = batch.texts + done.texts, batch.people + done.people
    batch.segments += done.segments
    if span.until is not None:
        batch.filled_to = span.until
        return
    await _written(db, batch, plan)


async def start(db: AsyncSession, batch: Batch, terms: Terms) -> None:
    """The texts go into the outbox from now on; the first piece at once."""
    batches.set_off(db, batch)
    batch.filling, batch.filled_to = TEXTS, ""
    await db.flush()
    await texts(db, batch, terms)


async def texts(db: AsyncSession, batch: Batch, terms: Terms) -> None:
    """One piece of outbox rows."""
    await take_turn(db, "pushes")
    await generous(db)
    span = await _texts_span(db, batch)
    hours, now = settings_of(db).quiet_hours, clock.now()
    leaves = quiet.opening(hours, max(now, batch.leaves_at or now))
    if terms.expires_at:
        terms = replace(terms, expires_at=quiet.good_until(leaves, terms.expires_at))
    pace = Pace(batch.leaves_at or leaves, batch.spread_minutes, batch.texts, hours)
    await pieces.write_texts(db, batch, span, leaves=leaves, pace=pace, terms=terms)
    batch.filling, batch.filled_to = (TEXTS, span.until) if span.until is not None else ("", "")
    if batch.state == State.STOPPED and not batch.filling:
        batch.filling = STOPPING  # what was queued before the stop, and more than a piece


async def stopping(db: AsyncSession, batch: Batch) -> None:
    """One piece of what is withdrawn after a stop."""
    if await batches.withdraw_piece(db, batch) < PIECE:
        batch.filling = ""


async def _written(db: AsyncSession, batch: Batch, plan: Plan) -> None:
    """Everybody is written down: what it comes to, and what happens next."""
    batch.filling, batch.filled_to = "", ""
    batch.price_fen = batches.price_fen(batch.segments, settings_of(db).sms_price_fen)
    batch.digest = plan.digest(batch.texts, batch.segments)
    if not batch.texts:
        batch.state, batch.ended_at = State.FINISHED, clock.now()
    elif await plan.needs_approval(db, batch.texts):
        batch.state = State.AWAITING_APPROVAL
    else:
        await start(db, batch, plan.terms)


async def tally(db: AsyncSession, batch: Batch) -> tuple[int, int]:
    """Texts and segments of what is written down."""
    row = (await db.execute(select(func.count(), func.coalesce(func.sum(Recipient.segments), 0))
                            .where(Recipient.batch_id == batch.id))).one()
    return int(row[0]), int(row[1])


async def _people_span(db: AsyncSession, batch: Batch, plan: Plan) -> Span:
    """The next phones of the registry, as far as the campaign's area reaches."""
    within, most = select(Area.id).where(inside(plan.whom.within)), _at_once(db, WALKED)
    phones = (select(Resident.phone).where(Resident.phone > batch.filled_to, aside(Resident.area_id).in_(within))
              .order_by(Resident.phone).limit(most).subquery())
    return await _span(db, batch, phones, most)


async def _texts_span(db: AsyncSession, batch: Batch) -> Span:
    recipient, most = core(Recipient), _at_once(db, PIECE)
    phones = (select(recipient.c.phone).where(recipient.c.batch_id == batch.id, recipient.c.phone > batch.filled_to)
              .order_by(recipient.c.phone).limit(most).subquery())
    return await _span(db, batch, phones, most)


async def _span(db: AsyncSession, batch: Batch, phones: Any, most: int) -> Span:
    row = (await db.execute(select(func.count(), func.max(phones.c.phone)))).one()
    return Span(batch.filled_to, row[1] if row[0] == most else None)


def _at_once(db: AsyncSession, most: int) -> int:
    return min(most, ALONE) if settings_of(db).is_sqlite else most
