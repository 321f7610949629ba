"""The embedded default: a carrier that lives in our own tables, with phones as web pages and faults from a seed."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Id, Table, only


class SimulatedMessage(Table):
    """A text that the simulated carrier accepted; `reference` is our message's id."""

    __tablename__ = "simulated_message"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reference: Mapped[int] = mapped_column(Id, unique=True)
    phone: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    segments: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    arrived: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (Index(None, "phone", "id"),)


class SimulatedReceipt(Table):
    """A receipt on its way: it comes due later, perhaps twice, perhaps never."""

    __tablename__ = "simulated_receipt"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(40), default="")
    due_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_simulated_receipt_due", "due_at",
              **only("fetched_at IS NULL")),
    )
