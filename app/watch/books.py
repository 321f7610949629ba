"""Bulk sends whose numbers do not agree: the recipients, the texts in the outbox and what the send says of itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ScalarSelect, Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.campaigns import filling
from app.campaigns.campaigns import Campaign
from app.db import Database, core
from app.sms import batches, outbox
from app.sms.batches import STOPPING, Batch, Recipient, State
from app.sms.outbox import Message, Status

LOOKED_AT = timedelta(days=8)  # after the end of a send: long after its last text has ended
WRITTEN_WITHIN = timedelta(days=1)
_batch, _message, _recipient = core(Batch), core(Message), core(Recipient)
_WRITTEN = (State.QUEUED, State.HELD, State.PAUSED, State.FINISHED)
_NOT_APPROVED = (State.AWAITING_APPROVAL, State.REFUSED, State.PREPARING)


class Trouble(StrEnum):
    STUCK_CLAIMS = "stuck_claims"              # with a worker that has been gone for long
    NO_END = "no_end"                          # 72 hours after they left nobody had said what became of them
    NUMBERS_WRONG = "numbers_wrong"            # a send says of itself another number of texts than it has recipients
    TEXTS_MISSING = "texts_missing"            # recipients without a text in the outbox
    TEXTS_TOO_MANY = "texts_too_many"          # more texts than recipients: somebody may get two
    FINISHED_EARLY = "finished_early"          # called finished while texts are under way
    STOPPED_AND_WAITING = "stopped_and_waiting"  # stopped, and texts of it would leave all the same
    NOT_APPROVED = "not_approved"              # texts in the outbox of what nobody has approved
    NOT_WRITTEN = "not_written"                # has been being written down for more than a day


@dataclass(frozen=True)
class Finding:
    """So many texts, of that bulk send if it is about one."""

    what: str
    count: int
    repaired: bool = False
    batch: int | None = None


Repair = Callable[[AsyncSession, Batch], Awaitable[None]]


async def compare(database: Database) -> list[Finding]:
    """Every send that has not ended, or did lately, one after the other."""
    async with database.reading() as db:
        chosen = list(await db.scalars(select(_batch.c.id).where(or_(
            _batch.c.ended_at.is_(None), _batch.c.ended_at > clock.now() - LOOKED_AT)).order_by(_batch.c.id)))
    found: list[Finding] = []
    for batch_id in chosen:
        async with database.reading() as db:
            wrong = _wrong(await _facts(db, batch_id))
        if wrong:
            found += await _repair(database, batch_id)
    return found


async def _facts(db: AsyncSession, batch_id: int) -> Any:
    """All of it in one statement, which sees one state of the tables."""
    mine = _message.c.batch_id == batch_id
    now = clock.now()
    return (await db.execute(select(
        _batch.c.id, _batch.c.state, _batch.c.filling, _batch.c.trouble, _batch.c.texts, _batch.c.created_at,
        _batch.c.approved_at,
        exists().where(Campaign.batch_id == batch_id).label("campaign"),
        _count(select(func.count()).select_from(_recipient).where(_recipient.c.batch_id == batch_id), "recipients"),
        _count(select(func.count()).select_from(_message).where(mine), "written"),
        _count(select(func.count()).select_from(_message).where(mine, _message.c.status == Status.QUEUED), "queued"),
        _count(select(func.count()).select_from(Message).where(
            Message.batch_id == batch_id, outbox.not_ended(now)), "moving")).where(_batch.c.id == batch_id))).one()


def _count(chosen: Select[int], name: str) -> Any:
    counted: ScalarSelect[int] = chosen.scalar_subquery()
    return counted.label(name)


def _wrong(facts: Any) -> list[tuple[Trouble, int]]:
    """What does not agree, and by how many texts. What is still being written down need not agree."""
    if facts.filling and facts.trouble == batches.RESTORED:
        return []  # it waits for somebody to say how it goes on, as the page of it says
    if facts.filling:
        late = facts.trouble == filling.OURS or _long_ago(facts.approved_at or facts.created_at)
        return [(Trouble.NOT_WRITTEN, max(facts.recipients - facts.written, 0))] if late else []
    wrong = []
    if facts.state in (*_WRITTEN, State.AWAITING_APPROVAL) and facts.recipients != facts.texts:
        wrong.append((Trouble.NUMBERS_WRONG, abs(facts.recipients - facts.texts)))
    if facts.state in _WRITTEN and facts.written > facts.recipients:
        wrong.append((Trouble.TEXTS_TOO_MANY, facts.written - facts.recipients))
    if facts.state in _WRITTEN and facts.campaign and facts.written < facts.recipients:
        wrong.append((Trouble.TEXTS_MISSING, facts.recipients - facts.written))
    if facts.state in _NOT_APPROVED and facts.written:
        wrong.append((Trouble.NOT_APPROVED, facts.written))
    if facts.state == State.FINISHED and facts.moving:
        wrong.append((Trouble.FINISHED_EARLY, facts.moving))
    if facts.state == State.STOPPED and facts.queued:
        wrong.append((Trouble.STOPPED_AND_WAITING, facts.queued))
    return wrong


def _long_ago(moment: datetime) -> bool:
    return clock.now() - moment > WRITTEN_WITHIN


async def _repair(database: Database, batch_id: int) -> list[Finding]:
    """Look again while nobody else can change it, and put right what can be."""
    async with database.session() as db:
        batch = await db.get_one(Batch, batch_id)
        await batches.locked(db, batch)
        facts = await _facts(db, batch_id)
        found = []
        for what, count in _wrong(facts):
            repair = await _remedy(db, batch, what, facts)
            if repair is not None:
                await repair(db, batch)
            found.append(Finding(what, count, repaired=repair is not None, batch=batch_id))
        return found


async def _remedy(db: AsyncSession, batch: Batch, what: Trouble, facts: Any) -> Repair | None:
    """What is certainly right; None where somebody has to think."""
    if what == Trouble.FINISHED_EARLY:
        return _goes_on
    if what == Trouble.STOPPED_AND_WAITING:
        return _is_stopped
    if what == Trouble.NUMBERS_WRONG and await _recipients_are_right(db, batch, facts):
        return _count_anew
    return None


async def _recipients_are_right(db: AsyncSession, batch: Batch, facts: Any) -> bool:
    """Where the outbox agrees with them, or where they are exactly what was approved. What still waits for its
    approval stays as it is, and cannot be approved: the second officer is shown another number."""
    if batch.state == State.AWAITING_APPROVAL:
        return False
    if facts.campaign:
        return bool(facts.recipients == facts.written)
    rows = await db.execute(select(Recipient.phone, Recipient.body).where(Recipient.batch_id == batch.id))
    return batches.digest_of((phone, body) for phone, body in rows) == batch.digest


async def _goes_on(_db: AsyncSession, batch: Batch) -> None:
    """Its texts leave anyway; it is finished when they have ended."""
    batch.state, batch.ended_at = State.QUEUED, None


async def _is_stopped(_db: AsyncSession, batch: Batch) -> None:
    """From this moment on no claim takes any of it, and dispatchers withdraw the rest piece by piece."""
    batch.filling = STOPPING


async def _count_anew(db: AsyncSession, batch: Batch) -> None:
    batch.texts, batch.segments = await filling.tally(db, batch)
