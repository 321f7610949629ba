"""The tree of areas, province to building. A path such as /1/5/9/ makes "everything inside" one range of an index."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, String, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Id, Path_, Table
from app.errors import Refused
from app.i18n import _


class Level(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    BUILDING = "building"


class Area(Table):
    """One node of the tree. `code` is what commands and pages name it by; `phone` is its station's help line; `lat` and
    `lng` say where a building, or the station of a community, is."""

    __tablename__ = "area"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    level: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    path: Mapped[str] = mapped_column(Path_, index=True)
    phone: Mapped[str] = mapped_column(String(20), default="")
    lat: Mapped[float | None]
    lng: Mapped[float | None]

    def contains(self, other: "Area") -> bool:
        return other.path.startswith(self.path)


def inside(area: Area) -> ColumnElement[bool]:
    """The condition on Area: this node or anything below it."""
    return and_(Area.path >= area.path, Area.path < area.path[:-1] + "0")  # "0" is the character after "/"


async def add(db: AsyncSession, *, level: Level, code: str, name: str, parent: Area | None = None,
              phone: str = "") -> Area:
    """Put a new node below its parent. Raises Refused when the code is taken."""
    if await by_code(db, code) is not None:
        raise Refused(_("The area code {code} is taken."), code=code)
    area = Area(level=level, code=code, name=name, parent_id=parent.id if parent else None, path="", phone=phone)
    db.add(area)
    await db.flush()
    area.path = f"{parent.path if parent else '/'}{area.id}/"
    await db.flush()
    return area


async def by_code(db: AsyncSession, code: str) -> Area | None:
    return await db.scalar(select(Area).where(Area.code == code))


async def get(db: AsyncSession, area_id: int) -> Area:
    return await db.get_one(Area, area_id)


async def above(db: AsyncSession, area: Area) -> list[Area]:
    """The nodes from the root down to this one, itself included."""
    ids = [int(part) for part in area.path.strip("/").split("/")]
    found = {row.id: row for row in await db.scalars(select(Area).where(Area.id.in_(ids)))}
    return [found[i] for i in ids if i in found]


async def community_of(db: AsyncSession, area: Area) -> Area:
    """The community in which the area lies; itself when it is one, or when it lies above all communities."""
    for node in await above(db, area):
        if node.level == Level.COMMUNITY:
            return node
    return area


async def communities_of(db: AsyncSession, area_ids: Iterable[int]) -> dict[int, Area]:
    """The same for many areas at once, by their ids."""
    asked = {row.id: row for row in await db.scalars(select(Area).where(Area.id.in_(set(area_ids))))}
    above_them = {int(part) for area in asked.values() for part in area.path.strip("/").split("/")}
    communities = {row.id: row for row in await db.scalars(
        select(Area).where(Area.id.in_(above_them), Area.level == Level.COMMUNITY))}
    return {area.id: next((communities[i] for i in map(int, area.path.strip("/").split("/")) if i in communities), area)
            for area in asked.values()}


async def buildings(db: AsyncSession, area: Area) -> list[Area]:
    """The buildings inside, in the order of their names."""
    rows = await db.scalars(select(Area).where(inside(area), Area.level == Level.BUILDING).order_by(Area.id))
    return list(rows)
