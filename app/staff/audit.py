"""Who among the staff did what to what, and when. Rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.db import Id, Table
from app.staff.accounts import Officer


class Audit(Table):
    """`detail` names fields and counts, never a phone, a name or an ID number."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    verb: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int | None] = mapped_column(Id)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    detail: Mapped[dict[str, Any]]

    __table_args__ = (Index(None, "subject", "subject_id"), Index(None, "officer_id", "at"))


def record(db: AsyncSession, verb: str, subject: Table | None = None, *, by: Officer, **detail: Any) -> None:
    """Add the row to the deed's own transaction. The subject must have its id already."""
    db.add(Audit(officer_id=by.id, verb=verb, subject=subject.__tablename__ if subject else "",
                 subject_id=getattr(subject, "id", None), area_id=getattr(subject, "area_id", by.area_id),
                 detail=detail))
