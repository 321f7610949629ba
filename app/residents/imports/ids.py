"""Ids for rows that are about to be written in bulk, taken beforehand: SQLite gives back the ids of inserted rows one
at a time only, which is ten times slower."""

from collections.abc import Iterator

from sqlalchemy import Table, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import settings_of


async def take(db: AsyncSession, table: Table, count: int) -> Iterator[int]:
    """So many ids that nobody else will use. On SQLite the transaction has the database to itself; PostgreSQL's
    sequence hands them out."""
    if not count:
        return iter(())
    if settings_of(db).is_sqlite:
        last = await db.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0
        return iter(range(last + 1, last + 1 + count))
    found = await db.scalars(text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) "
                                  "FROM generate_series(1, :count)"),
                             {"name": table.name, "count": count})
    return iter(found.all())
