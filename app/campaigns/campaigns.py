"""A campaign: staff say whom they mean and what they want to say; what is sent is a batch."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.audience import filters
from app.audience.filters import Filter
from app.db import Id, Table
from app.sms.batches import Batch
from app.staff.accounts import Officer


class Kind(StrEnum):
    NOTICE = "notice"
    MOBILISE = "mobilise"
    SURVEY = "survey"
    TRANSPORT = "transport"


class Campaign(Table):
    """A draft until it has a batch; from then on nothing of it changes."""

    __tablename__ = "campaign"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(60))
    filter: Mapped[dict[str, Any]]
    text: Mapped[str] = mapped_column(Text, default="")
    listing_id: Mapped[int | None] = mapped_column(Id)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    author: Mapped[Officer] = relationship(lazy="raise_on_sql")
    batch: Mapped[Batch | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (Index(None, "batch_id", unique=True),)

    @property
    def chosen(self) -> Filter:
        return filters.from_json(self.filter)
