"""One bulk send: author, text, recipients, approval, state, counts. Pushes make one, and so does everything in bulk."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.db import Id, Table
from app.staff.accounts import Officer


class State(StrEnum):
    AWAITING_APPROVAL = "awaiting_approval"
    QUEUED = "queued"
    HELD = "held"          # quiet hours carry it to the morning
    PAUSED = "paused"
    STOPPED = "stopped"
    REFUSED = "refused"    # the second officer said no
    FINISHED = "finished"


class Batch(Table):
    """`digest` binds an approval to exactly these texts for exactly these numbers. `left_out` counts people by
    reason; `people` and `texts` differ where a phone is shared."""

    __tablename__ = "batch"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    listing_id: Mapped[int | None] = mapped_column(Id, index=True)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20))
    texts: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    segments: Mapped[int] = mapped_column(default=0)
    price_fen: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64), default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    approved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    author: Mapped[Officer] = relationship(lazy="raise_on_sql", foreign_keys=[author_id])


class Recipient(Table):
    """One phone of a batch and the exact text it gets."""

    __tablename__ = "recipient"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    phone: Mapped[str] = mapped_column(String(20))
    body: Mapped[str] = mapped_column(Text)
    segments: Mapped[int]
    addressed: Mapped[list[int]]

    __table_args__ = (Index(None, "batch_id", "phone", unique=True),)


class Reason(Table):
    """Why this person was told: kept per person, for whoever asks "why did I get this?"."""

    __tablename__ = "reason"
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone: Mapped[str] = mapped_column(String(20))
    why: Mapped[list[str]]

    __table_args__ = (Index(None, "resident_id", "batch_id"),)
