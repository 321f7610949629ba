"""The version of what residents' pages show: another one as soon as a change of it is committed, by whichever process.

Triggers of the database count (migrations/environment/pages.py), so that no verb has to think of it.
"""

import asyncio
from time import monotonic

from sqlalchemy import BigInteger, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Database, Table, settings_of

LOOK_SECONDS = 1.0  # others' changes are seen within this time; a process sees its own at once


class PageVersion(Table):
    """How much one connection to PostgreSQL has changed. SQLite has one row, 0, and so has what was forgotten."""

    __tablename__ = "page_version"
    connection: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    changes: Mapped[int] = mapped_column(BigInteger)


_SUM = select(func.sum(PageVersion.changes))


class Version:
    """What the version was when this process last looked."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version, self._commits, self._looked_at = 0, -1, 0.0
        self._looking: asyncio.Task[None] | None = None

    @property
    def known(self) -> int | None:
        """The version, where there is no need to look again."""
        if self._commits == self._database.commits and monotonic() - self._looked_at < LOOK_SECONDS:
            return self._version
        return None

    async def now(self) -> int:
        """The version, with everything that this process has committed so far. Raises TemporarilyAway."""
        commits, asked_at = self._database.commits, monotonic()
        while self._commits < commits or self._looked_at <= asked_at - LOOK_SECONDS:
            if self._looking is None:
                self._looking = asyncio.create_task(self._look())
                self._looking.add_done_callback(self._looked)
            await asyncio.shield(self._looking)
        return self._version

    async def _look(self) -> None:
        commits, began_at = self._database.commits, monotonic()
        self._version = int((await self._database.glance(_SUM))[0][0] or 0)
        self._commits, self._looked_at = commits, began_at

    def _looked(self, look: "asyncio.Task[None]") -> None:
        self._looking = None
        if not look.cancelled():
            look.exception()  # whoever waited for it was told


async def forget_gone(db: AsyncSession) -> None:
    """Connections end, and others come: the rows of those that are gone become one, and the version stays."""
    if not settings_of(db).is_sqlite:
        await db.execute(_FORGET)


_FORGET = text("""
    WITH gone AS (
        DELETE FROM page_version
        WHERE connection <> 0 AND connection NOT IN (SELECT pid FROM pg_stat_activity WHERE pid IS NOT NULL)
        RETURNING changes
    )
    INSERT INTO page_version (connection, changes) SELECT 0, sum(changes) FROM gone HAVING count(*) > 0
    ON CONFLICT (connection) DO UPDATE SET changes = page_version.changes + excluded.changes
""")
