"""People who have difficulty finding work: the categories are set by each province, so they are rows, not code."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Id, Table


class HardshipCategory(Table):
    """One entry of the list, such as DL 大龄, with the days on which it counts."""

    __tablename__ = "hardship_category"
    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60), default="")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]


class Hardship(Table):
    """Somebody was recognised in a category: on what ground, from when until when."""

    __tablename__ = "hardship"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"))
    code: Mapped[str] = mapped_column(ForeignKey("hardship_category.code"))
    ground: Mapped[str] = mapped_column(String(100), default="")
    since: Mapped[date | None]
    until: Mapped[date | None]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))

    __table_args__ = (Index(None, "resident_id", "code"), Index(None, "code", "resident_id"))


async def categories(db: AsyncSession, day: date) -> list[HardshipCategory]:
    """The list as it counts on that day."""
    c = HardshipCategory
    return list(await db.scalars(select(c).where(or_(c.valid_from.is_(None), c.valid_from <= day),
                                                 or_(c.valid_until.is_(None), c.valid_until >= day)).order_by(c.code)))
