"""The loop that drains the outbox, and the errands that come with it: receipts, leases, what the clock makes due."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from app import clock, loops, meters, rounds
from app.campaigns.filler import Filler
from app.db import Database, take_turn
from app.errors import TemporarilyAway, without_values
from app.pulse import Pulse
from app.sms import handover, receipts
from app.sms.drain import Drain
from app.sms.gateways.base import Made
from app.sms.inbox import Inbox

log = logging.getLogger("doorstep.dispatch")
IDLE_SECONDS = 0.2
POLL_SECONDS = 0.5
LEASES_SECONDS = 5.0
ROUNDS_SECONDS = 30.0
FILL_SECONDS = 0.5
FROM_OUTSIDE = ("poll", "ask")  # these fail while the carrier is away, for which this process is not to blame
PATIENCE_SECONDS = 300  # for one round of a loop; what waits for a carrier may take as long as a lease
Errand = Callable[[], Awaitable[int]]


class Dispatch:
    """Drains the outbox through each gateway, and lets go on by itself whatever does."""

    def __init__(self, database: Database, gateways: Made, inbox: Inbox) -> None:
        self.database = database
        self.worker = handover.worker_name()
        self.drains = [Drain(database, gateways.get(name), inbox, worker=self.worker)
                       for name in database.settings.gateways]
        self.pulse = Pulse()
        self._filler, self._pressure = Filler(database), inbox.pressure
        self._steadiness = clock.Steadiness()
        self._has_settled = False
        self._stops = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        errands: list[tuple[str, Errand, float]] = [
            ("leases", self.end_leases, LEASES_SECONDS), ("rounds", self._rounds, ROUNDS_SECONDS),
            ("fill", self.fill_once, FILL_SECONDS)]
        for drain in self.drains:
            errands += [(_of("drain", drain, self.drains), drain.once, IDLE_SECONDS),
                        (_of("answers", drain, self.drains), drain.answers_once, IDLE_SECONDS),
                        (_of("poll", drain, self.drains), drain.poll, POLL_SECONDS),
                        (_of("ask", drain, self.drains), drain.settle, LEASES_SECONDS)]
        self._tasks = [asyncio.create_task(self._forever(*one), name=one[0]) for one in errands]
        for task in self._tasks:
            self.pulse.follow(task, patience_seconds=PATIENCE_SECONDS + self._lease_seconds)

    async def stop(self) -> None:
        """Stop; a claim that is with the provider is waited for, so that its result is written down."""
        self._stops.set()
        await loops.end(self._tasks)
        self._tasks = []
        for drain in self.drains:
            await drain.finish()

    async def drain_once(self) -> int:
        """One claim's worth of texts by each gateway; returns how many were handed over."""
        return sum([await drain.once() for drain in self.drains])

    async def poll_once(self) -> int:
        """What waits at the gateways; returns how many receipts came."""
        return sum([await drain.poll() for drain in self.drains])

    async def fill_once(self) -> int:
        """One piece of a campaign that is being written down."""
        await self._pressure.before_bulk()
        return await self._filler.go_on()

    async def settle_once(self) -> int:
        """Let leases of the dead end, and ask the gateways what they have of the texts that are unknown since."""
        await self.end_leases()
        return sum([await drain.settle() for drain in self.drains])

    async def end_leases(self) -> int:
        """Leases of the dead, and of the late. Where the clock may have been put back, as before a start, what it
        delays by that is put right."""
        longest = self._longest_lease()
        async with self.database.session() as db:
            await take_turn(db, "leases")
            if longest is None or not self._has_settled:
                await handover.put_right(db)
            dead = await handover.dead_workers(db, me=self.worker)
            await handover.expire(db, dead=dead, longest=longest)
            await handover.give_up_waiting(db)
            await receipts.give_up(db)
        self._has_settled = True
        return 0

    @property
    def _lease_seconds(self) -> int:
        return max(drain.lease_seconds for drain in self.drains)

    def _longest_lease(self) -> timedelta | None:
        """None for as long as a lease may still run that was written before the clock was set."""
        steady = self._steadiness.seconds() > self._lease_seconds
        return timedelta(seconds=self._lease_seconds) if steady else None

    async def _rounds(self) -> int:
        await rounds.go(self.database, steady=self._longest_lease() is not None)
        return 0

    async def _forever(self, name: str, errand: Errand, pause: float) -> None:
        """Do the errand again and again; at once while there is work, else after a pause."""
        while not self._stops.is_set():
            try:
                busy = await errand()
                self.pulse.beat(name)
            except TemporarilyAway:
                busy = 0
                await self._rest(1)
            except Exception as error:
                # The loop must outlive a bug in one errand; a driver's message would repeat a statement's values.
                log.error("an errand failed", exc_info=without_values(error))
                meters.FAILURES.labels(name).inc()
                if name.startswith(FROM_OUTSIDE):
                    self.pulse.beat(name)
                busy = 0
                await self._rest(1)
            await self._rest(0 if busy else pause)

    async def _rest(self, seconds: float) -> None:
        """Unless it is told to stop."""
        if not seconds:
            await asyncio.sleep(0)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stops.wait()


def _of(loop: str, drain: Drain, drains: Sequence[Drain]) -> str:
    """The name of a gateway's loop; where there is one gateway, it goes without saying."""
    return loop if len(drains) == 1 else f"{loop} {drain.gateway.name}"
