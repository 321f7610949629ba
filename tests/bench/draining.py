"""Draining the outbox beside a bare loop, turn and turn about.

The bare loop executes the statements that touch a claim's rows (claim, consents, what is held, attempts, ends) and
makes the carrier's calls, and that is all: it looks at no priority, pause or stop, decides nothing and counts nothing.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, literal, literal_column, select, update

from app import clock, pairs
from app.db import core
from app.sms import claims, consent, handover
from app.sms.outbox import Attempt, Message
from tests.bench.house import House, Result, Stopwatch, at_most, timed, until
from tests.bench.queued import Queue

ROUNDS, SECONDS, PIECE = 3, 3.0, 500
_message, _attempt = core(Message), core(Attempt)
Once = Callable[[], Awaitable[int]]  # hands some texts over and returns how many


@dataclass
class Drained:
    texts: int = 0
    watch: Stopwatch = field(default_factory=Stopwatch)

    @property
    def per_second(self) -> float:
        return self.watch.per_second(self.texts)


@dataclass
class Round:
    """The yardstick and, just after it, ours. What the receipts took is not part of it."""

    bare: Drained
    ours: Drained
    receipts: Drained

    @property
    def ratio(self) -> float:
        return self.ours.per_second / self.bare.per_second


@dataclass
class Contest:
    """`bare` and `ours` empty the same queue; `taken` tells under which names the carrier has what it got since it was
    last asked, or nothing where it is the simulated one, which keeps that in tables."""

    queue: Queue
    bare: Once
    ours: Once
    taken: Callable[[], Awaitable[list[str] | None]]
    receipts: Callable[[list[str] | None], Awaitable[None]]  # brings one for each of them

    async def rounds(self) -> list[Round]:
        """From the worst to the best for us; the middle one is the figure."""
        await self.queue.open()
        try:
            await self._drained(self.bare, 0)  # both put their statements together
            await self._drained(self.ours, 0)
            await self.taken()
            await self.queue.forget()
            return sorted([await self._round() for _ in range(ROUNDS)], key=lambda one: one.ratio)
        finally:
            await self.queue.close()

    async def _round(self) -> Round:
        bare = await self._drained(self.bare, at_most(SECONDS))
        await self.queue.must_have_left(bare.texts, as_told=await self.taken())
        await self.queue.forget()
        ours = await self._drained(self.ours, at_most(SECONDS))
        told = await self.taken()
        await self.queue.must_have_left(ours.texts, as_told=told)
        applied = Drained(ours.texts)
        with timed() as applied.watch:
            await self.receipts(told)
        await self.queue.must_have_arrived(ours.texts)
        await self.queue.forget()
        return Round(bare, ours, applied)

    async def _drained(self, once: Once, seconds: float) -> Drained:
        """For so long, filled up anew whenever it is empty; that time does not count."""
        done = Drained()
        while True:
            await self.queue.fill_up()
            time_is_left, texts = until(seconds - done.watch.seconds), 0
            with timed() as piece:
                while handed := await once():
                    texts += handed
                    if not time_is_left():
                        break
            done.texts += texts
            done.watch.seconds += piece.seconds
            done.watch.cpu_seconds += piece.cpu_seconds
            if done.watch.seconds >= seconds:
                return done


def result(house: House, name: str, rounds: Sequence[Round], note: str = "") -> Result:
    middle = rounds[len(rounds) // 2]
    return house.result(
        name, middle.ours.per_second, "texts/s", yardstick=middle.bare.per_second,
        note=f"the middle one of {', '.join(f'{one.ours.per_second:,.0f} ({one.ratio:.2f})' for one in rounds)}; "
             f"{middle.ours.watch.note(middle.ours.texts)}; their receipts {middle.receipts.per_second:,.0f}/s{note}")


async def claim(queue: Queue, most: int) -> list[Any]:
    """The yardstick's: as many texts as they lie there; what is asked about their numbers is not looked at."""
    now, spacing = clock.now(), queue.database.settings.sms_spacing_seconds
    async with queue.database.session() as db:
        connection = await db.connection()
        rows = (await connection.execute(_CLAIM, {
            "by": queue.gateway, "most": most, "lease": now + timedelta(seconds=30)})).all()
        told = pairs.bound({row.id: row.phone for row in rows})
        (await connection.execute(consent._NOT_AGREED, {"told": told, "about": consent.JOBS})).all()
        if spacing:
            (await connection.execute(claims._JUST_TOLD, {
                "told": told, "since": now - timedelta(seconds=spacing)})).all()
    return list(rows)


async def write_down(queue: Queue, provider_ids: dict[int, str]) -> int:
    """The yardstick's: that these were taken, by which names, in pieces as large as ours."""
    rows = list(provider_ids.items())
    for start in range(0, len(rows), PIECE):
        told = {"at": clock.now(), "told": pairs.bound(dict(rows[start:start + PIECE]))}
        async with queue.database.session() as db:
            connection = await db.connection()
            (await connection.execute(handover._HOLDS, {**told, "worker": "bare"})).all()
            await connection.execute(_TRIED, told)
            await connection.execute(_ENDED, told)
    return len(rows)


_told = pairs.joined("told")
_CLAIM = (update(_message).where(_message.c.id.in_(
    select(_message.c.id).where(
        _message.c.gateway == bindparam("by"), _message.c.status == literal_column("'queued'"),
        _message.c.priority == literal_column("9"))
    .order_by(_message.c.next_at, _message.c.id).limit(bindparam("most"))))
    .values(status="sending", attempts=1, worker="bare", lease_until=bindparam("lease"))
    .returning(_message.c.id, _message.c.phone, _message.c.body))
_TRIED = insert(_attempt).from_select(
    ["message_id", "number", "at", "outcome", "code", "gateway"],
    select(_told.c.number, literal(1), bindparam("at", type_=_attempt.c.at.type), literal("accepted"), literal(""),
           _message.c.gateway).join_from(_told, _message, _message.c.id == _told.c.number))
_ENDED = (update(_message).where(_message.c.id == _told.c.number)
          .values(status="accepted", provider_id=func.nullif(_told.c.word, ""), worker=None, lease_until=None,
                  sent_at=bindparam("at", type_=_message.c.sent_at.type)))
