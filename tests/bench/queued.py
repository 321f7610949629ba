"""Pushes that wait in the outbox, as many as asked for, and whether those that left are what they seem."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, case, cast, delete, func, insert, literal, select, update

from app import clock
from app.db import Database, core
from app.sms import outbox, receipts
from app.sms.batches import Batch, State
from app.sms.gateways.base import Report
from app.sms.gateways.simulator import SimulatedMessage, SimulatedReceipt
from app.sms.outbox import Attempt, Message, Priority, Purpose, Receipt, Status
from tests.bench.connections import BadAnswer
from tests.bench.house import House

TEXT = "10号活:香菇分拣,明早7点2号厂房集合"
_PIECE = 100_000
_RECEIPTS = 1_000  # as many as are applied at once
# Of twenty numbers of `fill.phone`, two are shared and one has said stop: each of the others gets a text.
_OF_TWENTY = 17

_message, _attempt, _receipt = core(Message), core(Attempt), core(Receipt)
_simulated, _simulated_receipt = core(SimulatedMessage), core(SimulatedReceipt)
_TABLES = (_simulated_receipt, _simulated, _receipt, _attempt, _message)  # in the order in which they can be emptied


@dataclass
class Queue:
    """A batch of which `depth` texts wait. Whatever it wrote, and whatever was written about that, can be taken away
    again, so that the tables are as before."""

    house: House
    database: Database
    depth: int
    batch_id: int = 0
    _floor: dict[str, int] = field(default_factory=dict)
    _written: int = 0

    @property
    def gateway(self) -> str:
        return self.database.settings.sms_gateway

    async def open(self) -> None:
        async with self.database.session() as db:
            batch = Batch(kind="push", area_id=self.house.village.area.id, text=TEXT, state=State.QUEUED, left_out={},
                          author_id=self.house.village.boss.id)
            db.add(batch)
            await db.flush()
            self.batch_id = batch.id
            # What others have left over must not leave while this is measured, nor its receipts come.
            await db.execute(update(_message).where(_message.c.status.in_((Status.QUEUED, Status.SENDING)))
                             .values(status=Status.WITHDRAWN))
            await db.execute(update(_simulated_receipt).where(_simulated_receipt.c.fetched_at.is_(None))
                             .values(fetched_at=clock.now()))
            for table in _TABLES:
                self._floor[table.name] = await db.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0

    async def close(self) -> None:
        await self.forget(queued=True)
        async with self.database.session() as db:
            await db.execute(update(Batch).where(Batch.id == self.batch_id).values(state=State.FINISHED))

    async def fill_up(self, *, tidy: bool = True) -> None:
        """Until as many wait as should; those who wait at the same time have different numbers, as far as there are
        enough. Not `tidy` where somebody is sending already."""
        async with self.database.reading() as db:
            waiting = await db.scalar(select(func.count()).where(self._waits))
        missing = self.depth - (waiting or 0)
        while missing > 0:
            piece = min(missing, _PIECE)
            async with self.database.session() as db:
                await db.execute(self._insert(piece))
            self._written, missing = self._written + piece, missing - piece
        if tidy:
            await self._tidy("VACUUM ANALYZE message")

    async def forget(self, *, queued: bool = False) -> None:
        """Take away what left and what was written about it; with `queued` also what still waits."""
        async with self.database.session() as db:
            for table in _TABLES:
                gone = table.c.id > self._floor[table.name]
                if table is _message and not queued:
                    gone &= _message.c.status != Status.QUEUED
                await db.execute(delete(table).where(gone))
        await self._tidy(f"VACUUM {', '.join(table.name for table in _TABLES)}")

    async def must_have_left(self, count: int, *, as_told: Sequence[str] | None = None) -> None:
        """Raises BadAnswer unless so many texts were taken, each with one attempt of its own, and the carrier has
        those and no others: the simulated one by its tables, another one as it told."""
        async with self.database.reading() as db:
            rows = (await db.execute(
                select(_message.c.provider_id, func.count(_attempt.c.id).label("attempts"))
                .outerjoin(_attempt, (_attempt.c.message_id == _message.c.id) & (_attempt.c.outcome == "accepted"))
                .where(self._mine, _message.c.status == Status.ACCEPTED)
                .group_by(_message.c.id, _message.c.provider_id))).all()
            if as_told is None:
                as_told = [f"sim-{one}" for one in await db.scalars(
                    select(_simulated.c.id).where(_simulated.c.id > self._floor[_simulated.name]))]
            attempts = await db.scalar(select(func.count()).where(_attempt.c.id > self._floor[_attempt.name]))
        theirs = {row.provider_id for row in rows}
        if not (len(rows) == len(theirs) == attempts == len(as_told) == count and theirs == set(as_told)
                and {row.attempts for row in rows} <= {1}):
            raise BadAnswer(f"{count} texts are said to have left: {len(rows)} rows of {len(theirs)} names, "
                            f"{attempts} attempts, and the carrier got {len(as_told)} ({len(set(as_told))} different)")

    async def apply_receipts(self, provider_ids: Sequence[str]) -> None:
        """One for each text, as a carrier that calls us would bring them."""
        reports = [Report(one, "delivered", raw=f"{one} delivered") for one in provider_ids]
        for start in range(0, len(reports), _RECEIPTS):
            async with self.database.session() as db:
                await receipts.keep(db, self.gateway, reports[start:start + _RECEIPTS])
                await receipts.apply_kept(db)

    async def must_have_arrived(self, count: int) -> None:
        """Raises BadAnswer unless so many texts have arrived, each by a receipt of its own."""
        async with self.database.reading() as db:
            delivered = await db.scalar(select(func.count()).where(self._mine, _message.c.status == Status.DELIVERED))
            applied = await db.scalar(select(func.count(_receipt.c.provider_id.distinct())).where(
                _receipt.c.id > self._floor[_receipt.name], _receipt.c.applied_at.is_not(None)))
        if not delivered == applied == count:
            raise BadAnswer(f"{count} texts had left, and {applied} receipts were applied to {delivered} of them")

    @property
    def _mine(self) -> ColumnElement[bool]:
        return (_message.c.id > self._floor[_message.name]) & (_message.c.batch_id == self.batch_id)

    @property
    def _waits(self) -> ColumnElement[bool]:
        return self._mine & (_message.c.status == Status.QUEUED)

    def _insert(self, count: int) -> Any:
        row = {**outbox.written(self.house.settings, to="", text=TEXT, purpose=Purpose.PUSH, addressed=[1],
                                area_id=self.house.village.area.id),
               "priority": Priority.BULK, "gateway": self.gateway, "batch_id": self.batch_id}
        fixed = {name: value for name, value in row.items() if name != "phone" and value is not None}
        one = select(cast(literal(0), BigInteger).label("i")).cte("n", recursive=True)
        number = one.union_all(select(one.c.i + 1).where(one.c.i < count - 1))
        phone = _phone(number.c.i + self._written, most=max(_OF_TWENTY, self.house.rows * _OF_TWENTY // 20))
        return insert(_message).from_select(["phone", *fixed], select(
            phone, *(literal(value, _message.c[name].type) for name, value in fixed.items())))

    async def _tidy(self, statement: str) -> None:
        """PostgreSQL would do that by itself, while something is measured."""
        if self.house.engine == "postgresql":
            async with self.database.writer.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                await connection.exec_driver_sql(statement)


def _phone(i: ColumnElement[int], *, most: int) -> ColumnElement[str]:
    """The i-th of those numbers that are one person's, and agree; see fill.py."""
    place = i % most % _OF_TWENTY
    resident = (i % most - place) / _OF_TWENTY * 20 + place + case((place < 8, 2), else_=3)
    return literal("+86").concat(cast(cast(resident, BigInteger) + 14_200_000_000, String))
