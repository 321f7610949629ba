"""Filters that staff keep by name, to use them again."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.audience import filters
from app.audience.filters import Filter
from app.db import Id, Table
from app.errors import Refused
from app.i18n import _
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

NAME_LENGTH = 40


class SavedAudience(Table):
    """One name in one area; whoever works there may use it."""

    __tablename__ = "audience"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    filter: Mapped[dict[str, Any]]
    author_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (Index(None, "area_id", "name", unique=True),)

    @property
    def chosen(self) -> Filter:
        return filters.from_json(self.filter)


async def save(db: AsyncSession, name: str, chosen: Filter, *, by: Officer) -> SavedAudience:
    """Keep a filter under this name in the officer's area; what had the name there before is replaced."""
    require(by, May.PUSH)
    name = name.strip()
    if not 0 < len(name) <= NAME_LENGTH:
        raise Refused(_("Please give a name of at most {most} characters."), field="name", most=NAME_LENGTH)
    kept = filters.checked(chosen).to_json()
    saved = await db.scalar(select(SavedAudience).where(SavedAudience.area_id == by.area_id,
                                                        SavedAudience.name == name).with_for_update())
    if saved is None:
        saved = SavedAudience(area_id=by.area_id, name=name, filter=kept, author_id=by.id)
        db.add(saved)
    else:
        saved.filter, saved.author_id, saved.changed_at = kept, by.id, clock.now()
    await db.flush()
    audit.record(db, "save_audience", saved, by=by, parts=sorted(kept))
    return saved


async def forget(db: AsyncSession, saved: SavedAudience, *, by: Officer) -> None:
    """The name is free again; what was sent with it stays as it was."""
    require(by, May.PUSH)
    audit.record(db, "forget_audience", saved, by=by)
    await db.delete(saved)
