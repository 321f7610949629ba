"""Incoming texts as they arrive: kept before anybody tries to understand them, in the order of their ids."""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, masks
from app.db import Database, Id, Table, core, only, take_turn
from app.residents import vault
from app.residents.vault import Vault, WrongKey
from app.sms.gateways.base import Incoming, Unread

RECENT = 1000  # calls that could not be read, among which one that comes again is looked for
_MOST_KEPT = 400_000  # characters of what could not be read: to look for ID numbers in more holds everybody up


class State(StrEnum):
    STORED = "stored"
    ANSWERED = "answered"
    SILENT = "silent"        # understood or not, and rightly not answered
    DUPLICATE = "duplicate"
    FAILED = "failed"        # our mistake; a call task was made


class Inbound(Table):
    """The order of ids is the order in which texts were stored, in one process or in many.

    `extension` are the digits behind our number to which it was written, where the provider tells (extensions.py).
    `did` is what the deed changed, `needs` why staff should look at it, `handled_at` when they had. Where somebody sent
    an identity number, `text` has it covered, `raw` is empty, and `sealed` keeps both as they came.
    """

    __tablename__ = "inbound"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    gateway: Mapped[str] = mapped_column(String(20))
    provider_id: Mapped[str | None] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(20))
    extension: Mapped[str | None] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    raw: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[str] = mapped_column(String(10), default=State.STORED)
    context: Mapped[str] = mapped_column(String(120), default="")
    intent: Mapped[str] = mapped_column(String(40), default="")
    rule: Mapped[str] = mapped_column(String(60), default="")
    slots: Mapped[dict[str, Any]] = mapped_column(default=dict)
    resident_id: Mapped[int | None] = mapped_column(ForeignKey("resident.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    answered_at: Mapped[datetime | None]
    did: Mapped[dict[str, Any]] = mapped_column(default=dict)
    needs: Mapped[str] = mapped_column(String(14), default="")
    handled_at: Mapped[datetime | None]
    handled_by_id: Mapped[int | None] = mapped_column(Id)
    sealed: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_inbound_pending", "id",
              **only("state = 'stored'")),
        Index(None, "phone", "id"),
        Index(None, "gateway", "provider_id"),
        Index(None, "area_id", "id"),
        Index("ix_inbound_needs", "needs", "id",
              **only("needs <> '' AND handled_at IS NULL")),
        Index(None, "received_at"),  # the office counts the texts of today and those since a batch
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


_inbound = core(Inbound)
# Rows and then their ids: with RETURNING each row is a statement of its own on SQLite, and a trip to its thread. Nobody
# else stores until the transaction ends, so the newest are those.
_KEEP, _NEWEST = insert(_inbound), select(_inbound.c.id).order_by(_inbound.c.id.desc())


async def store(database: Database, texts: Sequence[tuple[str, Incoming]]) -> list[int]:
    """Keep (gateway, text) pairs in one transaction; the order of ids is the order of committing."""
    if not texts:
        return []
    now = clock.now()
    keys = vault.with_key(database.settings.data_key)
    rows = [{"gateway": gateway, "provider_id": text.provider_id[:80] or None, "phone": text.phone,
             "extension": text.extension[:20] or None, **_words(keys, text), "received_at": now}
            for gateway, text in texts]
    async with database.session(first=True) as db:
        await take_turn(db, "arrivals")
        connection = await db.connection()
        await connection.execute(_KEEP, rows)
        newest = list((await connection.execute(_NEWEST.limit(len(rows)))).scalars())
    return newest[::-1]


def _words(keys: Vault, incoming: Incoming) -> dict[str, str | None]:
    """What was written and what the provider sent; where a number stands in it that nobody should send, covered, and
    sealed as it came."""
    text, raw = incoming.text.replace("\x00", ""), incoming.raw.replace("\x00", "")
    hidden = masks.hide(text)
    if hidden == text:
        return {"text": text, "raw": raw, "sealed": None}
    return {"text": hidden, "raw": "", "sealed": keys.seal_text(json.dumps([text, raw]))}


def as_written(keys: Vault, row: Any) -> str:
    """The words of a row as they were written, for the reader: no person sees them, and they are kept nowhere else.
    With another DATA_KEY than then, the covered ones."""
    if row.sealed is None:
        return str(row.text)
    try:
        return str(json.loads(keys.open_text(row.sealed))[0])
    except WrongKey:
        return str(row.text)


async def keep_unreadable(database: Database, gateway: str, *, kind: str, raw: str, problem: str) -> None:
    """A provider's call that could not be read, for staff to look at. Kannel makes such a call again every ten seconds
    for a day: the same one as a recent one is not kept twice."""
    hidden = masks.hide(raw.replace("\x00", "")[:20_000])
    last = select(func.coalesce(func.max(UnreadableCall.id), 0)).scalar_subquery()
    same = select(UnreadableCall.id).where(
        UnreadableCall.id > last - RECENT, UnreadableCall.gateway == gateway, UnreadableCall.kind == kind,
        UnreadableCall.raw == hidden)
    async with database.reading() as db:
        if await db.scalar(same.limit(1)):
            return
    async with database.session() as db:
        await keep_unread(db, gateway, [Unread(kind, raw, problem)])


async def keep_unread(db: AsyncSession, gateway: str, parts: Sequence[Unread]) -> None:
    """What could not be read of what a provider brought, and does not bring again."""
    if parts:
        now = clock.now()
        await db.execute(insert(UnreadableCall), [
            {"gateway": gateway, "kind": part.kind, "problem": part.problem[:200],
             "raw": masks.hide(part.raw.replace("\x00", "")[:_MOST_KEPT]), "received_at": now} for part in parts])
