"""One incoming text: kept raw, then read, then its deed and its answer in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Database, Id, Table, only
from app.sms.gateways.base import Incoming


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


class Inbox:
    """Stores incoming texts in groups and answers them, in the background of one process."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def start(self) -> None:
        raise NotImplementedError

    async def stop(self) -> None:
        raise NotImplementedError

    async def receive(self, gateway: str, texts: Sequence[Incoming]) -> list[int]:
        """Keep the texts; returns their ids once they are committed."""
        raise NotImplementedError
