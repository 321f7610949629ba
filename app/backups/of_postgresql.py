"""PostgreSQL: its own tools, pg_dump, pg_restore and psql, which learn everything from their environment. What they
complain of is not repeated: it may hold a row."""

import asyncio
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import IO

from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.backups.engines import MARK, SEALED, WAITING, Found
from app.backups.files import NotDone
from app.db import Database
from app.settings import Settings

_MAGIC = b"PGDMP"
_COMPLAINTS = (
    ("server version mismatch", "pg_dump is older than the server; install the server's version of it."),
    ("No space left", "There is no room left on the disk."),
    ("connection to server", "The database cannot be reached."),
    ("permission denied", "The database does not let this user do that; use the role that owns the tables."),
)
_CODE = re.compile(r"\b(?:ERROR|FATAL):\s+([0-9A-Z]{5})\b")
_TABLES = """SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm') AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"""
_MARKED = f"INSERT INTO public.fact (name, value) VALUES ('{MARK}', '{WAITING}') " \
          f"ON CONFLICT (name) DO UPDATE SET value = '{WAITING}';\nCOMMIT;\n"  # noqa: S608  # constants of ours


class Postgresql:
    """The database of these settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._environ = {**os.environ, **told(settings.database_url)}

    def take(self, part: Path) -> None:
        self._run("pg_dump", "--format=custom", "--no-password", f"--file={part}")
        self._run("pg_restore", "--file=/dev/null", str(part))  # reads and unpacks all of it

    def must_be_empty(self) -> None:
        if asyncio.run(self._count()):
            raise NotDone("DATABASE_URL: this database is not empty, and nothing is restored over it; create another "
                          "one and name that.")

    def look_into(self, file: Path) -> Found:
        try:
            with file.open("rb") as begins:
                first = begins.read(len(_MAGIC))
        except OSError as error:
            raise NotDone(f"{file} cannot be read: {error.strerror}.") from None
        if first == b"SQLit":
            raise NotDone(f"{file} is a back-up of SQLite, and DATABASE_URL names PostgreSQL.")
        if first != _MAGIC:
            raise NotDone(f"{file} is damaged, or no back-up.")
        revision = self._first(file, "alembic_version", "version_num")
        if not revision:
            raise NotDone(f"{file} is damaged, or not Doorstep's.")
        sealed = (self._first(file, table, column) for table, column in SEALED)
        return Found(revision, next(filter(None, sealed), ""))

    def put(self, file: Path) -> None:
        """One transaction, whose COMMIT is said only when the file was read to its end."""
        with tempfile.TemporaryFile() as complaint:
            reads = _started("pg_restore", "--no-owner", "--no-privileges", "--file=-", str(file),
                             environ=self._environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            writes = _started("psql", "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1",
                              "--set=VERBOSITY=sqlstate", "--output=/dev/null", environ=self._environ,
                              stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaint)
            assert reads.stdout  # noqa: S101  # both were asked for
            assert writes.stdin  # noqa: S101
            with reads.stdout, suppress(BrokenPipeError), closing(writes.stdin):
                writes.stdin.write(b"BEGIN;\n")
                shutil.copyfileobj(reads.stdout, writes.stdin)
                if reads.wait() == 0:
                    writes.stdin.write(_MARKED.encode())
            if writes.wait() != 0 or reads.wait() != 0:
                complaint.seek(0)
                raise NotDone(_not_put(file, complaint.read().decode("utf-8", "replace")))

    async def _count(self) -> int:
        database = Database(self._settings)
        try:
            async with database.reading() as db:
                return int(await db.scalar(text(_TABLES)) or 0)
        finally:
            await database.close()

    def _first(self, file: Path, table: str, column: str) -> str:
        """The first value of that column in the file that is not empty. The file is read only as far as that."""
        process = _started("pg_restore", "--data-only", f"--table={table}", "--file=-", str(file),
                           environ=self._environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout  # noqa: S101  # it was asked for
        with process.stdout as lines:
            value = next(_values(lines, column), "")
        process.wait()
        return value

    def _run(self, tool: str, *words: str) -> None:
        with tempfile.TemporaryFile() as complaint:
            status = _started(tool, *words, environ=self._environ, stdout=subprocess.DEVNULL, stderr=complaint).wait()
            if status != 0:
                complaint.seek(0)
                raise NotDone(_sentence(tool, status, complaint.read().decode("utf-8", "replace")))


def told(url: str) -> dict[str, str]:
    """The variables by which PostgreSQL's tools know a database. Arguments can be read by everybody on a machine."""
    parts = make_url(url)
    given = {"PGHOST": parts.query.get("host") or parts.host, "PGPORT": parts.query.get("port") or parts.port,
             "PGUSER": parts.username, "PGPASSWORD": parts.password, "PGDATABASE": parts.database,
             "PGSSLMODE": parts.query.get("ssl"), "PGCLIENTENCODING": "UTF8"}
    return {name: ",".join(value) if isinstance(value, tuple) else str(value)
            for name, value in given.items() if value}


def _started(tool: str, *words: str, environ: Mapping[str, str], stdin: int = subprocess.DEVNULL,
             stdout: int, stderr: "int | IO[bytes]") -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen([tool, *words], env={**environ, "LC_ALL": "C"},  # noqa: S603  # words of ours
                                stdin=stdin, stdout=stdout, stderr=stderr)
    except FileNotFoundError:
        raise NotDone(f"{tool} is not on this machine; on Debian it is in the package postgresql-client.") from None


def _not_put(file: Path, complaint: str) -> str:
    """A broken file breaks either tool, or both. Of what psql says only the code is free of people's data."""
    code = _CODE.search(complaint)
    if code is None and complaint:
        return _sentence("psql", 2, complaint)
    return (f"{file} is damaged, or the database did not take it{f' ({code[1]})' if code else ''}; nothing of it was "
            "restored.")


def _sentence(tool: str, status: int, complaint: str) -> str:
    for words, sentence in _COMPLAINTS:
        if words in complaint:
            return sentence
    return f"{tool} did not do it (status {status}); nothing was done."


def _values(lines: IO[bytes], column: str) -> Iterator[str]:
    """The values of a column in what pg_restore prints of a table, less the empty ones."""
    place = -1
    for line in lines:
        cells = line.decode("utf-8", "replace").rstrip("\n")
        if place < 0:
            if cells.startswith("COPY "):
                names = [name.strip(' "') for name in cells.partition("(")[2].partition(")")[0].split(",")]
                if column not in names:
                    return
                place = names.index(column)
        elif cells == "\\.":
            return
        elif (value := cells.split("\t")[place]) not in ("\\N", ""):
            yield value
