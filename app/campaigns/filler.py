"""Whatever is being written down is brought on, a piece at a time."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.campaigns import campaigns, filling, plan, wording
from app.campaigns.filling import Stage
from app.campaigns.rows import Terms
from app.db import Database
from app.errors import Refused, TemporarilyAway
from app.sms.batches import STOPPING, TEXTS, Batch, State

LONGEST_SECONDS = 0.25  # of a transaction for which nobody waits
KEPT = timedelta(seconds=1)  # afterwards it is looked up again whether the listing is still open, and who is meant


@dataclass(frozen=True)
class _Work:
    """A stage of a batch in a state, planned at a moment."""

    stage: Stage
    batch_id: int
    filling: str
    state: str
    planned_at: datetime

    def fits(self, batch: Batch) -> bool:
        same = (self.batch_id, self.filling, self.state) == (batch.id, batch.filling, batch.state)
        return same and self.planned_at <= clock.now() < self.planned_at + KEPT  # the clock may have been set back


class Filler:
    """Brings the oldest batch on. What it planned for one piece holds for the next ones, for a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._work: _Work | None = None
        self._alone = database.settings.is_sqlite
        self._stride = filling.Stride(alone=self._alone)

    async def go_on(self) -> int:
        """A piece more, or some; returns 1 while there may be more."""
        if self._work is None and not await self._anything_to_do():
            return 0
        work, self._work = self._work, None
        batch_id = 0
        try:
            async with self._database.session() as db:
                batch = await filling.next_of(db)
                if batch is None:
                    return 0
                batch_id = batch.id
                if work is None or not work.fits(batch):
                    work = await self._planned(db, batch)
                await self._pieces(db, batch, work)
        except TemporarilyAway:
            raise
        except Exception:  # a bug of ours: it is shown, and the batches behind this one do not wait for it
            await self._set_aside(batch_id)
            raise
        self._work = work
        await asyncio.sleep(0)  # whoever waits to write comes before the next piece
        return 1

    async def _pieces(self, db: AsyncSession, batch: Batch, work: _Work) -> None:
        """One piece; on SQLite as many as nobody waits for, because what a transaction costs beside its rows is more
        than a piece."""
        until = time.perf_counter() + LONGEST_SECONDS
        await work.stage.piece(db, batch)
        while self._alone and work.fits(batch) and time.perf_counter() < until and not self._database.somebody_waits:
            await work.stage.piece(db, batch)
        if self._database.somebody_waits:
            self._stride.press()

    async def _anything_to_do(self) -> bool:
        async with self._database.reading() as db:
            return await db.scalar(select(Batch.id).where(filling.to_do()).limit(1)) is not None

    async def _planned(self, db: AsyncSession, batch: Batch) -> _Work:
        planned_at = clock.now()
        stage = await self._stage(db, batch)
        return _Work(stage, batch.id, batch.filling, batch.state, planned_at)

    async def _stage(self, db: AsyncSession, batch: Batch) -> Stage:
        """What comes next. Where its listing has closed meanwhile, or "tomorrow" has become today, the batch stops."""
        if batch.filling == STOPPING:
            return filling.Stopping()
        try:
            planned = await plan.of(db, await campaigns.of_batch(db, batch.id))
        except Refused:
            planned = None
        if planned is None or wording.shown(planned.parts) != batch.text:
            batch.state, batch.ended_at = State.STOPPED, clock.now()
        if batch.filling == TEXTS:
            return filling.Texts(db, batch, planned.terms if planned else Terms(), self._stride)
        if planned is None or batch.state == State.STOPPED:
            return filling.Nothing()
        return filling.People(batch, planned, self._stride)

    async def _set_aside(self, batch_id: int) -> None:
        async with self._database.session() as db:
            await db.execute(update(Batch).where(Batch.id == batch_id).values(trouble=filling.OURS))
            await db.execute(update(Batch).where(Batch.id == batch_id, Batch.state.in_((State.QUEUED, State.HELD)))
                             .values(state=State.PAUSED))
