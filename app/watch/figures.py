"""What the tables say of texts that wait, of those with a worker, and of what came in. Every question here is answered
by an index that holds little more than what is asked for, so that it may be asked every few seconds."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from time import monotonic

from sqlalchemy import ColumnElement, and_, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.db import Database, aside, core, settings_of
from app.sms import allowance, batches, breaker, quiet
from app.sms.arrivals import Inbound
from app.sms.batches import Batch
from app.sms.outbox import Attempt, Message, Priority, Receipt

_message, _attempt, _batch = core(Message), core(Attempt), core(Batch)
_inbound, _receipt = core(Inbound), core(Receipt)
# Literals, so that both databases see that a partial index holds these rows.
_QUEUED = _message.c.status == literal_column("'queued'")
_SENDING = _message.c.status == literal_column("'sending'")
UNSETTLED = and_(_message.c.status == literal_column("'unknown'"),
                 _message.c.reason != literal_column("'cannot_tell'"))
_PENDING = _receipt.c.applied_at.is_(None)
SLOW_SECONDS = 0.25
LEASE_SLACK = timedelta(seconds=60)


class Kind(StrEnum):
    """Texts by how soon they should leave."""

    ANSWERS = "answers"
    SERVICE = "service"
    BULK = "bulk"


KINDS = {Priority.REPLY: Kind.ANSWERS, Priority.SERVICE: Kind.SERVICE, Priority.BULK: Kind.BULK}


@dataclass
class Queue:
    """Texts of one kind for one gateway: all that wait, those of them that should leave now, and for how long the
    oldest of these has been waiting. `moved_at` is when one of the kind last left, where that is known."""

    waiting: int = 0
    due: int = 0
    due_since: datetime | None = None
    moved_at: datetime | None = None

    @property
    def stands_since(self) -> datetime | None:
        """Since when something of it should have left and nothing has. A hundred thousand texts take hours although
        all of them were due at once, and as long as they leave one by one nothing stands."""
        return max(self.due_since, self.moved_at) if self.due_since and self.moved_at else self.due_since


@dataclass
class Lane:
    """One gateway. `held` are with a worker, `overdue` with one that should have said long ago what became of them,
    and of the `unsettled` nobody knows yet whether the provider has them. It `rests` while nothing is given to it."""

    queues: dict[Kind, Queue] = field(default_factory=lambda: {kind: Queue() for kind in Kind})
    held: int = 0
    overdue: int = 0
    unsettled: int = 0
    rests: bool = False
    segments_today: int = 0

    @property
    def waiting(self) -> int:
        return sum(queue.waiting for queue in self.queues.values())


@dataclass
class Figures:
    """At the moment `at`. `kept_back` are texts of bulk sends that are paused or stopped. Of receipts, those whose text
    is known should be applied within seconds; the others may belong to nobody here."""

    at: datetime
    lanes: dict[str, Lane] = field(default_factory=dict)
    kept_back: int = 0
    unanswered: int = 0
    unanswered_since: datetime | None = None
    receipts: int = 0
    receipts_since: datetime | None = None
    receipts_known_since: datetime | None = None

    def age(self, since: datetime | None) -> float:
        """Seconds since then; 0 for nothing, and for what a clock that ran ahead has written."""
        return max((self.at - since).total_seconds(), 0.0) if since else 0.0

    def stands(self, kind: Kind) -> float:
        """For how many seconds texts of the kind have not moved although they should, at whichever gateway."""
        return max((self.age(lane.queues[kind].stands_since) for lane in self.lanes.values()), default=0.0)


class Recent:
    """Where a million texts wait, a look takes a good part of a second. It is then good for twenty times as long, so
    that however many ask, a twentieth of a processor is busy with it at the most. One looks at a time, and those who
    asked meanwhile are told the same: each holds a connection only while it looks."""

    def __init__(self) -> None:
        self._last: Figures | None = None
        self._good_until = 0.0
        self._looks = asyncio.Lock()

    async def of(self, database: Database) -> Figures:
        asked = monotonic()
        async with self._looks:
            if self._last is None or asked >= self._good_until:
                self._last = await self._look(database)
            return self._last

    async def _look(self, database: Database) -> Figures:
        started = monotonic()
        async with database.reading() as db:
            found = await of(db)
        ended = monotonic()
        self._good_until = started + 20 * (ended - started) if ended - started > SLOW_SECONDS else ended
        return found


async def of(db: AsyncSession) -> Figures:
    found = Figures(clock.now(), lanes={name: Lane() for name in settings_of(db).gateways})
    await _queues(db, found)
    await _held(db, found)
    await _incoming(db, found)
    for name, row in (await breaker.standings(db)).items():
        if name in found.lanes:
            found.lanes[name].rests = not breaker.works(row)
            found.lanes[name].segments_today = allowance.used_today(row)
    return found


def _lane(found: Figures, gateway: str) -> Lane:
    return found.lanes.setdefault(gateway, Lane())


async def _queues(db: AsyncSession, found: Figures) -> None:
    """How many wait, are due, and since when."""
    now, priority = found.at, _message.c.priority
    due = _message.c.next_at <= now
    for row in await db.execute(
            select(_message.c.gateway, priority, func.count().label("waiting"),
                   func.coalesce(func.sum(case((due, 1), else_=0)), 0).label("due"),
                   func.min(_message.c.next_at).label("first"))
            .where(_QUEUED).group_by(_message.c.gateway, priority)):
        queue = _lane(found, row.gateway).queues[KINDS[Priority(row.priority)]]
        queue.waiting, queue.due = row.waiting, row.due
        queue.due_since = row.first if row.due else None
    for gateway, lane in found.lanes.items():
        await _put_off(db, gateway, lane.queues[Kind.ANSWERS])
    if any(lane.queues[Kind.BULK].waiting for lane in found.lanes.values()):
        await _bulk(db, found)


async def _put_off(db: AsyncSession, gateway: str, answers: Queue) -> None:
    """An answer that the carrier puts off again and again is due later each time; it has been waiting since it was
    first tried."""
    first = await db.scalar(
        select(func.min(_attempt.c.at)).select_from(_message)
        .join(_attempt, and_(_attempt.c.message_id == _message.c.id, _attempt.c.number == 1))
        .where(_QUEUED, _message.c.gateway == gateway, _of(Priority.REPLY), _message.c.attempts > 0))
    if first is not None:
        answers.due_since = min(answers.due_since or first, first)


async def _bulk(db: AsyncSession, found: Figures) -> None:
    """What is paused or stopped is not due, and in the quiet hours nothing is; what waited for the morning or for a
    pause to end is due since then."""
    kept_back, hours = await batches.kept_back(db), settings_of(db).quiet_hours
    await _keep_back(db, found, kept_back)
    if quiet.opening(hours, found.at) > found.at:
        for lane in found.lanes.values():
            lane.queues[Kind.BULK] = Queue(waiting=lane.queues[Kind.BULK].waiting)
        return
    resumed, opened = await _resumed(db), quiet.opened(hours, found.at)
    moved_at = await _moved_at(db, found.at)
    for gateway, lane in found.lanes.items():
        queue = lane.queues[Kind.BULK]
        if not queue.due:
            queue.due_since = None
        elif kept_back or resumed:
            queue.due_since = await _first_due(db, gateway, found.at, [*kept_back, *resumed], resumed)
        if queue.due_since is not None and opened is not None:
            queue.due_since = max(queue.due_since, opened)
        queue.moved_at = moved_at


async def _resumed(db: AsyncSession) -> dict[int, datetime]:
    """Batches on their way that went on after a pause, and when."""
    rows = await db.execute(select(_batch.c.id, _batch.c.resumed_at).where(
        _batch.c.state == literal_column("'queued'"), _batch.c.resumed_at.is_not(None)))
    return {row.id: row.resumed_at for row in rows}


async def _keep_back(db: AsyncSession, found: Figures, batch_ids: list[int]) -> None:
    if not batch_ids:
        return
    due = _message.c.next_at <= found.at
    for row in await db.execute(
            select(_message.c.gateway, func.count().label("texts"), func.sum(case((due, 1), else_=0)).label("due"))
            .where(aside(_message.c.status) == literal_column("'queued'"), _message.c.batch_id.in_(batch_ids))
            .group_by(_message.c.gateway)):
        found.kept_back += row.texts
        _lane(found, row.gateway).queues[Kind.BULK].due -= row.due


async def _first_due(db: AsyncSession, gateway: str, now: datetime, apart: list[int],
                     resumed: dict[int, datetime]) -> datetime | None:
    """Since when the oldest due bulk text is due; of a batch that went on after a pause, since then at the earliest."""
    due = (select(_message.c.next_at)
           .where(_QUEUED, _message.c.gateway == gateway, _of(Priority.BULK), _message.c.next_at <= now)
           .order_by(_message.c.next_at).limit(1))
    found = [await db.scalar(due.where(func.coalesce(_message.c.batch_id, 0).not_in(apart)))]
    for batch_id, resumed_at in resumed.items():
        one = await db.scalar(select(_message.c.next_at).where(
            _message.c.batch_id == batch_id, aside(_message.c.status) == literal_column("'queued'"),
            _message.c.gateway == gateway, _message.c.next_at <= now).limit(1))
        found.append(max(one, resumed_at) if one else None)
    return min((moment for moment in found if moment is not None), default=None)


async def _moved_at(db: AsyncSession, now: datetime) -> datetime | None:
    """When a bulk text last left."""
    return await db.scalar(select(_message.c.sent_at).where(
        _message.c.purpose == literal_column("'push'"), _message.c.sent_at <= now)
        .order_by(_message.c.sent_at.desc()).limit(1))


async def _held(db: AsyncSession, found: Figures) -> None:
    """Texts with a worker, and those whose lease is over: somebody ends them within seconds, where somebody works."""
    over = _message.c.lease_until < found.at - LEASE_SLACK
    for row in await db.execute(
            select(_message.c.gateway, func.count().label("texts"), func.sum(case((over, 1), else_=0)).label("over"))
            .where(_SENDING).group_by(_message.c.gateway)):
        lane = _lane(found, row.gateway)
        lane.held, lane.overdue = row.texts, row.over
    for gateway, texts in await db.execute(
            select(_message.c.gateway, func.count()).where(UNSETTLED).group_by(_message.c.gateway)):
        _lane(found, gateway).unsettled = texts


async def _incoming(db: AsyncSession, found: Figures) -> None:
    stored = _inbound.c.state == literal_column("'stored'")
    found.unanswered = await db.scalar(select(func.count()).select_from(_inbound).where(stored)) or 0
    found.unanswered_since = await db.scalar(
        select(_inbound.c.received_at).where(stored).order_by(_inbound.c.id).limit(1))
    found.receipts = await db.scalar(select(func.count()).select_from(_receipt).where(_PENDING)) or 0
    oldest = select(_receipt.c.received_at).where(_PENDING).order_by(_receipt.c.id).limit(1)
    found.receipts_since = await db.scalar(oldest)
    if found.receipts:
        found.receipts_known_since = await db.scalar(oldest.join(
            _message, and_(_message.c.gateway == _receipt.c.gateway, _message.c.provider_id == _receipt.c.provider_id)))


def _of(priority: Priority) -> ColumnElement[bool]:
    return _message.c.priority == literal_column(str(int(priority)))
