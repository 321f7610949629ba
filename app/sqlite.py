"""SQLite's driver, with one trip to its thread for each statement instead of four.

The usual cursor goes there to be made, to execute, to fetch and to be closed. The trips, not the disk, are what a
statement costs, and everything is fetched at once anyway.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import Engine, event


def hasten(engine: Engine) -> None:
    """Let the engine's connections work this way."""

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, _words: Any, parameters: dict[str, Any]) -> None:
        parameters["async_creator_fn"] = _new


def _new(*words: Any, **parameters: Any) -> "_Connection":
    connection = _Connection(partial(sqlite3.connect, *words, **parameters), iter_chunk_size=64)
    connection._thread.daemon = True  # a process that is told to end does not wait for it
    return connection


class _Connection(aiosqlite.Connection):
    def cursor(self) -> Any:
        return _Cursor(self)


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
