"""Households: who lives behind one door. A household is not a flat; two may share one."""

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Id, Table
from app.org.areas import Area


class Household(Table):
    """`area_id` is the building, or the community while the building is unknown; `number` is the register's own."""

    __tablename__ = "household"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    number: Mapped[str] = mapped_column(String(40), default="")
    unit: Mapped[str] = mapped_column(String(10), default="")
    room: Mapped[str] = mapped_column(String(20), default="")
    origin: Mapped[str] = mapped_column(String(60), default="")

    __table_args__ = (Index(None, "area_id", "unit", "room"), Index(None, "number"))


async def behind(db: AsyncSession, area: Area, *, unit: str, room: str) -> Household:
    """The first household behind that door; a new one when there is none, or when no room says which door."""
    found = None
    if room:
        found = await db.scalar(select(Household).where(
            Household.area_id == area.id, Household.unit == unit, Household.room == room)
            .order_by(Household.id).limit(1))
    if found is None:
        found = Household(area_id=area.id, unit=unit, room=room)
        db.add(found)
        await db.flush()
    return found
