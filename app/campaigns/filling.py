"""From a campaign that was handed in to texts in the outbox, piece by piece: each piece is a transaction of its own,
so that replies hardly wait and a process that dies loses nothing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.audience.reach import Span
from app.campaigns import rows
from app.campaigns.pace import Pace
from app.campaigns.plan import Plan
from app.campaigns.rows import Terms
from app.db import aside, core, generous, settings_of, take_turn
from app.org.areas import Area, inside
from app.residents.residents import Resident
from app.sms import batches, quiet
from app.sms.batches import PIECE, RESTORED, STOPPING, TEXTS, Batch, Recipient, State
from app.sms.consent import JOBS

WALKED = 2 * PIECE  # phones of the registry that one piece of people looks at
PIECE_SECONDS = 0.025  # where nobody else can write meanwhile, whoever comes first waits for about so long
PRESSED_SECONDS = 0.008  # and those who come soon after only for this
PRESSED_FOR_SECONDS = 2.0
FIRST, FEWEST = 1000, 250  # phones of the first piece, and of the smallest ones

OURS = "ours"  # the trouble of a batch that we could not write down: the others do not wait for it


class Stride:
    """How many phones a piece takes. Where nobody else can write meanwhile it is as many as fit into a time, which the
    last ones tell; elsewhere as many as there may be."""

    def __init__(self, *, alone: bool) -> None:
        self._alone, self._phones, self._pressed_until = alone, float(FIRST), 0.0

    def at_most(self, most: int) -> int:
        return min(most, int(self._phones)) if self._alone else most

    def press(self) -> None:
        """Somebody waits to write."""
        if time.perf_counter() > self._pressed_until:
            self._phones = max(FEWEST, self._phones / 2)
        self._pressed_until = time.perf_counter() + PRESSED_FOR_SECONDS

    @contextmanager
    def timed(self) -> Iterator[None]:
        started = time.perf_counter()
        yield
        now = time.perf_counter()
        wanted = PRESSED_SECONDS if now < self._pressed_until else PIECE_SECONDS
        fits = wanted / max(now - started, 1e-6)
        self._phones = max(FEWEST, min(self._phones * min(max(fits, 0.5), 1.5), WALKED))


class Stage(Protocol):
    """One kind of work on one batch, piece by piece."""

    async def piece(self, db: AsyncSession, batch: Batch) -> None:
        """One piece more; says in the batch how far it came, and what comes next."""


def to_do() -> ColumnElement[bool]:
    """The condition on Batch: something of it is still to be written down, and that can be tried."""
    return and_(Batch.filling != literal_column("''"), Batch.trouble.not_in((OURS, RESTORED)))


async def next_of(db: AsyncSession) -> Batch | None:
    """The oldest batch that is being written down, held until the transaction ends. One process at a time fills:
    two batches that are filled side by side would not see each other's texts."""
    await take_turn(db, "pushes")
    return await db.scalar(select(Batch).where(to_do()).order_by(Batch.id).limit(1)
                           .with_for_update().execution_options(populate_existing=True))


class People:
    """Recipients are written down. Afterwards the batch waits for approval, or starts."""

    def __init__(self, batch: Batch, plan: Plan, stride: Stride) -> None:
        agreed = "consent" if batch.about == JOBS else "consent_notices"
        self._plan, self._stride = plan, stride
        self._rows = rows.People(batch, plan.whom, plan.parts, leaves=plan.leaves,
                                 why=[f"campaign:{batch.title}", agreed])
        # The next phones of the registry, as far as the campaign's area reaches.
        within = select(Area.id).where(inside(plan.whom.within))
        self._phones = _last_of(Resident.phone, aside(Resident.area_id).in_(within))

    async def piece(self, db: AsyncSession, batch: Batch) -> None:
        with self._stride.timed():
            await self._go(db, batch, await _span(db, self._phones, batch, self._stride.at_most(WALKED)))

    async def all_at_once(self, db: AsyncSession, batch: Batch) -> None:
        await self._go(db, batch, Span())

    async def _go(self, db: AsyncSession, batch: Batch, span: Span) -> None:
        await generous(db)
        if not batch.filled_to:
            batch.texts, batch.people, batch.segments = 0, 0, 0  # what was expected gives way to what is written
        done = await self._rows.write(db, span)
        batch.texts, batch.people = batch.texts + done.texts, batch.people + done.people
        batch.segments += done.segments
        if span.until is None:
            await _written(db, batch, self._plan)
        else:
            batch.filled_to = span.until


class Texts:
    """Outbox rows are written down."""

    def __init__(self, db: AsyncSession, batch: Batch, terms: Terms, stride: Stride) -> None:
        hours, now = settings_of(db).quiet_hours, clock.now()
        leaves = quiet.opening(hours, max(now, batch.leaves_at or now))
        if terms.expires_at:
            terms = replace(terms, expires_at=quiet.good_until(leaves, terms.expires_at))
        pace = Pace(batch.leaves_at or leaves, batch.spread_minutes, batch.texts, hours)
        self._rows, self._stride = rows.Texts(db, batch, leaves=leaves, pace=pace, terms=terms), stride
        recipient = core(Recipient)
        self._phones = _last_of(recipient.c.phone, recipient.c.batch_id == batch.id)

    async def piece(self, db: AsyncSession, batch: Batch) -> None:
        await take_turn(db, "pushes")
        await generous(db)
        with self._stride.timed():
            span = await _span(db, self._phones, batch, self._stride.at_most(PIECE))
            await self._rows.write(db, span)
        batch.filling, batch.filled_to = (TEXTS, span.until) if span.until is not None else ("", "")
        if batch.state == State.STOPPED and not batch.filling:
            batch.filling = STOPPING  # what was queued before the stop, and more than a piece


class Stopping:
    """What was queued before a stop is withdrawn."""

    async def piece(self, db: AsyncSession, batch: Batch) -> None:
        if await batches.withdraw_piece(db, batch) < PIECE:
            batch.filling = ""


class Nothing:
    """The batch was stopped before its people were written down."""

    async def piece(self, db: AsyncSession, batch: Batch) -> None:
        batch.filling = ""


async def start(db: AsyncSession, batch: Batch, terms: Terms) -> None:
    """The texts go into the outbox from now on; the first piece at once."""
    batches.set_off(db, batch)
    batch.filling, batch.filled_to = TEXTS, ""
    await db.flush()
    await Texts(db, batch, terms, stride_of(db)).piece(db, batch)


def stride_of(db: AsyncSession) -> Stride:
    return Stride(alone=settings_of(db).is_sqlite)


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


def _last_of(phone: Any, which: ColumnElement[bool]) -> Select[int, Any]:
    """How many phones come next, of `most` at the most, and the last of them."""
    phones = (select(phone.label("phone")).where(phone > bindparam("after"), which).order_by(phone)
              .limit(bindparam("most")).subquery())
    return select(func.count(), func.max(phones.c.phone))


async def _span(db: AsyncSession, phones: Select[int, Any], batch: Batch, most: int) -> Span:
    row = (await (await db.connection()).execute(phones, {"after": batch.filled_to, "most": most})).one()
    return Span(batch.filled_to, row[1] if row[0] == most else None)
