"""The outbox: one row per text, born in the transaction of the deed that caused it. States only move forward.

Nothing else talks to a provider. What has perhaps been accepted is never sent again blindly: it is `unknown` until a
receipt, or the provider's own list, says what became of it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Id, Table, core, only, settings_of
from app.settings import Settings
from app.sms import length

UNSURE_HOURS = 72  # receipts come within 72 hours (Huawei's statement); after that nobody will tell us
ALARM = "alarm"  # in a message's memory: for an officer as such, even where the phone is a resident's, too


class Status(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"      # claimed by a worker, perhaps handed over
    ACCEPTED = "accepted"    # the provider took it; it has not arrived yet
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"      # nobody knows whether the provider took it
    WITHDRAWN = "withdrawn"  # never left: stopped, full, too late


MOVES: dict[str, frozenset[str]] = {
    Status.QUEUED: frozenset({Status.SENDING, Status.WITHDRAWN}),
    Status.SENDING: frozenset({Status.QUEUED, Status.ACCEPTED, Status.DELIVERED, Status.FAILED, Status.UNKNOWN}),
    Status.ACCEPTED: frozenset({Status.DELIVERED, Status.FAILED, Status.UNKNOWN}),
    Status.UNKNOWN: frozenset({Status.QUEUED, Status.ACCEPTED, Status.DELIVERED, Status.FAILED}),
    Status.DELIVERED: frozenset(),
    Status.FAILED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}


class Priority(IntEnum):
    REPLY = 0    # answers and codes
    SERVICE = 5  # news of a held place: promoted, changed, reminder
    BULK = 9


class Purpose(StrEnum):
    ANSWER = "answer"    # to the person's own text; goes even after stop
    CODE = "code"        # asked for; goes even after stop
    SERVICE = "service"  # about a held place; after stop a person telephones instead
    PUSH = "push"        # needs consent, waits in quiet hours, counts against the daily limit


class Message(Table):
    """`asks` is the reader's context, such as push:23; `addressed` are the people meant; `memory` is what the
    question must remember until its answer comes."""

    __tablename__ = "message"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    segments: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(8))
    priority: Mapped[int]
    gateway: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(10), default=Status.QUEUED)
    reason: Mapped[str] = mapped_column(String(40), default="")
    next_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(60))
    lease_until: Mapped[datetime | None]
    provider_id: Mapped[str | None] = mapped_column(String(80))
    asks: Mapped[str] = mapped_column(String(120), default="")
    addressed: Mapped[list[int]]
    memory: Mapped[dict[str, Any]]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    listing_id: Mapped[int | None] = mapped_column(Id)
    inbound_id: Mapped[int | None] = mapped_column(Id)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_message_due", "gateway", "priority", "next_at", "id",
              **only("status = 'queued'")),
        Index("ix_message_leased", "lease_until",
              **only("status = 'sending'")),
        Index("ix_message_waiting", "sent_at",
              **only("status = 'accepted'")),
        Index("ix_message_unknown", "gateway", "id",
              **only("status = 'unknown'")),
        Index(None, "phone", "id"),
        Index(None, "batch_id", "status"),
        Index("ix_message_gateway_provider_id", "gateway", "provider_id",
              **only("provider_id IS NOT NULL")),
        Index("ix_message_inbound_id", "inbound_id",
              **only("inbound_id IS NOT NULL")),
        Index("ix_message_listing_queued", "listing_id",
              **only("status = 'queued' AND listing_id IS NOT NULL")),
        Index("ix_message_pushed", "sent_at", "phone",
              **only("purpose = 'push'")),
        Index("ix_message_failed", "ended_at",
              **only("status = 'failed'")),
        Index("ix_message_unsettled", "gateway", "id",
              **only("status = 'unknown' AND reason <> 'cannot_tell'")),
    )


class Attempt(Table):
    """One try to hand a text over: to which gateway, and what the provider said, in its own words."""

    __tablename__ = "attempt"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(40), default="")
    gateway: Mapped[str | None] = mapped_column(String(20))

    __table_args__ = (UniqueConstraint("message_id", "number"),)


class Receipt(Table):
    """What a provider told us about a text, kept raw before it is understood."""

    __tablename__ = "receipt"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    gateway: Mapped[str] = mapped_column(String(20))
    provider_id: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(40), default="")
    code: Mapped[str] = mapped_column(String(40), default="")
    raw: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    applied_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "gateway", "provider_id"),
        Index("ix_receipt_pending", "id",
              **only("applied_at IS NULL")),
    )


async def queue(db: AsyncSession, *, to: str, text: str, purpose: Purpose, **facts: Any) -> Message:
    """Write a text down; it leaves after the caller's transaction has committed. `facts` as in `written`."""
    message = Message(**written(settings_of(db), to=to, text=text, purpose=purpose, **facts))
    db.add(message)
    await db.flush()
    return message


async def queue_all(db: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """Write many texts down at once, each made by `written`."""
    if rows:
        await (await db.connection()).execute(insert(core(Message)), rows)


def written(settings: Settings, *, to: str, text: str, purpose: Purpose, asks: str = "",
            addressed: Sequence[int] = (), memory: dict[str, Any] | None = None, area_id: int | None = None,
            listing_id: int | None = None, inbound_id: int | None = None, not_before: datetime | None = None,
            expires_at: datetime | None = None, came_by: str = "") -> dict[str, Any]:
    """The row of a text to be queued.

    The signature of the station is put in front here and nowhere else. `not_before` is a moment, such as the end of
    the quiet hours; after `expires_at` the text is withdrawn instead of sent. `came_by` is the gateway that brought
    what is answered: whoever asked knows that number, so the answer leaves from it if it may.
    """
    now = clock.now()
    body = sign(text, settings.sms_signature)
    return {
        "phone": to, "body": body, "segments": length.measure(body).segments, "purpose": purpose,
        "priority": Priority.REPLY if purpose in (Purpose.ANSWER, Purpose.CODE) else Priority.SERVICE,
        "gateway": came_by if came_by in settings.reply_gateways else settings.reply_gateways[0],
        "status": Status.QUEUED, "reason": "", "attempts": 0,
        "next_at": max(not_before or now, now), "expires_at": expires_at, "asks": asks, "addressed": list(addressed),
        "memory": memory or {}, "area_id": area_id, "listing_id": listing_id, "inbound_id": inbound_id,
        "created_at": now}


def sign(text: str, signature: str) -> str:
    """【station】 in front, as mainland carriers demand."""
    return f"【{signature}】{text}"


async def withdraw_pushes(db: AsyncSession, phone: str, *, reason: str) -> None:
    """Take back every push to a number that has not left yet."""
    await db.execute(update(Message).where(
        Message.phone == phone, Message.status == Status.QUEUED, Message.purpose == Purpose.PUSH)
        .values(status=Status.WITHDRAWN, reason=reason, ended_at=clock.now()))


async def withdraw_waiting(db: AsyncSession, phone: str, *, reason: str) -> list[int]:
    """Take back what staff said to a number, and what they put right, that has not left yet; returns the ids. Answers
    to its own texts leave as they come: what waits for a later hour is none. Alarms leave in any case."""
    queued = await db.scalars(select(Message).where(
        Message.phone == phone, Message.status == Status.QUEUED, Message.purpose == Purpose.ANSWER,
        Message.inbound_id.is_(None) | (Message.next_at > clock.now())))
    ids = [message.id for message in queued if ALARM not in message.memory]
    return list(await db.scalars(
        update(Message).where(Message.id.in_(ids), Message.status == Status.QUEUED)
        .values(status=Status.WITHDRAWN, reason=reason, ended_at=clock.now()).returning(Message.id)))


async def withdraw_listing(db: AsyncSession, listing_id: int, *, reason: str) -> None:
    """Take back every push for a listing that has not left yet: it is full, or called off."""
    await db.execute(update(Message).where(
        Message.listing_id == listing_id, Message.status == Status.QUEUED, Message.purpose == Purpose.PUSH)
        .values(status=Status.WITHDRAWN, reason=reason, ended_at=clock.now()))


def not_ended(now: datetime) -> ColumnElement[bool]:
    """The condition on Message: something may still become of it. One that is unknown has ended once nobody will say
    any more what became of it."""
    unsure = and_(Message.status == Status.UNKNOWN, Message.reason != "cannot_tell",
                  Message.sent_at > now - timedelta(hours=UNSURE_HOURS))
    return or_(Message.status.in_((Status.QUEUED, Status.SENDING, Status.ACCEPTED)), unsure)


async def recent(db: AsyncSession, phones: Sequence[str], *, hours: int = 72,
                 before: datetime | None = None) -> dict[str, list[Message]]:
    """What each phone was told lately, or within those hours before a moment, and has not been withdrawn or refused,
    newest first (at most 20 each): by when it left or is to leave, for a text may have been written days before. Alarms
    are for an officer, and no part of a resident's conversation."""
    told_at = func.coalesce(Message.sent_at, Message.next_at)
    found: dict[str, list[Message]] = {phone: [] for phone in phones}
    chosen = select(Message).where(Message.phone.in_(phones),
                                   told_at > (before or clock.now()) - timedelta(hours=hours),
                                   Message.status.not_in((Status.WITHDRAWN, Status.FAILED)))
    if before is not None:
        chosen = chosen.where(told_at <= before)
    for message in await db.scalars(chosen.order_by(told_at.desc(), Message.id.desc())):
        if len(found[message.phone]) < 20 and ALARM not in message.memory:
            found[message.phone].append(message)
    return found
