"""One bulk send: author, text, recipients, approval, state, counts. Pushes make one, and so does everything in bulk."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_UP, Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    ScalarSelect,
    String,
    Text,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Id, Moment, Table, core, only, settings_of, take_turn
from app.errors import Refused
from app.i18n import _
from app.sms import breaker, consent, length, outbox, quiet
from app.sms.consent import JOBS, Word
from app.sms.outbox import Message, Priority, Purpose, Status
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

A_DAY, A_WEEK = 2, 6  # pushes per phone
PIECE = 5000
PEOPLE, TEXTS, STOPPING = "people", "texts", "stopping"  # what of a batch is being written down
RESTORED = "restored"  # the trouble of a batch that came back with a back-up: who knows what of it has left since
NEVER = literal(datetime(9999, 1, 1, tzinfo=UTC), Moment())  # later than every push that is asked about


class State(StrEnum):
    PREPARING = "preparing"  # its texts are being written down
    AWAITING_APPROVAL = "awaiting_approval"
    QUEUED = "queued"
    HELD = "held"          # quiet hours carry it to the morning
    PAUSED = "paused"
    STOPPED = "stopped"
    REFUSED = "refused"    # the second officer said no
    FINISHED = "finished"


class Batch(Table):
    """`digest` binds an approval to exactly these texts for exactly these numbers. `left_out` counts people by
    reason; `people` and `texts` differ where a phone is shared. `filling` says what is still being written down piece
    by piece, as far as the phone `filled_to`. `about` is the purpose of consent that it needs. It leaves from
    `leaves_at` on, spread over so many minutes; `trouble` is why it paused by itself."""

    __tablename__ = "batch"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    about: Mapped[str] = mapped_column(String(12), default=JOBS)
    listing_id: Mapped[int | None] = mapped_column(Id, index=True)
    title: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    filling: Mapped[str] = mapped_column(String(10), default="")
    filled_to: Mapped[str] = mapped_column(String(20), default="")
    texts: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    segments: Mapped[int] = mapped_column(default=0)
    price_fen: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64), default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    approved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    resumed_at: Mapped[datetime | None]
    leaves_at: Mapped[datetime | None]
    spread_minutes: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(String(40), default="")

    author: Mapped[Officer] = relationship(lazy="raise_on_sql", foreign_keys=[author_id])

    __table_args__ = (Index("ix_batch_paused", "id", **only("state = 'paused'")),
                      Index("ix_batch_filling", "id", **only("filling <> ''")),
                      Index("ix_batch_under_way", "id", **only("state = 'queued'")))


class Recipient(Table):
    """One phone of a batch and the exact text it gets."""

    __tablename__ = "recipient"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    phone: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    segments: Mapped[int]
    addressed: Mapped[list[int]]

    __table_args__ = (Index(None, "batch_id", "phone", unique=True),)


class Reason(Table):
    """Why this person was told: kept per person, for whoever asks "why did I get this?"."""

    __tablename__ = "reason"
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone: Mapped[str] = mapped_column(String(20))
    why: Mapped[list[str]]

    __table_args__ = (Index(None, "resident_id", "batch_id"),)


@dataclass(frozen=True)
class Addressed:
    """One text to one phone: whom it addresses, and why each of them gets it."""

    phone: str
    body: str
    addressed: tuple[int, ...]
    why: dict[int, list[str]] = field(default_factory=dict)


async def make(db: AsyncSession, texts: Sequence[Addressed], *, kind: str, area_id: int, text: str, by: Officer,
               listing_id: int | None = None, left_out: dict[str, int] | None = None) -> Batch:
    """Write a batch down with exactly these texts; nothing leaves before `release`."""
    require(by, May.PUSH)
    lengths = {body: length.measure(body).segments for body in {one.body for one in texts}}
    segments = sum(lengths[one.body] for one in texts)
    batch = Batch(kind=kind, area_id=area_id, listing_id=listing_id, text=text, state=State.AWAITING_APPROVAL,
                  texts=len(texts), people=sum(len(one.addressed) for one in texts), segments=segments,
                  price_fen=price_fen(segments, settings_of(db).sms_price_fen), left_out=left_out or {},
                  digest=digest_of((one.phone, one.body) for one in texts), author_id=by.id)
    db.add(batch)
    await db.flush()
    for start in range(0, len(texts), PIECE):
        await _add_piece(db, batch, texts[start:start + PIECE], lengths)
    audit.record(db, "make_batch", batch, by=by, texts=batch.texts, segments=segments)
    return batch


async def approve(db: AsyncSession, batch: Batch, *, by: Officer, expires_at: datetime | None = None,
                  asks: str = "", only: ColumnElement[bool] | None = None) -> None:
    """The second officer's yes to exactly these texts for exactly these numbers. Raises Refused for the author, for
    a batch that does not wait, and for one that is not what it was."""
    await must_wait_for(db, batch, by)
    rows = await db.execute(select(Recipient.phone, Recipient.body).where(Recipient.batch_id == batch.id))
    if digest_of((phone, body) for phone, body in rows) != batch.digest:
        raise Refused(_("This batch is not what was written. Please make it anew."))
    sign(db, batch, by=by)
    await release(db, batch, expires_at=expires_at, asks=asks, only=only)


async def must_wait_for(db: AsyncSession, batch: Batch, by: Officer) -> None:
    """Hold the batch. Raises Refused unless it waits for an approval that this officer may give."""
    require(by, May.APPROVE)
    await locked(db, batch)
    if batch.state != State.AWAITING_APPROVAL:
        raise Refused(_("This batch does not wait for approval."))
    if batch.author_id == by.id:
        raise Refused(_("Whoever wrote a batch cannot approve it. Please ask a second officer."))


def sign(db: AsyncSession, batch: Batch, *, by: Officer) -> None:
    """Write down whose yes it was, and to what."""
    batch.approved_by_id, batch.approved_at, batch.trouble = by.id, clock.now(), ""
    audit.record(db, "approve_batch", batch, by=by, digest=batch.digest[:12])


async def release(db: AsyncSession, batch: Batch, *, expires_at: datetime | None = None, asks: str = "",
                  only: ColumnElement[bool] | None = None) -> int:
    """Put the texts into the outbox, less the numbers that said stop, reached their limit or were told of the same
    listing since, and those that fail the condition `only` on Recipient; returns how many.

    In the quiet hours they are held until the morning. One batch at a time: two that leave together would not see
    each other's texts, and a phone could get more than its limit.
    """
    await take_turn(db, "pushes")
    now = clock.now()
    leaves = set_off(db, batch)
    good_until = quiet.good_until(leaves, expires_at) if expires_at else None
    recipient, message = core(Recipient), core(Message)
    values: dict[str, Any] = {
        "phone": recipient.c.phone, "body": recipient.c.body, "segments": recipient.c.segments,
        "addressed": recipient.c.addressed, "purpose": literal(Purpose.PUSH.value),
        "priority": literal_column(str(int(Priority.BULK))), "gateway": literal(settings_of(db).bulk_gateways[0]),
        "status": literal(Status.QUEUED.value), "reason": literal(""), "attempts": literal_column("0"),
        "next_at": literal(leaves, message.c.next_at.type), "created_at": literal(now, message.c.created_at.type),
        "expires_at": literal(good_until, message.c.expires_at.type), "asks": literal(asks),
        "memory": literal({}, message.c.memory.type), "area_id": literal(batch.area_id, message.c.area_id.type),
        "batch_id": recipient.c.batch_id, "listing_id": literal(batch.listing_id, message.c.listing_id.type)}
    done = await db.execute(insert(message).from_select(list(values), select(*values.values()).where(
        recipient.c.batch_id == batch.id, ~consent.said(Word.STOPPED, recipient.c.phone),
        ~over_limit(recipient.c.phone, leaves), ~told(recipient.c.phone, batch.listing_id),
        true() if only is None else only).order_by(recipient.c.id)))
    await db.flush()
    return int(done.rowcount)  # type: ignore[attr-defined]  # every INSERT has one


def set_off(db: AsyncSession, batch: Batch, *, again: bool = False) -> datetime:
    """It is on its way from now, or from when it was meant to leave; returns that moment, outside the quiet hours.
    `again` after a pause: when it first left stays as it was."""
    now = clock.now()
    leaves = quiet.opening(settings_of(db).quiet_hours, max(now, batch.leaves_at or now))
    batch.state = State.HELD if leaves > now else State.QUEUED
    batch.leaves_at = batch.leaves_at if again else leaves
    return leaves


async def refuse(db: AsyncSession, batch: Batch, *, by: Officer) -> None:
    """The second officer's no."""
    require(by, May.APPROVE)
    await locked(db, batch)
    if batch.state != State.AWAITING_APPROVAL:
        raise Refused(_("This batch does not wait for approval."))
    batch.state, batch.ended_at = State.REFUSED, clock.now()
    audit.record(db, "refuse_batch", batch, by=by)


async def pause(db: AsyncSession, batch: Batch, *, by: Officer) -> None:
    """Nothing more of it is handed over until somebody lets it go on: whoever claims texts looks at the state. Raises
    Refused when it is not on its way."""
    require(by, May.PUSH)
    await locked(db, batch)
    if batch.state not in (State.QUEUED, State.HELD):
        raise Refused(_("It is not on its way, so there is nothing to pause."))
    batch.state = State.PAUSED
    audit.record(db, "pause_batch", batch, by=by)


async def resume(db: AsyncSession, batch: Batch, *, by: Officer) -> None:
    """A paused batch goes on, in the quiet hours from the morning on."""
    require(by, May.PUSH)
    await locked(db, batch)
    if batch.state != State.PAUSED:
        raise Refused(_("It is not paused."))
    batch.trouble, batch.resumed_at = "", clock.now()
    set_off(db, batch, again=True)
    await breaker.wake(db)
    audit.record(db, "resume_batch", batch, by=by)


async def stop(db: AsyncSession, batch: Batch, *, by: Officer) -> int:
    """What has not left is withdrawn; returns how many. The rest of a large batch, or of one that is still being
    written down, is withdrawn piece by piece, and is not handed over meanwhile. Raises Refused when there is nothing
    to stop."""
    require(by, May.PUSH)
    await locked(db, batch)
    if batch.state not in (State.QUEUED, State.HELD, State.AWAITING_APPROVAL, State.PAUSED, State.PREPARING):
        raise Refused(_("There is nothing left to stop."))
    batch.state, batch.ended_at = State.STOPPED, clock.now()
    audit.record(db, "stop_batch", batch, by=by)
    withdrawn = await withdraw_piece(db, batch)
    if withdrawn == PIECE and not batch.filling:
        batch.filling = STOPPING
    return withdrawn


async def withdraw_piece(db: AsyncSession, batch: Batch) -> int:
    """Withdraw up to PIECE texts of a stopped batch that have not left; returns how many. What somebody is claiming at
    this moment is waited for, so that nothing is withdrawn that is leaving, and nothing counts that was not."""
    waiting = (select(core(Message).c.id).where(core(Message).c.batch_id == batch.id,
                                                core(Message).c.status == Status.QUEUED).limit(PIECE)
               .with_for_update())
    done = await db.execute(update(Message).where(Message.id.in_(waiting.scalar_subquery()))
                            .values(status=Status.WITHDRAWN, reason="batch_stopped", ended_at=clock.now())
                            .execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]  # every UPDATE has one


async def kept_back(db: AsyncSession) -> list[int]:
    """Batches of which nothing may be handed over now: paused, or stopped and not yet withdrawn to the last text."""
    return list(await db.scalars(select(Batch.id).where(Batch.state == literal_column("'paused'")).union_all(
        select(Batch.id).where(Batch.filling != literal_column("''"), Batch.state == State.STOPPED))))


async def stopped_among(db: AsyncSession, batch_ids: Iterable[int]) -> set[int]:
    """Those batches that are stopped. None of them is stopped before the transaction ends, either."""
    rows = await db.execute(select(core(Batch).c.id, core(Batch).c.state).where(core(Batch).c.id.in_(set(batch_ids)))
                            .order_by(core(Batch).c.id).with_for_update(read=True))
    return {row.id for row in rows if row.state == State.STOPPED}


async def void(db: AsyncSession, listing_id: int) -> None:
    """What waits for approval is not what it was: the listing changed, or is open no longer."""
    await db.execute(update(Batch).where(Batch.listing_id == listing_id, Batch.state == State.AWAITING_APPROVAL)
                     .values(state=State.STOPPED, ended_at=clock.now()))


async def keep_up(db: AsyncSession) -> None:
    """Batches whose hour has come are on their way, and those whose every text has ended are finished."""
    now = clock.now()
    moving = exists().where(Message.batch_id == Batch.id, outbox.not_ended(now))
    quietly = {"synchronize_session": False}
    await db.execute(update(Batch).where(Batch.state == State.HELD, Batch.filling == "",
                                         func.coalesce(Batch.leaves_at, Batch.created_at) <= now)
                     .values(state=State.QUEUED).execution_options(**quietly))
    await db.execute(update(Batch).where(Batch.state == State.QUEUED, Batch.filling == "", ~moving)
                     .values(state=State.FINISHED, ended_at=now).execution_options(**quietly))


async def counts(db: AsyncSession, batch: Batch) -> dict[str, int]:
    """Texts of the batch by outbox status; those not in the outbox (yet) are not counted."""
    rows = await db.execute(select(Message.status, func.count()).where(Message.batch_id == batch.id)
                            .group_by(Message.status))
    return dict(rows.all())


async def unapproved(db: AsyncSession, listing_id: int) -> int:
    """How many texts about the listing went out without a second officer: slices count together."""
    return await db.scalar(select(func.coalesce(func.sum(Batch.texts), 0)).where(
        Batch.listing_id == listing_id, went_out_unapproved())) or 0


def went_out_unapproved() -> ColumnElement[bool]:
    """The condition on Batch: it is on its way or was, be it in part, and no second officer has seen it."""
    left = exists().where(Message.batch_id == Batch.id, Message.status.not_in((Status.QUEUED, Status.WITHDRAWN)))
    return and_(Batch.approved_by_id.is_(None), or_(
        Batch.state.in_((State.QUEUED, State.HELD, State.PAUSED, State.FINISHED)),
        and_(Batch.state == State.STOPPED, left)))


def over_limit(phone: Any, leaves: datetime) -> ColumnElement[bool]:
    """The condition: with one that leaves then, the phone in that column would have more than two pushes on that day,
    or more than six within seven days."""
    day = clock.at(clock.local(leaves).date(), time.min)
    week = leaves - timedelta(days=7)
    return (_pushes_since(day, day, phone) >= A_DAY) | (_pushes_since(week, day, phone) >= A_WEEK)


def told(phone: Any, listing_id: int | None) -> ColumnElement[bool]:
    """The condition: the phone in that column was or is being told of this listing."""
    return exists().where(Message.phone == phone, Message.listing_id == listing_id,
                          Message.purpose == literal_column("'push'"),
                          Message.status.not_in((Status.WITHDRAWN, Status.FAILED)))


def price_fen(segments: int, each_fen: Decimal) -> int:
    """What so many segments cost, rounded up to a whole fen."""
    return int((segments * each_fen).to_integral_value(rounding=ROUND_UP))


def counts_at() -> ColumnElement[datetime]:
    """When a push counts: when it left, or is to leave. One that is due and has not left may do so on any day."""
    due = and_(Message.status == Status.QUEUED, Message.next_at <= clock.now())
    return case((due, NEVER), else_=func.coalesce(Message.sent_at, Message.next_at))


def within(at: ColumnElement[datetime], since: datetime, day: datetime) -> ColumnElement[bool]:
    """The condition: it counts from `since` to the end of that day. What waits for a later day takes nothing of it."""
    return and_(at >= since, or_(at < day + timedelta(days=1), at == NEVER))


def _pushes_since(since: datetime, day: datetime, phone: Any) -> ScalarSelect[int]:
    return (select(func.count()).select_from(Message)
            .where(Message.phone == phone, Message.purpose == literal_column("'push'"), within(counts_at(), since, day),
                   Message.status.not_in((Status.WITHDRAWN, Status.FAILED)))
            .scalar_subquery())


async def _add_piece(db: AsyncSession, batch: Batch, texts: Sequence[Addressed], lengths: dict[str, int]) -> None:
    await db.execute(insert(Recipient), [
        {"batch_id": batch.id, "phone": one.phone, "body": one.body, "segments": lengths[one.body],
         "addressed": list(one.addressed)} for one in texts])
    reasons = [{"batch_id": batch.id, "resident_id": resident_id, "phone": one.phone, "why": why}
               for one in texts for resident_id, why in one.why.items()]
    if reasons:
        await db.execute(insert(Reason), reasons)


async def locked(db: AsyncSession, batch: Batch) -> None:
    """The row as it is now, held until the transaction ends. PostgreSQL locks no outer join, so the author, who may
    have been loaded with it, stays out of the statement."""
    await db.execute(select(core(Batch).c.id).where(core(Batch).c.id == batch.id).with_for_update())
    await db.refresh(batch, ["state", "digest", "author_id", "filling", "filled_to", "leaves_at", "texts", "segments"])


def digest_of(texts: Iterable[tuple[str, str]]) -> str:
    """Another one as soon as one of these (phone, text) pairs is not what it was."""
    whole = hashlib.sha256()
    for phone, body in sorted(texts):
        whole.update(f"{phone}\x00{body}\x00".encode())
    return whole.hexdigest()
