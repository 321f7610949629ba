"""The one door: what an officer can reach. What is out of scope does not exist for them."""

from typing import Any, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import NotFound, Refused
from app.i18n import _
from app.org.areas import Area, inside
from app.staff.accounts import May, Officer

T = TypeVar("T")


def visible(table: type[T], officer: Officer) -> Select[T]:
    """The rows of a table with an `area_id` that lie inside the officer's area; of Area itself, its nodes."""
    if table is Area:
        return select(table).where(inside(officer.area))
    where: Any = table
    return select(table).join(Area, where.area_id == Area.id).where(inside(officer.area))


def around(table: type[T], officer: Officer) -> Select[T]:
    """The visible rows, and those of the areas in which the officer's lies: to look at, as the head of a building
    looks at the jobs of the community. What changes such a row is loaded with `load`."""
    where: Any = table
    above = [int(part) for part in officer.area.path.strip("/").split("/")]
    return select(table).join(Area, where.area_id == Area.id).where(or_(inside(officer.area), Area.id.in_(above)))


async def load(db: AsyncSession, table: type[T], row_id: int, officer: Officer, *options: Any) -> T:
    """One row through the scope. Raises NotFound, also for a row that exists outside it."""
    return await one(db, visible(table, officer), table, row_id, *options)


async def one(db: AsyncSession, within: Select[T], table: type[T], row_id: int, *options: Any) -> T:
    """The row of that id among these rows. Raises NotFound."""
    key: Any = table
    row = await db.scalar(within.where(key.id == row_id).options(*options))
    if row is None:
        raise NotFound
    return row


async def area(db: AsyncSession, code: str, officer: Officer) -> Area:
    """The area of that code, if the officer may see it. Raises NotFound."""
    found = await db.scalar(visible(Area, officer).where(Area.code == code))
    if found is None:
        raise NotFound
    return found


def require(officer: Officer, what: May) -> None:
    """Raises Refused when the officer's role does not have the right."""
    if not officer.may(what):
        raise Refused(_("Your role does not allow this."))
