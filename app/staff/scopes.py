"""The one door: what an officer can reach. What is out of scope does not exist for them."""

from typing import Any, TypeVar

from sqlalchemy import Select, select
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


async def load(db: AsyncSession, table: type[T], row_id: int, officer: Officer, *options: Any) -> T:
    """One row through the scope. Raises NotFound, also for a row that exists outside it."""
    key: Any = table
    row = await db.scalar(visible(table, officer).where(key.id == row_id).options(*options))
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
