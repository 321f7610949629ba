"""What became of texts that were handed over, or perhaps were: written down claim by claim. Leases outlive no process.

Every statement here works on a whole claim; the same ones run on SQLite, where the writing transaction is alone, and
on PostgreSQL, where `SKIP LOCKED` lets many workers claim side by side.
"""

import hashlib
import os
import secrets
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    bindparam,
    func,
    insert,
    literal,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app import clock, pairs
from app.db import core, settings_of
from app.settings import QuietHours
from app.sms import batches, quiet
from app.sms.gateways.base import Outbound, Outcome, Reason, Sent
from app.sms.outbox import UNSURE_HOURS, Attempt, Message, Priority, Purpose, Status

MOST_ATTEMPTS = 10  # over two hours
LONGEST_BACK_OFF = timedelta(hours=1)
SLACK = timedelta(seconds=30)  # by which the clocks of two machines may differ

_message, _attempt = core(Message), core(Attempt)
_TOLD = pairs.joined("told")
_END = ("status", "reason", "next_at", "sent_at", "ended_at")
_QUEUED: ColumnElement[str] = literal_column("'queued'")  # a literal, so that PostgreSQL uses the partial index

# One statement each for a whole claim.
_HELD = (select(_message.c.id, _message.c.attempts, _message.c.purpose, _message.c.expires_at)
         .join_from(_TOLD, _message, _message.c.id == _TOLD.c.number)
         .where(_message.c.worker == bindparam("worker"), _message.c.status == literal_column("'sending'"))
         .with_for_update(of=_message))
_HOLDS = select(func.count()).select_from(_HELD.with_only_columns(_message.c.id).subquery())
_TRIED = insert(_attempt).from_select(
    ["message_id", "number", "at", "outcome", "code", "gateway"],
    select(_message.c.id, _message.c.attempts, bindparam("at", type_=_attempt.c.at.type),
           bindparam("outcome", type_=String()), _TOLD.c.word, _message.c.gateway).join_from(_TOLD, _message,
                                                                       _message.c.id == _TOLD.c.number))
_ENDED = (update(_message).where(_message.c.id == _TOLD.c.number)
          .values({**{name: bindparam(name, type_=_message.c[name].type) for name in _END},
                   # A receipt may have named it before the answer came, or instead of it.
                   "provider_id": func.coalesce(func.nullif(_TOLD.c.word, ""), _message.c.provider_id),
                   "worker": None, "lease_until": None}))


def worker_name() -> str:
    """place:pid:token; lets a later process of the same place see that this one is dead."""
    return f"{_place()}:{os.getpid()}:{secrets.token_hex(4)}"


async def write_down(db: AsyncSession, results: Sequence[Sent], *, worker: str) -> None:
    """What became of claimed texts; rows that another worker has taken over meanwhile are left alone."""
    now, connection = clock.now(), await db.connection()
    mine, held = results, await _held(connection, results, worker)
    if held is not None:
        mine = [sent for sent in results if sent.id in held]
    for outcome, codes in _alike((sent.outcome, sent.id, sent.code[:40]) for sent in mine):
        await connection.execute(_TRIED, {"at": now, "outcome": outcome, "told": pairs.bound(codes)})
    rows = ((_end(sent, held and held[sent.id], settings_of(db).quiet_hours, now), sent.id, sent.provider_id)
            for sent in mine)
    for end, provider_ids in _alike(rows):
        await connection.execute(_ENDED, {**dict(zip(_END, end, strict=True)), "told": pairs.bound(provider_ids)})
    await _keep_stopped(db, [sent.id for sent in mine if sent.outcome == Outcome.TRY_LATER])


async def _held(connection: AsyncConnection, results: Sequence[Sent], worker: str) -> dict[int, Any] | None:
    """Lock those of these texts that the worker still holds, and return what has to be known of each. None where it
    holds all of them and nothing has to be known, as is the rule."""
    told = {"worker": worker, "told": pairs.bound({sent.id: "" for sent in results})}
    is_simple = all(sent.outcome != Outcome.TRY_LATER for sent in results)
    if is_simple and (await connection.execute(_HOLDS, told)).scalar_one() == len(results):
        return None
    return {row.id: row for row in await connection.execute(_HELD, told)}


async def expire(db: AsyncSession, *, dead: Sequence[str] = (), longest: timedelta | None) -> int:
    """Texts whose worker is dead, or let its lease end: perhaps they were handed over, so they are unknown now. A
    lease that ends later than the `longest` can was written by a clock that has been set back since. Without a
    `longest` nobody's clock is believed, and only the dead lose their texts."""
    now = clock.now()
    over: ColumnElement[bool] = _message.c.worker.in_(dead)
    if longest is not None:
        over |= (_message.c.lease_until < now) | (_message.c.lease_until > now + longest + SLACK)
    return await _lose(db, over, now)


async def expire_forgotten(db: AsyncSession, *, before: datetime) -> int:
    """The same for texts whose lease was over at that moment, whoever held them; returns how many."""
    return await _lose(db, _message.c.lease_until < before, clock.now())


async def _lose(db: AsyncSession, over: ColumnElement[bool], now: datetime) -> int:
    where = (_message.c.status == literal_column("'sending'")) & over
    await db.execute(insert(_attempt).from_select(
        ["message_id", "number", "at", "outcome", "code", "gateway"],
        select(_message.c.id, _message.c.attempts, literal(now, _attempt.c.at.type),
               literal_column("'unknown'"), literal_column("'lease'"), _message.c.gateway).where(where)))
    done = await db.execute(update(_message).where(where).values(
        status=Status.UNKNOWN, reason="lease", worker=None, lease_until=None, sent_at=now))
    return int(done.rowcount)  # type: ignore[attr-defined]  # every UPDATE has one


async def dead_workers(db: AsyncSession, *, me: str) -> list[str]:
    """Workers of this host that hold texts although their process is gone."""
    rows = await db.scalars(select(_message.c.worker).where(
        _message.c.status == literal_column("'sending'"), _message.c.worker.is_not(None)).distinct())
    return [worker for worker in rows if worker and worker != me and _is_dead(worker, me)]


async def unsure(db: AsyncSession, gateway: str, *, most: int) -> list[Outbound]:
    """Unknown texts about which the provider has not been asked yet."""
    rows = await db.execute(
        select(_message.c.id, _message.c.phone, _message.c.body, _message.c.segments, _message.c.attempts)
        .where(_message.c.status == literal_column("'unknown'"), _message.c.gateway == gateway,
               _message.c.reason != literal_column("'cannot_tell'")).order_by(_message.c.id).limit(most))
    return [Outbound(row.id, row.phone, row.body, row.segments, row.attempts) for row in rows]


async def settle(db: AsyncSession, found: Sequence[Sent], *, asked: Sequence[Outbound] = ()) -> None:
    """What the provider's own list says about unknown texts: it has them, or surely not, or it cannot tell.

    The answer to a question that was `asked` before the text's last attempt says nothing about that attempt. Without
    a question it is a receipt that names the text: who still holds it writes down himself what became of it, and where
    he cannot, its id is known all the same.
    """
    now = clock.now()
    attempts = {text.id: text.attempts for text in asked}
    for sent in found:
        values: dict[str, Any] = {"reason": "cannot_tell"}
        if sent.outcome == Outcome.ACCEPTED:
            values = {"status": Status.ACCEPTED, "reason": "", "provider_id": sent.provider_id, "sent_at": now}
            if sent.id not in attempts:
                await db.execute(update(_message).where(_message.c.id == sent.id, _message.c.status == Status.SENDING)
                                 .values(provider_id=sent.provider_id))
        elif sent.outcome == Outcome.TRY_LATER:
            values = {"status": Status.QUEUED, "reason": "", "next_at": now, "sent_at": None}
        same = _message.c.attempts == attempts[sent.id] if sent.id in attempts else true()
        await db.execute(update(_message).where(_message.c.id == sent.id, _message.c.status == Status.UNKNOWN, same)
                         .values(**values))
    await _keep_stopped(db, [sent.id for sent in found if sent.outcome == Outcome.TRY_LATER])


async def bring_forward(db: AsyncSession, gateway: str) -> None:
    """Answers that this gateway put off leave at once, as another one takes them now."""
    now = clock.now()
    await db.execute(update(_message).where(
        _message.c.gateway == gateway, _message.c.status == _QUEUED, _message.c.attempts > 0,
        _message.c.priority == literal_column(str(int(Priority.REPLY))), _message.c.next_at > now,
        _message.c.next_at <= now + LONGEST_BACK_OFF).values(next_at=now))


async def put_right(db: AsyncSession) -> None:
    """Texts that were due when a clock that ran ahead wrote them down, or tried them, are due now that it has been put
    back. What waits for a certain hour, such as the morning, goes on waiting for that hour."""
    now = clock.now()
    at_once = (_message.c.created_at > now) & (_message.c.next_at <= _message.c.created_at)
    again = ((_message.c.attempts > 0) & (_message.c.next_at > now + LONGEST_BACK_OFF)
             & (_message.c.purpose != Purpose.SERVICE))
    await db.execute(update(_message).where(_message.c.status == _QUEUED, _message.c.next_at > now, at_once | again)
                     .values(next_at=now))


async def give_up_waiting(db: AsyncSession) -> int:
    """Accepted texts without a receipt for 72 hours: what became of them is not known. Returns how many texts nobody
    will ask about any more."""
    now = clock.now()
    long_ago = _message.c.sent_at < now - timedelta(hours=UNSURE_HOURS)
    done = await db.execute(update(_message).where(_message.c.status == literal_column("'accepted'"), long_ago)
                            .values(status=Status.UNKNOWN, reason="cannot_tell"))
    # What is unknown for so long is not asked about any more: what it says may be true no longer.
    asked = await db.execute(update(_message).where(
        _message.c.status == literal_column("'unknown'"), long_ago,
        _message.c.reason != literal_column("'cannot_tell'")).values(reason="cannot_tell"))
    return int(done.rowcount + asked.rowcount)  # type: ignore[attr-defined]  # every UPDATE has one


def back_off(attempts: int) -> timedelta:
    """How long a text waits after so many refusals that may pass: 15 seconds, doubling, at most an hour."""
    return min(timedelta(seconds=15 * 2 ** (attempts - 1)), LONGEST_BACK_OFF)


async def _keep_stopped(db: AsyncSession, back: list[int]) -> None:
    """Texts that came back into the queue, because the carrier has not taken them: whose batch was stopped meanwhile
    is withdrawn like the rest of it."""
    if not back:
        return
    mine = _message.c.id.in_(back) & (_message.c.status == _QUEUED)
    stopped = await batches.stopped_among(db, await db.scalars(
        select(_message.c.batch_id).where(mine, _message.c.batch_id.is_not(None))))
    if stopped:
        await db.execute(update(_message).where(mine, _message.c.batch_id.in_(stopped)).values(
            status=Status.WITHDRAWN, reason="batch_stopped", ended_at=clock.now()))


def _end(sent: Sent, held: Any, hours: QuietHours | None, now: datetime) -> tuple[Any, ...]:
    """What a text becomes, in the order of _END: the same for most of a claim."""
    if sent.outcome == Outcome.ACCEPTED:
        return Status.ACCEPTED.value, sent.reason, now, now, None
    if sent.outcome == Outcome.UNKNOWN:
        return Status.UNKNOWN.value, "unsure", now, now, None
    if sent.outcome == Outcome.TRY_LATER and held.attempts < MOST_ATTEMPTS:
        return Status.QUEUED.value, sent.reason, _again(held, hours, now), None, None
    reason = sent.reason or (Reason.BUSY if sent.outcome == Outcome.TRY_LATER else Reason.OTHER)
    return Status.FAILED.value, str(reason), now, now, now


def _alike(rows: Iterable[tuple[Any, int, str]]) -> Iterator[tuple[Any, dict[int, str]]]:
    """(what they share, id, word) as (what they share, words by id)."""
    found: dict[Any, dict[int, str]] = {}
    for shared, row_id, word in rows:
        found.setdefault(shared, {})[row_id] = word
    return iter(found.items())


def _again(held: Any, hours: QuietHours | None, now: datetime) -> datetime:
    """When to try again. News that a later try would bring at night waits for the morning, unless that is too late."""
    later = now + back_off(held.attempts)
    morning = quiet.opening(hours, later)
    waits = held.purpose == Purpose.SERVICE and (held.expires_at is None or morning < held.expires_at)
    return morning if waits else later


def _place() -> str:
    """Where process numbers mean something: the host, since it started, and the container's own numbering."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii"))
    with suppress(OSError):
        parts.append(os.readlink("/proc/self/ns/pid"))
    return f"{parts[0][:20]}-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:12]}"


def _is_dead(worker: str, me: str) -> bool:
    host, pid, _token = worker.rsplit(":", 2)
    my_host, my_pid, _mine = me.rsplit(":", 2)
    if host != my_host:
        return False
    if pid == my_pid:
        return True  # our own number, from an earlier life
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
