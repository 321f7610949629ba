"""The loop that drains the outbox, and the errands that come with it: receipts, leases, what the clock makes due."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from app import clock, meters, rounds
from app.campaigns.filler import Filler
from app.db import Database, take_turn
from app.errors import TemporarilyAway, without_values
from app.pulse import Pulse
from app.sms import fetched, fuse, handover, receipts
from app.sms.arrivals import keep_unread
from app.sms.gateways.base import Gateway, Made, Outbound, Outcome, Poll, Sent
from app.sms.inbox import Inbox

log = logging.getLogger("doorstep.dispatch")
IDLE_SECONDS = 0.2
POLL_SECONDS = 0.5
LEASES_SECONDS = 5.0
ROUNDS_SECONDS = 30.0
FILL_SECONDS = 0.5
SEND_SECONDS = 20
FROM_OUTSIDE = ("poll", "leases")  # these fail while the carrier is away, for which this process is not to blame
PATIENCE_SECONDS = 300  # for one round of a loop; what waits for a carrier may take as long as a lease
PIECE = 500  # results that are written down together: on SQLite a reply waits meanwhile


class Dispatch:
    """Claims texts, hands them to the gateway, writes down what became of them; fetches what the gateway holds.

    The database is never held while a provider answers.
    """

    def __init__(self, database: Database, gateways: Made, inbox: Inbox) -> None:
        self.database, self.inbox = database, inbox
        self.gateway: Gateway = gateways.get(database.settings.sms_gateway)
        self.worker = handover.worker_name()
        self.pulse = Pulse()
        self._filler = Filler(database)
        self._fetched: Poll | None = None
        self._steadiness = clock.Steadiness()
        self._has_settled = False
        self._tasks: list[asyncio.Task[None]] = []
        self._handing_over: asyncio.Future[int] | None = None

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._forever(name, errand, pause), name=name) for name, errand, pause in (
            ("drain", self.drain_once, IDLE_SECONDS),
            ("poll", self.poll_once, POLL_SECONDS),
            ("leases", self.settle_once, LEASES_SECONDS),
            ("rounds", self._rounds, ROUNDS_SECONDS),
            ("fill", self.fill_once, FILL_SECONDS),
        )]
        for task in self._tasks:
            self.pulse.follow(task, patience_seconds=PATIENCE_SECONDS + self._lease_seconds)

    async def stop(self) -> None:
        """Stop; a claim that is with the provider is waited for, so that its result is written down."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._handing_over is not None:
            await asyncio.gather(self._handing_over, return_exceptions=True)

    async def drain_once(self) -> int:
        """One claim's worth of texts; returns how many were handed over."""
        async with self.database.reading() as db:
            if not await handover.anything_due(db, self.gateway.name):
                return 0
        self._handing_over = asyncio.ensure_future(self._hand_over())
        return await asyncio.shield(self._handing_over)

    async def poll_once(self) -> int:
        """Fetch and keep receipts and replies that wait at the gateway; apply the receipts."""
        found, self._fetched = self._fetched or await self._poll(), None
        try:
            if found.incoming:
                await self.inbox.receive(self.gateway.name, found.incoming)
                found = replace(found, incoming=())
            await self._keep(found)
        except Exception:
            self._fetched = found  # the gateway will not bring them again
            raise
        async with self.database.session() as db:
            await take_turn(db, "receipts")
            await receipts.apply_kept(db)
        return len(found.reports)

    async def fill_once(self) -> int:
        """One piece of a campaign that is being written down."""
        return await self._filler.go_on()

    async def settle_once(self) -> int:
        """Let leases of the dead end, and ask the gateway what it has of the texts that are unknown since. Where the
        clock may have been put back, as before a start, what it delays by that is put right."""
        longest = self._longest_lease()
        async with self.database.session() as db:
            await take_turn(db, "leases")
            if longest is None or not self._has_settled:
                await handover.put_right(db)
            dead = await handover.dead_workers(db, me=self.worker)
            await handover.expire(db, dead=dead, longest=longest)
            await handover.give_up_waiting(db)
            await receipts.give_up(db)
            unsure = await handover.unsure(db, self.gateway.name, most=self.gateway.abilities.batch)
        self._has_settled = True
        if not unsure or not self.gateway.abilities.looks_up:
            return 0
        with meters.called(self.gateway.name, "look_up"):
            found = await self.gateway.look_up(unsure)
        async with self.database.session() as db:
            await handover.settle(db, found, asked=unsure)
        return len(found)

    @property
    def _lease_seconds(self) -> int:
        abilities = self.gateway.abilities
        return 30 + SEND_SECONDS * -(-abilities.batch // abilities.at_once)

    def _longest_lease(self) -> timedelta | None:
        """None for as long as a lease may still run that was written before the clock was set."""
        steady = self._steadiness.seconds() > self._lease_seconds
        return timedelta(seconds=self._lease_seconds) if steady else None

    async def _hand_over(self) -> int:
        async with self.database.session() as db:
            claimed = await handover.claim(db, self.gateway.name, worker=self.worker,
                                           most=self.gateway.abilities.batch, lease_seconds=self._lease_seconds)
            await receipts.after_failures(db, claimed.missed)
        texts = claimed.texts
        if not texts:
            return 0
        results = await self._send(texts)
        meters.handed_over(self.gateway.name, ((sent.outcome, sent.reason) for sent in results))
        for start in range(0, len(results), PIECE):
            await self._write_down(results[start:start + PIECE], results)
        return len(texts)

    async def _write_down(self, piece: list[Sent], results: list[Sent]) -> None:
        async with self.database.session() as db:
            await handover.write_down(db, piece, worker=self.worker)
            for batch_id in await fuse.watch(db, piece, among=results):
                log.error("the carrier refuses batch %s: it is paused", batch_id)
            await receipts.after_failures(db, [sent.id for sent in piece
                                               if sent.outcome in (Outcome.REFUSED, Outcome.TRY_LATER)])

    async def _send(self, texts: list[Outbound]) -> list[Sent]:
        """The gateway's results; a gateway that breaks leaves its texts unknown, never queued."""
        try:
            with meters.called(self.gateway.name, "send"):
                results = list(await self.gateway.send(texts))
        except Exception as error:
            log.error("the gateway %s broke", self.gateway.name, exc_info=without_values(error))
            results = []
        told = {sent.id for sent in results}
        return results + [Sent(text.id, Outcome.UNKNOWN) for text in texts if text.id not in told]

    async def _poll(self) -> Poll:
        with meters.called(self.gateway.name, "poll"):
            return await self.gateway.poll()

    async def _keep(self, found: Poll) -> None:
        """In one transaction, so that a part that could not be read is not kept again when another one cannot be."""
        if not (found.reports or found.unread or found.kept):
            return
        async with self.database.session() as db:
            await take_turn(db, "receipts")
            await keep_unread(db, self.gateway.name, found.unread)
            await receipts.keep(db, self.gateway.name, found.reports)
            await fetched.forget(db, found.kept)

    async def _rounds(self) -> int:
        await rounds.go(self.database, steady=self._longest_lease() is not None)
        return 0

    async def _forever(self, name: str, errand: Callable[[], Awaitable[int]], pause: float) -> None:
        """Do the errand again and again; at once while there is work, else after a pause."""
        while True:
            try:
                busy = await errand()
                self.pulse.beat(name)
            except TemporarilyAway:
                busy = 0
                await asyncio.sleep(1)
            except Exception as error:
                # The loop must outlive a bug in one errand; a driver's message would repeat a statement's values.
                log.error("an errand failed", exc_info=without_values(error))
                meters.FAILURES.labels(name).inc()
                if name in FROM_OUTSIDE:
                    self.pulse.beat(name)
                busy = 0
                await asyncio.sleep(1)
            await asyncio.sleep(0 if busy else pause)
