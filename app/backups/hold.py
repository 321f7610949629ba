"""After a restore: what was on its way when the back-up was taken may have left since, and nothing leaves twice."""

from dataclasses import dataclass

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.backups.engines import MARK, WAITING
from app.campaigns.filling import OURS
from app.db import Database, Fact, fact, settings_of
from app.sms import handover
from app.sms.batches import RESTORED, Batch, State
from app.sms.outbox import Message, Priority, Purpose, Status

BEYOND = 1_000_000_000  # ids that may have been given since the back-up: no station sends so many texts
_UNDERWAY = (State.PREPARING, State.QUEUED, State.HELD, State.PAUSED)


@dataclass(frozen=True)
class Held:
    """How many bulk texts wait for somebody's word, and how many other texts for the carrier's."""

    batches: int
    texts: int


async def if_restored(database: Database) -> Held | None:
    """Hold what was on its way, once after each restore. None where there was none."""
    async with database.session() as db:
        if await fact(db, MARK) != WAITING:
            return None
        await _leave_ids_out(db)
        held = Held(await _hold_batches(db), await _doubt_texts(db))
        await db.execute(update(Fact).where(Fact.name == MARK).values(value=clock.now().isoformat()))
        return held


async def _hold_batches(db: AsyncSession) -> int:
    """Nothing more of them leaves, or is written down, until somebody lets it go on. What waits for approval may have
    been approved since: whoever approves it now is told."""
    quietly = {"synchronize_session": False}
    done = await db.execute(update(Batch).where(Batch.state.in_(_UNDERWAY), Batch.trouble != OURS)
                            .values(state=State.PAUSED, trouble=RESTORED).execution_options(**quietly))
    await db.execute(update(Batch).where(Batch.state == State.AWAITING_APPROVAL).values(trouble=RESTORED)
                     .execution_options(**quietly))
    return int(done.rowcount)  # type: ignore[attr-defined]  # every UPDATE has one


async def _doubt_texts(db: AsyncSession) -> int:
    """Texts that were being handed over, and those that nobody can pause and whose time has come, are unknown, as
    after a lease: only the carrier's own list can say that it never got one. What is due later cannot have left."""
    now = clock.now()
    workers = await db.scalars(select(Message.worker).where(Message.status == Status.SENDING).distinct())
    handed_over = await handover.expire(db, dead=[worker for worker in workers if worker], longest=None)
    due = await db.execute(update(Message).where(
        Message.status == Status.QUEUED, Message.batch_id.is_(None), Message.next_at <= now)
        .values(status=Status.UNKNOWN, reason="lease", sent_at=now).execution_options(synchronize_session=False))
    if len(settings_of(db).gateways) > 1:
        # Another one than stands here may have taken them since, and that this one never got them says nothing.
        await db.execute(update(Message).where(Message.status == Status.UNKNOWN).values(reason="cannot_tell")
                         .execution_options(synchronize_session=False))
    return handed_over + int(due.rowcount)  # type: ignore[attr-defined]  # every UPDATE has one


async def _leave_ids_out(db: AsyncSession) -> None:
    """Texts that were written down since the back-up had ids of which nothing is known here, and carriers go on calling
    with them: no other text may be taken for one of those. SQLite goes on behind the highest id that it sees."""
    last = await db.scalar(select(func.max(Message.id))) or 0
    if not settings_of(db).is_sqlite:
        await db.execute(text("SELECT setval(pg_get_serial_sequence('message', 'id'), :last)"), {"last": last + BEYOND})
        return
    now = clock.now()
    await db.execute(insert(Message).values(
        id=last + BEYOND, phone="", body="", segments=0, purpose=Purpose.CODE, priority=Priority.REPLY, gateway="",
        status=Status.WITHDRAWN, reason="restored", next_at=now, addressed=[], memory={}, created_at=now,
        ended_at=now))
