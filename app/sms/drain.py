"""One gateway's part of the outbox: texts are claimed for it, handed to it and written down; what it holds is fetched.

The database is never held while a provider answers.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic

from app import meters
from app.db import Database, take_turn
from app.errors import TemporarilyAway, without_values
from app.sms import breaker, claims, fetched, fuse, handover, lanes, receipts
from app.sms.arrivals import keep_unread
from app.sms.claims import Claimed
from app.sms.gateways.base import Gateway, Outbound, Outcome, Poll, Sent
from app.sms.inbox import Inbox
from app.sms.lanes import Lane
from app.sms.outbox import Priority

log = logging.getLogger("doorstep.dispatch")
SEND_SECONDS = 20
AGAIN_SECONDS = 1
ABREAST = 2  # pieces at once: while the database works for one of them, we work for the other
PIECE = 500  # texts that are claimed, or written down, together: on SQLite a reply waits meanwhile
PRESSED_PIECE = 100  # of a claim, once a second, while people wait


async def _abreast(pieces: Sequence[Callable[[], Awaitable[None]]]) -> None:
    """All of them, a few at once; the first that failed is told of when the others are done."""
    failed: list[BaseException] = []
    for start in range(0, len(pieces), ABREAST):
        done = await asyncio.gather(*(piece() for piece in pieces[start:start + ABREAST]), return_exceptions=True)
        failed += [one for one in done if one is not None]
    if failed:
        raise failed[0]


@dataclass(frozen=True)
class _Chance:
    """What there is to do: in these lanes something is due. With a `trial` one text, to see whether the gateway works
    again; `watched` says that it has failed lately, and `elsewhere` that another one would take its bulk texts."""

    lanes: Sequence[Lane]
    trial: bool = False
    watched: bool = False
    elsewhere: bool = False


class Drain:
    """One per gateway in a process; many processes may have one for the same gateway."""

    def __init__(self, database: Database, gateway: Gateway, inbox: Inbox, *, worker: str) -> None:
        self.database, self.gateway, self.inbox, self.worker = database, gateway, inbox, worker
        self._fetched: Poll | None = None
        self._is_known = self._stops = False
        self._handing_over: set[asyncio.Future[int]] = set()

    @property
    def lease_seconds(self) -> int:
        return 30 + SEND_SECONDS * self._rounds(self.gateway.abilities.batch)

    async def once(self) -> int:
        """One claim's worth of texts, answers first; returns how many were handed over."""
        await self.inbox.pressure.before_bulk()
        return await self._begin(await self._look())

    async def answers_once(self) -> int:
        """The same without bulk texts: a loop of its own, so that no answer waits while thousands of those are with
        the provider."""
        await self.inbox.pressure.before_answers()
        chance = await self._look()
        urgent = [lane for lane in chance.lanes if lane.priority != Priority.BULK]
        return 0 if chance.trial else await self._begin(replace(chance, lanes=urgent))

    async def finish(self) -> None:
        """Wait for claims that are with the provider, so that their results are written down."""
        self._stops = True
        await asyncio.gather(*self._handing_over, return_exceptions=True)

    async def poll(self) -> int:
        """Fetch and keep receipts and replies that wait at the gateway; apply the receipts."""
        await self.inbox.pressure.before_bulk()
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

    async def settle(self) -> int:
        """Ask the gateway what it has of the texts that are unknown; returns about how many it said something."""
        if not self.gateway.abilities.looks_up:
            return 0
        async with self.database.reading() as db:
            unsure = await handover.unsure(db, self.gateway.name, most=self.gateway.abilities.batch)
        if not unsure:
            return 0
        with meters.called(self.gateway.name, "look_up"):
            found = await self.gateway.look_up(unsure)
        async with self.database.session() as db:
            await handover.settle(db, self.gateway.name, found, asked=unsure)
        return len(found)

    def _rounds(self, texts: int) -> int:
        """So many times one after the other as many as it takes at once."""
        return max(1, -(-texts // self.gateway.abilities.at_once))

    async def _look(self) -> _Chance:
        """What there is to do, by what readers see: the claim looks again."""
        name, settings = self.gateway.name, self.database.settings
        async with self.database.reading() as db:
            standings = await breaker.standings(db)
            row = standings.get(name)
            trial = breaker.may_try(row)
            lanes_ = lanes.of_trial(name, settings) if trial else lanes.taken_by(name, settings, standings)
            chance = _Chance(await claims.due(db, lanes_), trial, watched=row is not None and row.bad > 0,
                             elsewhere=lanes.others(name, settings, standings))
        if row is None and not self._is_known:
            async with self.database.session() as db:
                await breaker.introduce(db, name)
            self._is_known = True
        return chance

    async def _begin(self, chance: _Chance) -> int:
        if not chance.lanes:
            return 0
        handing_over = asyncio.ensure_future(self._hand_over(chance))
        self._handing_over.add(handing_over)
        handing_over.add_done_callback(self._handing_over.discard)
        return await asyncio.shield(handing_over)

    async def _hand_over(self, chance: _Chance) -> int:
        texts = await self._claim(chance)
        if not texts:
            return 0
        began = monotonic()
        results = await self._send(texts)
        verdict = breaker.judge(results, seconds=monotonic() - began, rounds=self._rounds(len(texts)))
        meters.handed_over(self.gateway.name, ((sent.outcome, sent.reason) for sent in results))
        await _abreast([partial(self._write_down, results[start:start + PIECE], results, elsewhere=chance.elsewhere)
                        for start in range(0, len(results), PIECE)])
        if verdict.why or chance.trial or chance.watched:
            await self._heed(verdict, chance)
        return len(texts)

    async def _claim(self, chance: _Chance) -> list[Outbound]:
        """In pieces, each of them a transaction of its own. Those that are claimed are handed over, also where the
        database goes away before the next piece."""
        texts: list[Outbound] = []
        most = 1 if chance.trial else self.gateway.abilities.batch
        while len(texts) < most:
            pressed = self.inbox.pressure.people_wait
            asked = [min(PIECE, most - start) for start in range(len(texts), most, PIECE)][:ABREAST]
            asked = [min(asked[0], PRESSED_PIECE)] if pressed else asked
            pieces = await asyncio.gather(*(self._claim_piece(chance, piece) for piece in asked),
                                          return_exceptions=True)
            failed = [piece for piece in pieces if isinstance(piece, BaseException)]
            claimed = [piece for piece in pieces if isinstance(piece, Claimed)]
            texts += [text for piece in claimed for text in piece.texts]
            if failed and not texts:
                raise failed[0]
            for error in failed:
                if not isinstance(error, TemporarilyAway):  # that was told of
                    log.error("a piece of a claim failed", exc_info=without_values(error))
            if failed or pressed or chance.trial or sum(piece.found for piece in claimed) < sum(asked):
                break
        return texts

    async def _claim_piece(self, chance: _Chance, most: int) -> Claimed:
        name, lease_seconds = self.gateway.name, self.lease_seconds
        async with self.database.session() as db:
            if not await breaker.may_have(db, name, trial=chance.trial, lease_seconds=lease_seconds):
                return Claimed([], [], 0)
            claimed = await claims.claim(db, name, chance.lanes, worker=self.worker, most=most,
                                         lease_seconds=lease_seconds)
            if chance.trial and not claimed.texts:
                await breaker.no_trial(db, name)
            await receipts.after_failures(db, claimed.missed)
        return claimed

    async def _write_down(self, piece: list[Sent], results: list[Sent], *, elsewhere: bool) -> None:
        """Again and again while the database is away: until the lease ends nobody but us knows what the provider
        said. Whoever is told to stop tries once more."""
        await self.inbox.pressure.before_answers()
        until = monotonic() + self.lease_seconds
        while True:
            last = self._stops or monotonic() > until
            try:
                return await self._write(piece, results, elsewhere=elsewhere)
            except TemporarilyAway:
                if last:
                    raise
                await asyncio.sleep(AGAIN_SECONDS)

    async def _write(self, piece: list[Sent], results: list[Sent], *, elsewhere: bool) -> None:
        async with self.database.session() as db:
            await handover.write_down(db, piece, worker=self.worker)
            for batch_id in await fuse.watch(db, piece, among=results, elsewhere=elsewhere):
                log.error("the carrier refuses batch %s: it is paused", batch_id)
            await receipts.after_failures(db, [sent.id for sent in piece
                                               if sent.outcome in (Outcome.REFUSED, Outcome.TRY_LATER)])

    async def _heed(self, verdict: breaker.Verdict, chance: _Chance) -> None:
        async with self.database.session() as db:
            rests = await breaker.heed(db, self.gateway.name, verdict, trial=chance.trial)
            if rests and chance.elsewhere:
                await handover.bring_forward(db, self.gateway.name)

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

    async def _keep(self, found: Poll) -> None:
        """In one transaction, so that a part that could not be read is not kept again when another one cannot be."""
        if not (found.reports or found.unread or found.kept):
            return
        async with self.database.session() as db:
            await take_turn(db, "receipts")
            await keep_unread(db, self.gateway.name, found.unread)
            await receipts.keep(db, self.gateway.name, found.reports)
            await fetched.forget(db, found.kept)

    async def _poll(self) -> Poll:
        with meters.called(self.gateway.name, "poll"):
            return await self.gateway.poll()
