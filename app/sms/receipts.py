"""Receipts: what providers say about texts that they took. Kept raw first; they may come early, twice, out of order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, meters
from app.calls import calls
from app.calls.calls import Why
from app.db import core
from app.residents import residents
from app.sms import consent, handover
from app.sms.consent import Word
from app.sms.gateways.base import Outcome, Reason, Report, Sent
from app.sms.outbox import MOVES, Message, Purpose, Receipt, Status

_message, _receipt = core(Message), core(Receipt)
_PIECE = 5000
ENDS = (Status.DELIVERED, Status.FAILED)


@dataclass(frozen=True)
class _Match:
    """A receipt beside the text that it is about."""

    receipt_id: int
    message_id: int
    status: str
    reason: str


async def keep(db: AsyncSession, gateway: str, reports: Sequence[Report]) -> None:
    """Write the receipts down as they came, understood or not."""
    if reports:
        now = clock.now()
        await db.execute(insert(Receipt), [
            {"gateway": gateway, "provider_id": report.provider_id[:80], "status": report.status,
             "reason": report.reason, "code": report.code[:40], "raw": report.raw, "received_at": now}
            for report in reports])
        await _settle_unsure(db, gateway, [report for report in reports if report.phone and report.submitted_at])


async def apply_kept(db: AsyncSession, *, most: int = 1000) -> int:
    """Move texts forward by the receipts that have not been applied; returns how many receipts found their text.

    A receipt that came before our own note of the provider's id stays for the next time, and so does one of a text
    that somebody still holds: first it is written down that it was handed over.
    """
    rows = (await db.execute(
        select(_receipt.c.id, _message.c.id, _receipt.c.status, _receipt.c.reason)
        .join(_message, (_message.c.gateway == _receipt.c.gateway) & (_message.c.provider_id == _receipt.c.provider_id))
        .where(_receipt.c.applied_at.is_(None), _message.c.status != Status.SENDING)
        .order_by(_receipt.c.id).limit(most))).all()
    matches = [_Match(*row) for row in rows]
    if not matches:
        return 0
    failed: list[int] = []
    for (status, reason), ids in _grouped(matches).items():
        moved = await _move(db, ids, status, reason)
        meters.RECEIPTS.labels(status).inc(len(ids))
        failed += moved if status == Status.FAILED else []
    await db.execute(update(_receipt).where(_receipt.c.id.in_([match.receipt_id for match in matches]))
                     .values(applied_at=clock.now()))
    await after_failures(db, failed)
    return len(matches)


async def give_up(db: AsyncSession) -> None:
    """Receipts that found no text within 72 hours belong to nobody here; they stay, but are not looked for again."""
    await db.execute(update(_receipt).where(_receipt.c.applied_at.is_(None),
                                            _receipt.c.received_at < clock.now() - timedelta(hours=72))
                     .values(applied_at=clock.now()))


async def after_failures(db: AsyncSession, message_ids: Sequence[int]) -> None:
    """What follows when texts did not arrive, or may not be sent any more: an opt-out at the carrier counts, a number
    that does not exist is marked, and what was said of a place, unasked or asked, is told by telephone instead."""
    if not message_ids:
        return
    failed = await db.scalars(select(Message).where(
        Message.id.in_(message_ids), Message.status.in_((Status.FAILED, Status.WITHDRAWN))))
    for message in failed:
        if message.reason == Reason.OPTED_OUT and not await consent.stopped_all(db, message.phone):
            await consent.say_of_all(db, message.phone, Word.STOPPED, source="carrier", ground=message.gateway)
        if message.reason == Reason.NO_SUCH_NUMBER:
            await residents.mark_wrong_phone(db, message.phone)
        if message.purpose == Purpose.SERVICE or (message.purpose == Purpose.ANSWER and message.listing_id):
            for resident_id in message.addressed:
                person = await residents.get(db, resident_id)
                await calls.ask(db, Why.FAILED_TEXT, phone=message.phone, resident=person, said=message.body,
                                listing_id=message.listing_id)


async def _settle_unsure(db: AsyncSession, gateway: str, reports: Sequence[Report]) -> None:
    """A receipt of no text that we know, for a phone with one text of which nobody knew whether it was taken, handed
    over at about that time: it was, and this is its id. With two such texts, or one on its way, or two such receipts,
    nobody can say which."""
    known: set[str | None] = set()
    for ids in _pieces([report.provider_id for report in reports]):
        known.update(await db.scalars(select(_message.c.provider_id).where(
            _message.c.gateway == gateway, _message.c.provider_id.in_(ids))))
    strange: dict[str, list[Report]] = {}
    for report in reports:
        if report.provider_id not in known:
            strange.setdefault(report.phone, []).append(report)
    waiting: dict[str, list[Any]] = {}
    for phones in _pieces(list(strange)):
        for row in await db.execute(
                select(_message.c.id, _message.c.phone, _message.c.status, _message.c.sent_at).where(
                    _message.c.phone.in_(phones), _message.c.gateway == gateway, _message.c.provider_id.is_(None),
                    _message.c.status.in_((Status.SENDING, Status.UNKNOWN)))):
            waiting.setdefault(row.phone, []).append(row)
    settled = []
    for phone, rows in waiting.items():
        fit = {report.provider_id for report in strange[phone] if _fits(rows[0].sent_at, report.submitted_at)}
        if len(rows) == len(fit) == 1 and rows[0].status == Status.UNKNOWN:
            settled.append(Sent(rows[0].id, Outcome.ACCEPTED, fit.pop()))
    await handover.settle(db, gateway, settled)


def _pieces(words: list[str]) -> Iterator[list[str]]:
    """A push may hold tens of thousands, and PostgreSQL takes 32,767 values in a statement."""
    return (words[start:start + _PIECE] for start in range(0, len(words), _PIECE))


def _fits(sent_at: datetime | None, submitted_at: datetime | None) -> bool:
    """Our own note is made when the call has ended, or its lease; and two clocks differ."""
    return (sent_at is not None and submitted_at is not None
            and sent_at - timedelta(minutes=10) <= submitted_at <= sent_at + timedelta(minutes=2))


def _grouped(matches: Sequence[_Match]) -> dict[tuple[str, str], list[int]]:
    groups: dict[tuple[str, str], list[int]] = {}
    for match in matches:
        groups.setdefault((match.status, match.reason), []).append(match.message_id)
    # An end comes before a step on the way, so that the order of arrival does not matter.
    return dict(sorted(groups.items(), key=lambda item: item[0][0] not in ENDS))


async def _move(db: AsyncSession, ids: list[int], status: str, reason: str) -> list[int]:
    """Returns the texts that moved: the same receipt again moves none."""
    before = [state for state, moves in MOVES.items() if status in moves]
    values: dict[str, Any] = {"status": status, "reason": reason}
    if status in ENDS:
        values["ended_at"] = clock.now()
    return list(await db.scalars(update(_message).where(_message.c.id.in_(ids), _message.c.status.in_(before))
                                 .values(**values).returning(_message.c.id)))
