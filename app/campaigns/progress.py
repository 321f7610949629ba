"""How far a batch has come, from its outbox rows."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.campaigns.pace import Pace
from app.db import settings_of
from app.sms import batches
from app.sms.batches import Batch
from app.sms.outbox import Message, Status

LATELY = timedelta(seconds=30)
_LEFT_US = (Status.ACCEPTED, Status.DELIVERED, Status.FAILED, Status.UNKNOWN)
_MOVING = (Status.QUEUED, Status.SENDING, Status.ACCEPTED)


@dataclass(frozen=True)
class Progress:
    """`statuses` count texts; `unwritten` are those that are not in the outbox yet; `reasons` say why texts failed or
    were taken back; `seconds_left` follows from how fast texts left lately."""

    statuses: dict[str, int]
    unwritten: int
    reasons: dict[tuple[str, str], int] = field(default_factory=dict)
    price_fen: int = 0
    per_minute: int = 0
    seconds_left: int | None = None

    @property
    def moving(self) -> int:
        return sum(self.statuses.get(status, 0) for status in _MOVING)

    @property
    def written(self) -> int:
        return sum(self.statuses.values())


async def of(db: AsyncSession, batch: Batch) -> Progress:
    rows = list(await db.execute(
        select(Message.status, Message.reason, func.count().label("texts"),
               func.sum(Message.segments).label("segments"))
        .where(Message.batch_id == batch.id).group_by(Message.status, Message.reason)))
    statuses: dict[str, int] = {}
    for row in rows:
        statuses[row.status] = statuses.get(row.status, 0) + row.texts
    reasons = {(row.status, row.reason): row.texts for row in rows
               if row.reason and row.status in (Status.FAILED, Status.WITHDRAWN)}
    cost = batches.price_fen(sum(row.segments for row in rows if row.status in _LEFT_US),
                             settings_of(db).sms_price_fen)
    lately = await db.scalar(select(func.count()).where(
        Message.batch_id == batch.id, Message.status.in_(_LEFT_US), Message.sent_at > clock.now() - LATELY)) or 0
    unwritten = max(0, batch.texts - sum(statuses.values())) if batch.filling else 0
    waiting = statuses.get(Status.QUEUED, 0) + unwritten
    left = _left(db, batch) if batch.spread_minutes and waiting else None
    if left is None and lately and waiting:
        left = int(waiting / lately * LATELY.total_seconds())
    return Progress(statuses, unwritten, reasons, cost, int(lately * 60 / LATELY.total_seconds()), left)


def _left(db: AsyncSession, batch: Batch) -> int | None:
    """The seconds until the last text of a batch that is spread out is due; None once it should have left."""
    now = clock.now()
    pace = Pace(batch.leaves_at or now, batch.spread_minutes, max(batch.texts, 1), settings_of(db).quiet_hours)
    left = int((pace.ends - now).total_seconds())
    return left if left > 0 else None
