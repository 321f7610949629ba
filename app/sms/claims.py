"""Claiming texts: each for one worker alone, until its lease ends, and only what may still leave.

Every statement here works on a whole claim; the same ones run on SQLite, where the writing transaction is alone, and
on PostgreSQL, where `SKIP LOCKED` lets many workers claim side by side.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, false, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, pairs
from app.db import core, settings_of
from app.sms import allowance, batches, consent, extensions, quiet
from app.sms.batches import Batch
from app.sms.consent import JOBS, Word
from app.sms.gateways.base import Outbound
from app.sms.lanes import Lane
from app.sms.outbox import UNSURE_HOURS, Message, Priority, Purpose, Status

_message, _batch = core(Message), core(Batch)
_UNASKED = (Purpose.PUSH, Purpose.SERVICE)
_TOLD = pairs.joined("told")
_QUEUED: ColumnElement[str] = literal_column("'queued'")  # a literal, so that PostgreSQL uses the partial index

# Of (message, its phone) those whose phone has had a text since, or gets one now.
_other = core(Message).alias("other")
_JUST_TOLD = select(_TOLD.c.number).where(exists().where(
    _other.c.phone == _TOLD.c.word, _other.c.id != _TOLD.c.number,
    (_other.c.sent_at > bindparam("since", type_=_message.c.sent_at.type))
    | ((_other.c.status == literal_column("'sending'")) & (_other.c.id < _TOLD.c.number))))


@dataclass(frozen=True)
class Claimed:
    """The texts to hand over; `missed` are messages with news that may not be texted any more. `found` counts those
    that were due, what may not leave after all included."""

    texts: list[Outbound]
    missed: list[int]
    found: int


async def due(db: AsyncSession, lanes: Sequence[Lane]) -> list[Lane]:
    """A cheap look, for readers: in which of these lanes is there a text that could leave now?"""
    now = clock.now()
    leaving_now = _leaving(db, now)
    asked = [lane for lane in lanes if lane.priority in leaving_now]
    if not asked:
        return []
    kept_back = await batches.kept_back(db)
    found = (await db.execute(select(*(exists(_due(lane, now, kept_back).limit(1)) for lane in asked)))).one()
    return [lane for lane, is_due in zip(asked, found, strict=True) if is_due]


async def claim(db: AsyncSession, gateway: str, lanes: Sequence[Lane], *, worker: str, most: int,
                lease_seconds: int) -> Claimed:
    """Take up to so many due texts for this gateway, lane by lane, each for this worker alone until its lease ends; no
    more than the gateway may be given.

    Texts that came too late are withdrawn instead, and so are pushes and news to numbers that said stop since, and
    pushes to those that agree no longer to what the batch is about. Pushes to a phone that has just had a text wait.
    """
    now, leaving_now = clock.now(), _leaving(db, clock.now())
    lease = {"gateway": gateway, "worker": worker, "lease_until": now + timedelta(seconds=lease_seconds)}
    allowed, kept_back = await allowance.of(db, gateway), await batches.kept_back(db)
    claimed: list[Any] = []
    for lane in lanes:
        if len(claimed) < most and lane.priority in leaving_now:
            ids = _within(_due(lane, now, kept_back).limit(most - len(claimed)),
                          allowed.segments(lane.priority) if allowed else None)
            rows = await _claim(db, ids, lease, now)
            if allowed:
                allowed.take(sum(row.segments for row in rows))
            claimed += rows
    await allowance.spend(db, allowed)
    gone = {row.id: "too_late" for row in claimed if row.is_late}
    gone |= await _unwanted(db, [row for row in claimed if row.purpose in _UNASKED])
    for reason in set(gone.values()):
        await _withdraw(db, [row_id for row_id, why in gone.items() if why == reason], reason, now)
    waits = await _too_soon(db, [row for row in claimed if row.purpose == Purpose.PUSH and row.id not in gone], now)
    leaving = [row for row in claimed if row.id not in gone and row.id not in waits]
    behind = await extensions.of(db, leaving)
    return Claimed([Outbound(row.id, row.phone, row.body, row.segments, extension=behind.get(row.id, ""))
                    for row in leaving],
                   [row.id for row in claimed if row.id in gone and (
                       row.purpose == Purpose.SERVICE or (row.purpose == Purpose.ANSWER and row.listing_id))],
                   len(claimed))


def _leaving(db: AsyncSession, now: datetime) -> list[Priority]:
    """What may leave now: in the quiet hours nothing in bulk, also not what the evening left over."""
    if quiet.opening(settings_of(db).quiet_hours, now) > now:
        return [Priority.REPLY, Priority.SERVICE]
    return list(Priority)


def _due(lane: Lane, now: datetime, kept_back: Sequence[int]) -> Select[int]:
    """What may leave now, less what is paused or stopped; of a gateway that is on no list any more nothing that is
    days old."""
    due = (select(_message.c.id)
           .where(_message.c.gateway == lane.gateway, _message.c.status == _QUEUED,
                  _message.c.priority == literal_column(str(int(lane.priority))), _message.c.next_at <= now)
           .order_by(_message.c.next_at, _message.c.id))
    if lane.strange:
        due = due.where(_message.c.next_at > now - timedelta(hours=UNSURE_HOURS))
    if kept_back and lane.priority == Priority.BULK:
        due = due.where(func.coalesce(_message.c.batch_id, 0).not_in(kept_back))
    return due


def _within(due: Select[int], segments: float | None) -> Select[int]:
    """The ids of these that may be claimed, locked: with so many segments to spend, as long as something is left when a
    text begins."""
    if segments is None:
        return due.with_for_update(skip_locked=True)
    each = due.add_columns(_message.c.segments, _message.c.next_at).with_for_update(skip_locked=True).subquery()
    before = func.sum(each.c.segments).over(order_by=(each.c.next_at, each.c.id)) - each.c.segments
    summed = select(each.c.id, before.label("before")).subquery()
    return select(summed.c.id).where(summed.c.before < segments)


async def _claim(db: AsyncSession, ids: Select[int], lease: dict[str, Any], now: datetime) -> list[Any]:
    rows = await (await db.connection()).execute(
        update(_message).where(_message.c.id.in_(ids))
        .values(status=Status.SENDING, attempts=_message.c.attempts + 1, **lease)
        .returning(_message.c.id, _message.c.phone, _message.c.body, _message.c.segments, _message.c.purpose,
                   func.coalesce(_message.c.expires_at <= now, false()).label("is_late"), _message.c.listing_id,
                   _message.c.batch_id, _message.c.asks, _message.c.inbound_id))
    return sorted(rows.all(), key=lambda row: int(row.id))


async def _unwanted(db: AsyncSession, unasked: Sequence[Any]) -> dict[int, str]:
    """Which of these texts, for which nobody asked, may not leave any more, and why: by what the number says now of
    the purpose of the batch, or in general."""
    if not unasked:
        return {}
    about = await _about(db, {row.batch_id for row in unasked if row.batch_id})
    phones: dict[str, dict[int, str]] = {}
    for row in unasked:
        phones.setdefault(about.get(row.batch_id, JOBS), {})[row.id] = row.phone
    said: dict[int, str] = {}
    for purpose, theirs in phones.items():
        said |= await consent.not_agreed(db, theirs, purpose)
    pushes = {row.id for row in unasked if row.purpose == Purpose.PUSH}
    return {row_id: "stopped" if word == Word.STOPPED else "no_consent" for row_id, word in said.items()
            if word == Word.STOPPED or row_id in pushes}


async def _too_soon(db: AsyncSession, pushes: Sequence[Any], now: datetime) -> frozenset[int]:
    """Those of these texts whose phone has had another text within the last seconds, or gets one at this moment. They
    go back into the queue until it has had its rest."""
    seconds = settings_of(db).sms_spacing_seconds
    if not seconds or not pushes:
        return frozenset()
    connection, rest = await db.connection(), timedelta(seconds=seconds)
    soon = frozenset((await connection.execute(_JUST_TOLD, {
        "since": now - rest, "told": pairs.bound({row.id: row.phone for row in pushes})})).scalars())
    if soon:
        await db.execute(update(_message).where(_message.c.id.in_(soon)).values(
            status=Status.QUEUED, attempts=_message.c.attempts - 1, worker=None, lease_until=None, next_at=now + rest))
    return soon


async def _about(db: AsyncSession, batch_ids: Collection[int]) -> dict[int, str]:
    """By batch the purpose of consent that it needs."""
    if not batch_ids:
        return {}
    rows = await db.execute(select(_batch.c.id, _batch.c.about).where(_batch.c.id.in_(batch_ids)))
    return dict(rows.all())


async def _withdraw(db: AsyncSession, ids: list[int], reason: str, now: datetime) -> None:
    if ids:
        await db.execute(update(_message).where(_message.c.id.in_(ids)).values(
            status=Status.WITHDRAWN, reason=reason, ended_at=now, worker=None, lease_until=None))
