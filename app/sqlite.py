"""SQLite's driver, with one trip to its thread for each statement instead of four, and checkpoints beside the writer.

The usual cursor goes to the thread to be made, to execute, to fetch and to be closed. The trips, not the disk, are what
a statement costs, and everything is fetched at once anyway.
"""

import asyncio
import logging
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import Engine, event

log = logging.getLogger("doorstep.sqlite")
CHECKPOINT_SECONDS = 0.25
# In 4 KB pages. Only where the checkpoints do not keep up the writer makes one itself, as SQLite otherwise does after
# every 1,000: whoever waits to write would wait for all that it takes to the disk.
LONGEST_LOG = 16_384


class Door:
    """To the one writer: lets in one after the other. Whoever comes `first` goes before all who wait, but lets one of
    them in between, so that nobody waits for ever. Raises TimeoutError for who waits too long."""

    def __init__(self, patience_seconds: float) -> None:
        self._patience_seconds = patience_seconds
        self._inside = self._first_was_last = False
        self._first, self._others = deque[asyncio.Future[None]](), deque[asyncio.Future[None]]()

    @property
    def waiting(self) -> int:
        """How many wait before it."""
        return len(self._first) + len(self._others)

    @asynccontextmanager
    async def passed(self, *, first: bool = False) -> AsyncIterator[None]:
        await self._enter(self._first if first else self._others)
        self._first_was_last = first
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, line: deque[asyncio.Future[None]]) -> None:
        if not self._inside:
            self._inside = True
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(mine)
        try:
            async with asyncio.timeout(self._patience_seconds):
                await mine
        except BaseException:
            if mine.done() and not mine.cancelled():
                self._leave()  # it was let in at the same moment
            elif mine in line:
                line.remove(mine)
            raise

    def _leave(self) -> None:
        """Let in who is next, who is inside from now on."""
        lines = (self._others, self._first) if self._first_was_last else (self._first, self._others)
        for line in lines:
            while line:
                if not (who := line.popleft()).done():  # else it has just given up
                    who.set_result(None)
                    return
        self._inside = False


class Checkpoints:
    """What was committed is brought from the write-ahead log into the file, while others write."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._going: asyncio.Task[None] | None = None
        self._last = time.monotonic()

    def committed(self) -> None:
        """Something was committed."""
        if time.monotonic() - self._last >= CHECKPOINT_SECONDS and (self._going is None or self._going.done()):
            self._last = time.monotonic()
            self._going = asyncio.create_task(asyncio.to_thread(self._go))

    async def close(self) -> None:
        """Wait for the one that is being made."""
        if self._going is not None:
            await self._going

    def _go(self) -> None:
        try:
            with closing(sqlite3.connect(self._path, timeout=0)) as connection:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error as error:  # it will be made later, or by the writer
            log.warning("no checkpoint: %s", type(error).__name__)


def hasten(engine: Engine, *, at_once: bool = False) -> None:
    """Let the engine's connections work this way; `at_once` without a thread at all, for what takes microseconds."""

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, _words: Any, parameters: dict[str, Any]) -> None:
        parameters["async_creator_fn"] = partial(_new, _AtOnce if at_once else _Connection)


def _new(kind: "type[_Connection]", *words: Any, **parameters: Any) -> "_Connection":
    connection = kind(partial(sqlite3.connect, *words, **parameters), iter_chunk_size=64)
    connection._thread.daemon = True  # a process that is told to end does not wait for it
    return connection


class _Connection(aiosqlite.Connection):
    def cursor(self) -> Any:
        return _Cursor(self)


class _AtOnce(_Connection):
    """Does in the loop what the other one does in its thread: going there costs more than looking up a few rows."""

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self._tx: Any = _Doer()

    def __await__(self) -> Generator[Any, None, aiosqlite.Connection]:
        return self._connect().__await__()


class _Doer:
    """In the place of the thread's queue."""

    def put_nowait(self, asked: "tuple[asyncio.Future[Any] | None, Callable[[], Any]]") -> None:
        future, do = asked
        try:
            result = do()
        except Exception as error:
            if future is None:
                raise
            future.set_exception(error)
        else:
            if future is not None:
                future.set_result(result)


class _Cursor:
    """As much of a cursor as SQLAlchemy asks for; after each statement it holds all rows."""

    arraysize = 1

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> "_Cursor":
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> "_Cursor":
        await self._in_thread(sqlite3.Cursor.execute, statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> "_Cursor":
        await self._in_thread(sqlite3.Cursor.executemany, statement, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """There is nothing left to close."""

    async def _in_thread(self, verb: Any, statement: str, parameters: Any) -> None:
        await self._connection._execute(self._go, verb, statement, parameters)  # type: ignore[no-untyped-call]

    def _go(self, verb: Any, statement: str, parameters: Any) -> None:
        """Everything that has to be done in the thread."""
        cursor = self._connection._conn.cursor()
        try:
            verb(cursor, statement, parameters)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()
