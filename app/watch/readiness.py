"""Whether this process may be given work: its database answers and can be written, and its loops go round."""

import asyncio
import shutil

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import schema
from app.db import Database
from app.errors import TemporarilyAway
from app.pulse import Pulse

PATIENCE_SECONDS = 3
LEAST_FREE = 64 * 1024 * 1024  # bytes, twice of what the log beside a SQLite file may grow to before it is brought in


class Readiness:
    """Asked by load balancers every few seconds, so it writes nothing."""

    def __init__(self, *pulses: Pulse) -> None:
        self._pulses = pulses
        self._trying: asyncio.Task[str] | None = None

    async def why_not(self, database: Database) -> str:
        """In a few words; empty where everything is well."""
        return await _why_not_read(database) or await self._why_not_written(database) or self._what_is_silent()

    async def close(self) -> None:
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.gather(self._trying, return_exceptions=True)

    async def _why_not_written(self, database: Database) -> str:
        """One try at a time, however many ask; it is never broken off, because a connection that is left in the middle
        of taking the write lock may keep it."""
        trying = self._trying
        if trying is None or trying.done():
            trying = self._trying = asyncio.create_task(_try_to_write(database), name="try to write")
        # Its own one to each: while the result of this one is fetched, somebody else may have begun the next.
        done, _pending = await asyncio.wait({trying}, timeout=PATIENCE_SECONDS)
        return trying.result() if done else "the database's writer is held by somebody"

    def _what_is_silent(self) -> str:
        silent = [name for pulse in self._pulses for name in pulse.silent()]
        return f"a loop does not go round: {', '.join(silent)}" if silent else ""


async def _why_not_read(database: Database) -> str:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            current = await schema.is_current(database)
    except (TemporarilyAway, SQLAlchemyError, TimeoutError):
        return "the database does not answer"
    return "" if current else "the database needs `doorstep migrate`"


async def _try_to_write(database: Database) -> str:
    """Takes the write lock and gives it back. A PostgreSQL that is a copy, or was closed because its disk is full, says
    that it only reads."""
    if database.file is not None and await asyncio.to_thread(_free, str(database.file.parent)) < LEAST_FREE:
        return "the disk is full"
    try:
        async with database.session() as db:
            only_reads = not database.settings.is_sqlite and await db.scalar(text("SHOW transaction_read_only")) == "on"
    except TemporarilyAway:
        return "the database's writer is held by somebody"
    except SQLAlchemyError:
        only_reads = True
    return "the database cannot be written" if only_reads else ""


def _free(folder: str) -> int:
    return shutil.disk_usage(folder).free
