"""One incoming text: kept raw, then read, then its deed and its answer in one transaction."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, inspect, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n, loops, meters, words
from app.calls import calls
from app.calls.calls import Why
from app.db import Database, core, deed, is_passing, settings_of, take_turn
from app.errors import Refused, TemporarilyAway, without_values
from app.pressure import Pressure
from app.pulse import Pulse
from app.residents import residents, vault
from app.sms import answers, arrivals, conversation, outbox, quiet
from app.sms.answers import Answer, Needs, Said
from app.sms.arrivals import Inbound, State, as_written
from app.sms.gateways.base import Incoming
from app.sms.outbox import Purpose
from app.sms.reading import read

log = logging.getLogger("doorstep.inbox")
GROUP = 500            # texts in one transaction, at the most
SMALL = 8
MOST_FAILURES = 3      # of the oldest text alone, before it is set aside
HOLD_SECONDS = 0.04    # how long answering holds the database's write lock
LOOK_SECONDS = 0.5
BEAT_SECONDS, PATIENCE_SECONDS = 10, 120
SAME_WITHIN = timedelta(seconds=10)


@dataclass
class _Waiting:
    """A call that waits for its texts to be committed."""

    gateway: str
    texts: Sequence[Incoming]
    stored: asyncio.Future[list[int]]
    since: float


class Inbox:
    """Stores incoming texts in groups and answers them, in the background of one process.

    Calls that wait at the same time are stored in one transaction. Deeds are done in the order of storing, by one
    process at a time, each in a savepoint of its own.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.pulse, self.pressure = Pulse(), Pressure()
        self._waiting: deque[_Waiting] = deque()
        self._arrived, self._stored = asyncio.Event(), asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._most, self._stops = SMALL, False

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._store_forever(), name="store"),
                       asyncio.create_task(self._answer_forever(), name="answer")]
        for task in self._tasks:
            self.pulse.follow(task, patience_seconds=PATIENCE_SECONDS)

    async def stop(self) -> None:
        self._stops = True
        self._arrived.set()
        self._stored.set()
        await loops.end(self._tasks)
        self._tasks = []
        for one in self._waiting:
            if not one.stored.done():
                one.stored.set_exception(TemporarilyAway("stopping"))
        self._waiting.clear()

    async def receive(self, gateway: str, texts: Sequence[Incoming]) -> list[int]:
        """Keep the texts; returns their ids once they are committed. Raises TemporarilyAway when they could not be,
        so that the provider calls again."""
        waiting = _Waiting(gateway, texts, asyncio.get_running_loop().create_future(), time.monotonic())
        self._waiting.append(waiting)
        self.pressure.call_came(waiting.since)
        self._arrived.set()
        ids, took = await waiting.stored, time.monotonic() - waiting.since
        meters.RECEIVED.labels(gateway).inc(len(ids))
        for _text in ids:
            meters.STORED.observe(took)
        return ids

    async def store_once(self) -> None:
        """Store every call that waits now, and tell each of them."""
        group = [self._waiting.popleft() for _ in range(min(len(self._waiting), GROUP))]
        since = group[0].since if group else time.monotonic()
        try:
            ids = await arrivals.store(self.database, [(one.gateway, text) for one in group for text in one.texts])
        except BaseException as error:
            told = TemporarilyAway("stopping") if isinstance(error, asyncio.CancelledError) else error
            for one in group:
                if not one.stored.done():
                    one.stored.set_exception(told)
            if not isinstance(error, Exception):
                raise
            return
        finally:
            self.pressure.calls_kept(since, next_since=self._waiting[0].since if self._waiting else None)
        for one in group:
            mine, ids = ids[:len(one.texts)], ids[len(one.texts):]
            if not one.stored.done():
                one.stored.set_result(mine)
        self._stored.set()

    async def answer_once(self) -> int:
        """Answer the oldest texts that wait, for a moment; returns how many were dealt with."""
        await self.pressure.before_answers()
        async with self.database.reading() as db:
            oldest = await db.scalar(select(Inbound.received_at).where(_pending()).order_by(Inbound.id).limit(1))
        self.pressure.answering((clock.now() - oldest).total_seconds() if oldest else 0)
        if oldest is None:
            return 0
        async with self.database.session() as db:
            await take_turn(db, "inbox")
            done = await answer_some(db, most=self._most, seconds=HOLD_SECONDS,
                                     hurried=lambda: self.database.somebody_waits)
        # As many at once as can be dealt with in the time that others may be kept waiting.
        self._most = min(GROUP, self._most * 2) if done == self._most else max(SMALL, done)
        return done

    async def _answer_all(self) -> None:
        busy = True
        while busy and not self._stops:
            busy = bool(await self.answer_once())
            self.pulse.beat("answer")

    async def _store_forever(self) -> None:
        while not self._stops:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), BEAT_SECONDS)
            self._arrived.clear()
            while self._waiting:
                await self.store_once()
                self.pulse.beat("store")
            self.pulse.beat("store")

    async def _answer_forever(self) -> None:
        failures = 0
        while not self._stops:
            self._stored.clear()
            try:
                await self._answer_all()
                failures = 0
            except TemporarilyAway:
                log.warning("the database is away; texts wait")
            except Exception as error:
                log.error("answering failed", exc_info=without_values(error))
                meters.FAILURES.labels("answer").inc()
                self._most, failures = 1, failures + 1
                if failures >= MOST_FAILURES:
                    await set_aside(self.database)
                    failures = 0
            # A text that another process stored is found at the next look.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stored.wait(), LOOK_SECONDS)


async def set_aside(database: Database) -> None:
    """The oldest text cannot be dealt with, again and again: a person telephones, and those behind it go on."""
    async with database.session() as db:
        await take_turn(db, "inbox")
        culprit = await db.scalar(select(Inbound).where(_pending()).order_by(Inbound.id).limit(1))
        if culprit is not None:
            culprit.state, culprit.answered_at = State.FAILED, clock.now()
            await calls.ask(db, Why.TROUBLE, phone=culprit.phone, said=culprit.text, area_id=await calls.anywhere(db))


@dataclass
class _Dealt:
    """What one stored text came to: the columns of its row, and the row of its answer, if any."""

    columns: dict[str, Any]
    message: dict[str, Any] | None = None


async def answer_some(db: AsyncSession, *, most: int, seconds: float,
                      hurried: Callable[[], bool] = lambda: False) -> int:
    """Deal with the oldest stored texts in their order, for about so long, but a few at least unless it is hurried;
    returns how many.

    A phone's second text waits for the next group, so that what is known of each phone can be fetched for the whole
    group at once.
    """
    rows = _one_per_phone(await db.execute(
        select(Inbound.id, Inbound.gateway, Inbound.provider_id, Inbound.phone, Inbound.text, Inbound.received_at,
               Inbound.sealed, Inbound.extension)
        .where(_pending()).order_by(Inbound.id).limit(most)))
    if not rows:
        return 0
    repeated = await _repeated(db, rows)
    fresh = [row for row in rows if row.id not in repeated]
    said = await conversation.of(db, {row.phone: row.text for row in fresh},
                                 {row.phone: row.extension for row in fresh if row.extension})
    until = time.monotonic() + seconds
    dealt: list[_Dealt] = []
    for row in rows:
        if dealt and row.id not in repeated and _is_gone(said[row.phone]):
            break
        if row.id in repeated:
            dealt.append(_Dealt({"row": row.id, "state": State.DUPLICATE}))
        else:
            dealt.append(await _deal_with(db, row, said[row.phone]))
        if time.monotonic() > until and (len(dealt) >= SMALL or hurried()):
            break
    await outbox.queue_all(db, [one.message for one in dealt if one.message])
    now = clock.now()
    await db.execute(_DEALT, [{**_NOTHING, **one.columns, "answered_at": now} for one in dealt])
    for row in rows[:len(dealt)]:
        meters.ANSWERED.observe((now - row.received_at).total_seconds())
    return len(dealt)


def _is_gone(said: Said) -> bool:
    """Whether a deed before it, which was undone, took along what had been fetched; the next group fetches it anew."""
    return any(inspect(one).expired for one in (*said.people, *said.told))


def _one_per_phone(rows: Iterable[Any]) -> list[Any]:
    """The rows up to the first whose phone has one already."""
    taken: dict[str, Any] = {}
    for row in rows:
        if row.phone in taken:
            break
        taken[row.phone] = row
    return list(taken.values())


async def _deal_with(db: AsyncSession, row: Any, said: Said) -> _Dealt:
    # What the deed wrote and took back cannot be looked at afterwards, so everything is fetched before.
    columns = _columns(row.id, said)
    writer = tuple(person.id for person in said.people[:1])
    with i18n.speaking(answers.language_of(said)):
        try:
            reading = read(as_written(vault.of(db), row), said.context)
            columns.update(intent=reading.intent, rule=reading.rule, slots=dict(reading.slots))
            async with deed(db):
                answer = await answers.give(db, said, reading)
        except Refused as no:
            answer = Answer(i18n.why(no), addressed=writer)
        except Exception as error:
            if is_passing(error):
                raise  # the whole group is undone and comes again
            answer = await _broken(db, row.id, said, error)
            columns["state"] = State.FAILED
    columns.update(needs=answer.needs or "", did=answer.did)
    if answer.meant is not None:
        columns["intent"] = answer.meant.intent
    if not answer.text:
        return _Dealt({**columns, "state": columns["state"] if columns["state"] == State.FAILED else State.SILENT})
    return _Dealt(columns, message_of(db, said, answer, inbound_id=row.id, came_by=row.gateway))


def message_of(db: AsyncSession, said: Said, answer: Answer, *, inbound_id: int, came_by: str,
               leaves: datetime | None = None) -> dict[str, Any]:
    """The row of an answer for the outbox, to leave at that moment, or at once."""
    return outbox.written(
        settings_of(db), to=said.phone, text=answer.text, purpose=Purpose.ANSWER, asks=answer.asks,
        addressed=answer.addressed, memory=answer.memory, inbound_id=inbound_id, listing_id=answer.listing_id,
        area_id=said.area.id if said.area else None, not_before=leaves, came_by=came_by,
        expires_at=good_until(leaves or clock.now()) if answer.listing_id else None)


def good_until(leaves: datetime) -> datetime:
    """Until when an answer about a listing is still true: it may say "tomorrow". One that comes too late is told by
    telephone."""
    return max(quiet.good_until(leaves, leaves + timedelta(days=1)), leaves + timedelta(minutes=10))


async def _broken(db: AsyncSession, inbound_id: int, said: Said, error: Exception) -> Answer:
    """A bug must not hold up those behind it, nor lose this text: a person telephones, and the writer is told."""
    log.error("inbound %s failed", inbound_id, exc_info=without_values(error))
    people = await residents.by_phone(db, said.phone)
    await calls.ask(db, Why.TROUBLE, phone=said.phone, resident=people[0] if people else None, said=said.text,
                    area_id=await calls.anywhere(db))
    return Answer(words.text("trouble.txt"), needs=Needs.NOT_UNDERSTOOD)


async def _repeated(db: AsyncSession, rows: Sequence[Any]) -> set[int]:
    """The ids of calls that came before: with the same provider's id; or, where neither has one, with the same phone
    and text within ten seconds and nothing else from that phone between."""
    given = [row.provider_id for row in rows if row.provider_id]
    seen = {tuple(one) for one in await db.execute(
        select(Inbound.gateway, Inbound.provider_id, Inbound.phone)
        .where(Inbound.gateway.in_({row.gateway for row in rows}), Inbound.provider_id.in_(given),
               Inbound.state != State.STORED))} if given else set()
    newest = (select(func.max(Inbound.id)).where(Inbound.phone.in_([row.phone for row in rows]),
                                                 Inbound.state != State.STORED).group_by(Inbound.phone))
    before = {one.phone: one for one in await db.execute(
        select(Inbound.phone, Inbound.provider_id, Inbound.text, Inbound.received_at).where(Inbound.id.in_(newest)))}
    return {row.id for row in rows
            if (row.provider_id and (row.gateway, row.provider_id, row.phone) in seen)
            or (not row.provider_id and _same(before.get(row.phone), row))}


def _same(before: Any, row: Any) -> bool:
    return (before is not None and before.provider_id is None and before.text == row.text
            and row.received_at - before.received_at <= SAME_WITHIN)


def _columns(inbound_id: int, said: Said) -> dict[str, Any]:
    context = said.context
    return {"row": inbound_id, "state": State.ANSWERED,
            "context": f"{context.kind}:{','.join(map(str, context.numbers))}" if context.numbers else context.kind,
            "area_id": said.area.id if said.area else None,
            "resident_id": said.people[0].id if said.people else None}


_NOTHING: dict[str, Any] = {"context": "", "intent": "", "rule": "", "slots": {}, "area_id": None, "resident_id": None,
                            "did": {}, "needs": ""}
_table = core(Inbound)
_DEALT = (update(_table).where(_table.c.id == bindparam("row"))
          .values({name: bindparam(name) for name in (*_NOTHING, "state", "answered_at")}))


def _pending() -> ColumnElement[bool]:
    return Inbound.state == literal_column("'stored'")
