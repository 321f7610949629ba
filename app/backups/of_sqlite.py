"""SQLite: the file, copied by SQLite itself."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from app.backups.engines import MARK, SEALED, WAITING, Found
from app.backups.files import NotDone, beside

_MAGIC = b"SQLite format 3\x00"
_STEP = 1024  # pages; between steps others of this process get their turn
_WAIT_SECONDS = 30


class Sqlite:
    """The database that lies at this path."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def take(self, part: Path) -> None:
        if not self._path.is_file():
            raise NotDone(f"DATABASE_URL: there is no database at {self._path}.")
        with _said(part), closing(_open(self._path, "rw")) as ours, closing(_open(part, "rw")) as copy:
            copy.execute("PRAGMA synchronous=OFF")  # the whole of it goes to the disk at the end
            # The copy is of one moment. Without a transaction of ours it would begin anew whenever another process
            # commits, and on a busy day never end; writers do not wait for a reader.
            ours.execute("BEGIN")
            if not _tables(ours):
                raise NotDone(f"DATABASE_URL: there is nothing in {self._path} to back up.")
            ours.backup(copy, pages=_STEP)
            ours.execute("COMMIT")
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        if not _is_whole(part):
            raise NotDone(f"{self._path} itself is damaged, and so its copy, which was not kept; the last back-up that "
                          "was taken is the one to keep.")

    def must_be_empty(self) -> None:
        if self._path.exists():
            with _said(self._path), closing(_open(self._path, "rw")) as ours:
                if _tables(ours):
                    raise NotDone(f"DATABASE_URL: {self._path} is not empty, and nothing is restored over it; stop the "
                                  "station and move it away first, with the files -wal and -shm beside it.")
        for suffix in ("-wal", "-shm", "-journal"):  # SQLite would take them for this file's and put them into it
            if Path(f"{self._path}{suffix}").exists():
                raise NotDone(f"{self._path}{suffix} lies there: the station still runs, or it belongs to a database "
                              "that is gone; stop the station and move it away first.")
        if process := _who_goes_on_with(self._path):
            raise NotDone(f"Process {process} still has the database open that was moved away: it would read from this "
                          "one and write to that one. Stop the station first, and Litestream.")

    def look_into(self, file: Path) -> Found:
        with _readable(file), file.open("rb") as begins:
            first = begins.read(len(_MAGIC))
        if first[:5] == b"PGDMP":
            raise NotDone(f"{file} is a back-up of PostgreSQL, and DATABASE_URL names a file of SQLite.")
        if first != _MAGIC:
            raise NotDone(f"{file} is damaged, or no back-up.")
        if (wal := Path(f"{file}-wal")).exists() and wal.stat().st_size:
            raise NotDone(f"{wal} lies beside it: this is a database in use, not a back-up; take one with "
                          "`doorstep backup`.")
        if not _is_whole(file):
            raise NotDone(f"{file} is damaged.")
        with _said(file), closing(_open(file, "ro&immutable=1")) as found:
            if "alembic_version" not in _tables(found):
                raise NotDone(f"{file} is a database, but not Doorstep's.")
            revision = found.execute("SELECT version_num FROM alembic_version").fetchone()
            return Found(revision[0] if revision else "", _sealed(found))

    def put(self, file: Path) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.unlink(missing_ok=True)  # it has no tables
        except OSError as error:
            raise NotDone(f"{self._path} cannot be made: {error.strerror}.") from None
        with beside(self._path) as part, _said(part):
            with closing(_open(file, "ro&immutable=1")) as found, closing(_open(part, "rw")) as copy:
                found.backup(copy, pages=_STEP)
                copy.execute("PRAGMA journal_mode=DELETE")
                copy.execute("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", (MARK, WAITING))
            if not _is_whole(part):
                raise NotDone(f"{file} could not be copied as it is; is the disk in order?")


def _open(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode={mode}", uri=True, timeout=_WAIT_SECONDS,
                           isolation_level=None)


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _sealed(found: sqlite3.Connection) -> str:
    for table, column in SEALED:
        if column in {row[1] for row in found.execute(f"PRAGMA table_info({table})")}:
            row = found.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL LIMIT 1").fetchone()  # noqa: S608
            if row:
                return str(row[0])
    return ""


def _is_whole(path: Path) -> bool:
    with _said(path), closing(_open(path, "ro&immutable=1")) as found:
        return bool(found.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)])


def _who_goes_on_with(path: Path) -> int:
    """A process that has a database of that name open which lies, or lay, in this folder or below it; 0 for none. Only
    where there is a /proc, and as far as this user may look."""
    for process in Path("/proc").glob("[1-9]*"):
        for opened in _opened_by(process):
            if opened.name == path.name and opened.is_relative_to(path.parent.resolve()):
                return int(process.name)
    return 0


def _opened_by(process: Path) -> Iterator[Path]:
    """Nothing of one that belongs to somebody else, or has ended meanwhile."""
    links: list[str] = []
    with suppress(OSError):
        links = os.listdir(process / "fd")
    for link in links:
        with suppress(OSError):
            yield Path(os.readlink(process / "fd" / link).removesuffix(" (deleted)"))


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotDone(f"{file} cannot be read: {error.strerror}.") from None


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """SQLite's ways of saying no, in a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith("SQLITE_FULL") or name.startswith("SQLITE_IOERR"):
            raise NotDone(f"The disk did not take or give everything: is there room in {path.parent}?") from None
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise NotDone("The database is locked.") from None
        if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
            raise NotDone(f"{path} cannot be opened by this user.") from None
        raise NotDone(f"{path} is damaged, or no database ({name or type(error).__name__}).") from None
