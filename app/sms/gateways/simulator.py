"""The embedded default: a carrier that lives in our own tables, with phones as web pages and faults from a seed.

Which faults there are, and how SIMULATOR_FAULTS asks for them, stands in _faults.py. Everything that the carrier knows
is in tables, so a process that dies takes nothing along.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, Text, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Database, Id, Table, core, only, take_turn
from app.settings import Settings
from app.sms.gateways import _faults
from app.sms.gateways.base import Abilities, Outbound, Outcome, Poll, Reason, Report, Sent

_REASONS = {"absent": Reason.OFF, "unwanted": Reason.OPTED_OUT}
_PASSING = frozenset({Outcome.TRY_LATER, Outcome.UNKNOWN})
_AT_ONCE = 1000
# A receipt that was fetched and never taken note of, because the process died, is handed out again after this.
_AGAIN = timedelta(seconds=60)


class SimulatedMessage(Table):
    """A text that the simulated carrier accepted; `reference` is our message's id. `repeats` counts how often the
    same text was handed over again: its phone got it that many times more. `arrived` is false where a fault ate it."""

    __tablename__ = "simulated_message"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reference: Mapped[int] = mapped_column(Id, unique=True)
    phone: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    segments: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    arrived: Mapped[bool] = mapped_column(default=True)
    repeats: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index(None, "phone", "id"),)


class SimulatedReceipt(Table):
    """A receipt on its way: it comes due later, perhaps twice, perhaps never."""

    __tablename__ = "simulated_receipt"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(40), default="")
    due_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_simulated_receipt_due", "due_at",
              **only("fetched_at IS NULL")),
    )


class SimulatedTry(Table):
    """How often a text met a fault that passes, so that the next try meets another throw of the dice."""

    __tablename__ = "simulated_try"
    reference: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    tries: Mapped[int]


_RECEIPTS = insert(core(SimulatedReceipt))


class Carrier:
    """Takes a batch in one transaction. Several processes take turns, so that ids are committed in their order and
    whoever reads on from the last id misses nothing."""

    name = "simulator"
    abilities = Abilities(reaches_people=False, looks_up=True, per_second=500, batch=500, at_once=500)

    def __init__(self, settings: Settings, database: Database) -> None:
        self.database = database
        self.faults = _faults.read(settings)
        self._upsert = sqlite.insert if settings.is_sqlite else postgresql.insert
        taken = core(SimulatedMessage)
        self._taken = (self._upsert(taken)
                       .on_conflict_do_update(index_elements=["reference"], set_={"repeats": taken.c.repeats + 1})
                       .returning(taken.c.reference, taken.c.id, taken.c.repeats))
        self._handed: list[int] = []

    async def send(self, texts: Sequence[Outbound]) -> list[Sent]:
        await asyncio.sleep(self.faults.slow_seconds)
        if not texts:
            return []
        async with self.database.session() as db:
            await take_turn(db, "simulator")
            tries = await self._tries(db, texts)
            answers = {text.id: self._answer(text, tries.get(text.id, 0)) for text in texts}
            await self._count(db, [i for i, sent in answers.items() if sent.outcome in _PASSING])
            ids = await self._take(db, [text for text in {text.id: text for text in texts}.values()
                                        if self._takes(answers[text.id], tries.get(text.id, 0))])
        return [sent._replace(provider_id=_provider_id(ids[i])) if sent.outcome == Outcome.ACCEPTED else sent
                for i, sent in answers.items()]

    async def look_up(self, texts: Sequence[Outbound]) -> list[Sent]:
        rows = select(SimulatedMessage.reference, SimulatedMessage.id).where(
            SimulatedMessage.reference.in_([text.id for text in texts]))
        async with self.database.reading() as db:
            known = {row.reference: row.id for row in await db.execute(rows)}
        return [Sent(text.id, Outcome.ACCEPTED, _provider_id(known[text.id])) if text.id in known
                else Sent(text.id, Outcome.TRY_LATER) for text in texts]

    async def poll(self) -> Poll:
        """Receipts that are due, at most 1,000. They count as handed out at the next call, which must therefore
        come after they were written down; those of a process that died come again."""
        now = clock.now()
        if not self._handed and not await self._any_due(now):
            return Poll()
        due = (select(SimulatedReceipt.id, SimulatedReceipt.provider_id, SimulatedReceipt.outcome,
                      SimulatedReceipt.code)
               .where(SimulatedReceipt.fetched_at.is_(None), SimulatedReceipt.due_at <= now)
               .order_by(SimulatedReceipt.due_at, SimulatedReceipt.id).limit(_AT_ONCE)
               .with_for_update(skip_locked=True))
        async with self.database.session() as db:
            await db.execute(update(SimulatedReceipt).where(SimulatedReceipt.id.in_(self._handed))
                             .values(fetched_at=now))
            rows = (await db.execute(due)).all()
            await db.execute(update(SimulatedReceipt).where(SimulatedReceipt.id.in_([row[0] for row in rows]))
                             .values(due_at=now + _AGAIN))
        self._handed = [row[0] for row in rows]
        return Poll(reports=[_report(*row[1:]) for row in rows])

    async def check(self) -> list[str]:
        return []

    async def close(self) -> None:
        return None

    def _answer(self, text: Outbound, tries: int) -> Sent:
        faults = self.faults
        if faults.none:
            return Sent(text.id, Outcome.ACCEPTED)
        if faults.number("refuse", text.phone):
            return Sent(text.id, Outcome.REFUSED, reason=Reason.NO_SUCH_NUMBER, code="no_such_number")
        if faults.text("busy", text.id, tries):
            return Sent(text.id, Outcome.TRY_LATER, reason=Reason.BUSY, code="busy")
        if faults.text("unsure", text.id, tries):
            return Sent(text.id, Outcome.UNKNOWN, code="no_answer")
        return Sent(text.id, Outcome.ACCEPTED)

    def _takes(self, sent: Sent, tries: int) -> bool:
        return sent.outcome == Outcome.ACCEPTED or (
            sent.outcome == Outcome.UNKNOWN and self.faults.half(sent.id, tries))

    async def _tries(self, db: AsyncSession, texts: Sequence[Outbound]) -> dict[int, int]:
        if not self.faults.by_attempt:
            return {}
        rows = await db.execute(select(SimulatedTry.reference, SimulatedTry.tries)
                                .where(SimulatedTry.reference.in_([text.id for text in texts])))
        return {row.reference: row.tries for row in rows}

    async def _count(self, db: AsyncSession, references: Sequence[int]) -> None:
        if references:
            statement = self._upsert(SimulatedTry)
            await db.execute(statement.on_conflict_do_update(
                index_elements=["reference"], set_={"tries": SimulatedTry.tries + 1}),
                [{"reference": reference, "tries": 1} for reference in references])

    async def _take(self, db: AsyncSession, texts: Sequence[Outbound]) -> dict[int, int]:
        """Write the texts down with their receipts; returns the ids by reference, the first one for a repeat."""
        if not texts:
            return {}
        now = clock.now()
        lost = set() if self.faults.none else {text.id for text in texts if self._is_lost(text)}
        rows = (await (await db.connection()).execute(self._taken, [
            {"reference": text.id, "phone": text.phone, "text": text.text, "segments": text.segments, "at": now,
             "arrived": text.id not in lost, "repeats": 0} for text in texts])).all()
        fresh = {reference: made for reference, made, repeats in rows if not repeats}
        receipts = [receipt for text in texts if text.id in fresh
                    for receipt in self._receipts(text, _provider_id(fresh[text.id]), now)]
        if receipts:
            await (await db.connection()).execute(_RECEIPTS, receipts)
        return {reference: made for reference, made, _ in rows}

    def _is_lost(self, text: Outbound) -> bool:
        return (self.faults.number("off", text.phone) or self.faults.number("optout", text.phone)
                or self.faults.text("lose", text.id))

    def _receipts(self, text: Outbound, provider_id: str, now: datetime) -> list[dict[str, Any]]:
        faults, late = self.faults, timedelta(seconds=self.faults.delay_seconds)
        if faults.none:
            return [{"provider_id": provider_id, "outcome": "delivered", "code": "", "due_at": now + late}]
        if faults.text("lose", text.id) or faults.text("no_receipt", text.id):
            return []
        outcome, code = "delivered", ""
        if faults.number("optout", text.phone):
            outcome, code = "failed", "unwanted"
        elif faults.number("off", text.phone):
            outcome, code = "failed", "absent"
        first = {"provider_id": provider_id, "outcome": outcome, "code": code, "due_at": now + late}
        receipts = [first]
        if faults.text("repeat", text.id):
            receipts.append({**first, "due_at": now + late * 1.5})
        if faults.text("reorder", text.id):
            receipts.append({**first, "outcome": "accepted", "code": "", "due_at": now + late * 2})
        return receipts

    async def _any_due(self, now: datetime) -> bool:
        async with self.database.reading() as db:
            return bool(await db.scalar(select(exists().where(
                SimulatedReceipt.fetched_at.is_(None), SimulatedReceipt.due_at <= now))))


def _provider_id(row_id: int) -> str:
    return f"sim-{row_id}"


def _report(provider_id: str, outcome: str, code: str) -> Report:
    return Report(provider_id, outcome, reason=_REASONS.get(code, ""), code=code,
                  raw=f"{provider_id} {outcome} {code}".rstrip())
