"""What waits in the tables of these tests, and how it came there."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.db import Database
from app.sms import outbox
from app.sms.batches import Batch, State
from app.sms.outbox import Message, Priority, Purpose, Status
from app.watch import figures
from app.watch.figures import Figures, Lane
from tests.stories.acts import WANG
from tests.village import Village

NOON = "2026-03-10 12:00"


async def waits(db: AsyncSession, purpose: Purpose = Purpose.ANSWER, *, minutes: float = 0, **facts: Any) -> Message:
    """A text that has been due for so many minutes."""
    message = await outbox.queue(db, to="+86" + WANG, text="您好", purpose=purpose)
    message.next_at = message.created_at = clock.now() - timedelta(minutes=minutes)
    if purpose == Purpose.PUSH:
        message.priority = Priority.BULK
    for name, value in facts.items():
        setattr(message, name, value)
    await db.flush()
    return message


async def batch(db: AsyncSession, village: Village, *, state: State = State.QUEUED, **facts: Any) -> Batch:
    made = Batch(kind="job", area_id=village.area.id, text="您好", state=state, left_out={},
                 **{"author_id": village.boss.id, **facts})
    db.add(made)
    await db.flush()
    return made


async def seen(database: Database) -> Figures:
    async with database.reading() as db:
        return await figures.of(db)


async def lane(database: Database) -> Lane:
    return (await seen(database)).lanes["simulator"]


async def leave_all(database: Database) -> None:
    """Everything that waits is with the carrier."""
    async with database.session() as db:
        await db.execute(update(Message).values(status=Status.ACCEPTED, sent_at=clock.now()))


def minutes(since: datetime | None) -> float | None:
    """For how long, in minutes."""
    return None if since is None else round((clock.now() - since).total_seconds() / 60, 1)
