"""One incoming text: kept raw, then read, then its deed and its answer in one transaction."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, insert, literal_column, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, words
from app.calls import calls
from app.calls.calls import Why
from app.db import Database, Id, Table, deed, only, take_turn
from app.errors import TemporarilyAway, without_values
from app.residents import residents
from app.sms import answers, conversation, outbox
from app.sms.answers import Said
from app.sms.gateways.base import Incoming
from app.sms.outbox import Purpose
from app.sms.reading import Reading, read

log = logging.getLogger("doorstep.inbox")
GROUP = 500            # texts in one transaction, at the most
HOLD_SECONDS = 0.025   # how long answering holds the database's write lock
LOOK_SECONDS = 0.5
SAME_WITHIN = timedelta(seconds=10)


class State(StrEnum):
    STORED = "stored"
    ANSWERED = "answered"
    SILENT = "silent"        # understood or not, and rightly not answered
    DUPLICATE = "duplicate"
    FAILED = "failed"        # our mistake; a call task was made


class Inbound(Table):
    """The order of ids is the order in which texts were stored, in one process or in many."""

    __tablename__ = "inbound"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    gateway: Mapped[str] = mapped_column(String(20))
    provider_id: Mapped[str | None] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    raw: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[str] = mapped_column(String(10), default=State.STORED)
    context: Mapped[str] = mapped_column(String(120), default="")
    intent: Mapped[str] = mapped_column(String(40), default="")
    rule: Mapped[str] = mapped_column(String(60), default="")
    slots: Mapped[dict[str, Any]]
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_inbound_pending", "id",
              **only("state = 'stored'")),
        Index(None, "phone", "id"),
        Index(None, "gateway", "provider_id"),
        Index(None, "area_id", "id"),
    )


class UnreadableCall(Table):
    """A provider called and we could not read it; kept for staff, who see it on the carrier page."""

    __tablename__ = "unreadable_call"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    gateway: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(8))
    raw: Mapped[str] = mapped_column(Text)
    problem: Mapped[str] = mapped_column(String(200))
    received_at: Mapped[datetime] = mapped_column(default=clock.now)


@dataclass
class _Waiting:
    """A call that waits for its texts to be committed."""

    gateway: str
    texts: Sequence[Incoming]
    stored: asyncio.Future[list[int]]


class Inbox:
    """Stores incoming texts in groups and answers them, in the background of one process.

    Calls that wait at the same time are stored in one transaction. Deeds are done in the order of storing, by one
    process at a time, each in a savepoint of its own.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._waiting: deque[_Waiting] = deque()
        self._arrived, self._stored = asyncio.Event(), asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._store_forever(), name="store"),
                       asyncio.create_task(self._answer_forever(), name="answer")]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def receive(self, gateway: str, texts: Sequence[Incoming]) -> list[int]:
        """Keep the texts; returns their ids once they are committed. Raises TemporarilyAway when they could not be,
        so that the provider calls again."""
        waiting = _Waiting(gateway, texts, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._arrived.set()
        return await waiting.stored

    async def store_once(self) -> None:
        """Store every call that waits now, and tell each of them."""
        group = [self._waiting.popleft() for _ in range(min(len(self._waiting), GROUP))]
        try:
            ids = await store(self.database, [(one.gateway, text) for one in group for text in one.texts])
        except Exception as error:
            for one in group:
                if not one.stored.done():
                    one.stored.set_exception(error)
            return
        for one in group:
            mine, ids = ids[:len(one.texts)], ids[len(one.texts):]
            if not one.stored.done():
                one.stored.set_result(mine)
        self._stored.set()

    async def answer_once(self) -> int:
        """Answer the oldest texts that wait, for a moment; returns how many were dealt with."""
        async with self.database.reading() as db:
            if await db.scalar(select(Inbound.id).where(_pending()).limit(1)) is None:
                return 0
        async with self.database.session() as db:
            await take_turn(db, "inbox")
            return await answer_some(db, most=GROUP, seconds=HOLD_SECONDS)

    async def _answer_all(self) -> None:
        busy = True
        while busy:
            busy = bool(await self.answer_once())

    async def _store_forever(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                await self.store_once()

    async def _answer_forever(self) -> None:
        while True:
            self._stored.clear()
            try:
                await self._answer_all()
            except TemporarilyAway:
                log.warning("the database is away; texts wait")
            except Exception as error:
                log.error("answering failed", exc_info=without_values(error))
            # A text that another process stored is found at the next look.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stored.wait(), LOOK_SECONDS)


async def store(database: Database, texts: Sequence[tuple[str, Incoming]]) -> list[int]:
    """Keep (gateway, text) pairs in one transaction; the order of ids is the order of committing."""
    if not texts:
        return []
    now = clock.now()
    async with database.session() as db:
        await take_turn(db, "arrivals")
        return list(await db.scalars(
            insert(Inbound).returning(Inbound.id, sort_by_parameter_order=True),
            [{"gateway": gateway, "provider_id": text.provider_id[:80] or None, "phone": text.phone,
              "text": text.text.replace("\x00", ""), "raw": text.raw.replace("\x00", ""), "received_at": now,
              "state": State.STORED, "context": "", "intent": "", "rule": "", "slots": {}}
             for gateway, text in texts]))


async def keep_unreadable(database: Database, gateway: str, *, kind: str, raw: str, problem: str) -> None:
    """A provider's call that could not be read, for staff to look at."""
    async with database.session() as db:
        db.add(UnreadableCall(gateway=gateway, kind=kind, raw=raw.replace("\x00", "")[:20_000], problem=problem[:200]))


async def answer_some(db: AsyncSession, *, most: int, seconds: float) -> int:
    """Deal with the oldest stored texts in their order, for about so long; returns how many."""
    rows = list(await db.scalars(select(Inbound).where(_pending()).order_by(Inbound.id).limit(most)))
    until = time.monotonic() + seconds
    done = 0
    for inbound in rows:
        await _deal_with(db, inbound)
        done += 1
        if time.monotonic() > until:
            break
    return done


async def _deal_with(db: AsyncSession, inbound: Inbound) -> None:
    inbound.answered_at = clock.now()
    if await _is_repeated(db, inbound):
        inbound.state = State.DUPLICATE
        return
    try:
        async with deed(db):
            said = await conversation.of(db, inbound.phone, inbound.text)
            reading = read(inbound.text, said.context)
            answer = await answers.give(db, said, reading)
            _note(inbound, said, reading)
            if answer.text:
                await outbox.queue(db, to=inbound.phone, text=answer.text, purpose=Purpose.ANSWER, asks=answer.asks,
                                   addressed=list(answer.addressed), memory=answer.memory, inbound_id=inbound.id,
                                   area_id=inbound.area_id, listing_id=answer.listing_id)
            inbound.state = State.ANSWERED if answer.text else State.SILENT
    except DBAPIError as error:
        if error.connection_invalidated or isinstance(error, OperationalError):
            raise  # the whole group is undone and comes again
        await _broken(db, inbound, error)
    except Exception as error:
        await _broken(db, inbound, error)


async def _broken(db: AsyncSession, inbound: Inbound, error: Exception) -> None:
    """A bug must not hold up those behind it, nor lose this text: a person telephones, and the writer is told."""
    log.error("inbound %s failed", inbound.id, exc_info=without_values(error))
    people = await residents.by_phone(db, inbound.phone)
    await calls.ask(db, Why.TROUBLE, phone=inbound.phone, resident=people[0] if people else None, said=inbound.text,
                    area_id=await calls.anywhere(db))
    await outbox.queue(db, to=inbound.phone, text=words.text("trouble.txt"), purpose=Purpose.ANSWER,
                       inbound_id=inbound.id)
    inbound.state = State.FAILED


async def _is_repeated(db: AsyncSession, inbound: Inbound) -> bool:
    """The same call again: the same provider's id; without ids, the same phone and text within ten seconds and
    nothing else from that phone between."""
    if inbound.provider_id:
        return await db.scalar(select(Inbound.id).where(
            Inbound.gateway == inbound.gateway, Inbound.provider_id == inbound.provider_id,
            Inbound.phone == inbound.phone, Inbound.id < inbound.id).limit(1)) is not None
    before = (await db.execute(select(Inbound.provider_id, Inbound.text, Inbound.received_at).where(
        Inbound.phone == inbound.phone, Inbound.id < inbound.id).order_by(Inbound.id.desc()).limit(1))).first()
    return (before is not None and before.provider_id is None and before.text == inbound.text
            and inbound.received_at - before.received_at <= SAME_WITHIN)


def _note(inbound: Inbound, said: Said, reading: Reading) -> None:
    context = said.context
    inbound.context = f"{context.kind}:{','.join(map(str, context.numbers))}" if context.numbers else context.kind
    inbound.intent, inbound.rule, inbound.slots = reading.intent, reading.rule, dict(reading.slots)
    inbound.area_id = said.area.id if said.area else None
    inbound.resident_id = said.people[0].id if said.people else None


def _pending() -> ColumnElement[bool]:
    return Inbound.state == literal_column("'stored'")
