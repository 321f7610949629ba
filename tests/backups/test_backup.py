"""A back-up is whole, for its owner's eyes only, and never written over another one."""

import os
import sqlite3
import subprocess
import time
from datetime import date
from datetime import time as time_of_day
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import clock
from app.backups import files
from app.db import Database, Fact
from tests.backups.conftest import at, somebody_writes
from tests.commands.conftest import COMMAND, KEYS, Doorstep


async def _halves(database: Database) -> list[int]:
    async with database.reading() as db:
        return [await db.scalar(select(func.count()).select_from(Fact).where(Fact.name.startswith(name))) or 0
                for name in ("left", "right")]


def _fatten(url: str) -> None:
    """So many pages that somebody gets to write while they are copied."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///")) as db:
            db.execute("CREATE TABLE ballast (x)")
            db.executemany("INSERT INTO ballast VALUES (?)", ((b"x" * 4000,) for _ in range(30_000)))


def test_others_write_meanwhile_and_it_is_of_one_moment(doorstep: Doorstep, folder: Path, database_url: str,
                                                        place: str) -> None:
    _fatten(database_url)
    with somebody_writes(database_url) as made:
        while made() < 3:
            time.sleep(0.01)
        before = made()
        said = doorstep("backup", "x.backup", DATABASE_URL=database_url)
        during = made() - before
    assert (said.status, said.err) == (0, "")
    assert during > 3
    assert doorstep("restore", "x.backup", DATABASE_URL=place).status == 0
    left, right = at(place, _halves)
    assert left == right >= before


def test_only_its_owner_may_read_it_and_nothing_else_is_left(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in backup.parent.iterdir() if "backup" in path.name] == [backup.name]


def test_nothing_is_overwritten(doorstep: Doorstep, folder: Path, database_url: str) -> None:
    (folder / "x.backup").write_text("of yesterday")
    said = doorstep("backup", "x.backup", DATABASE_URL=database_url)
    assert (said.status, said.out) == (1, "")
    assert said.err.strip() == "x.backup is there already, and nothing is overwritten; choose another name."
    assert (folder / "x.backup").read_text() == "of yesterday"


def test_in_a_folder_it_is_called_after_its_moment_and_old_ones_go(doorstep: Doorstep, folder: Path,
                                                                   database_url: str) -> None:
    kept = folder / "kept"
    kept.mkdir()
    for name in ("doorstep-20200101T000000Z.backup", "doorstep-20200102T000000Z.backup", "before-the-move.backup"):
        (kept / name).write_text("old")
    said = doorstep("backup", "kept", "--keep", "2", DATABASE_URL=database_url)
    assert (said.status, said.err) == (0, "")
    names = sorted(path.name for path in kept.iterdir())
    assert names[:2] == ["before-the-move.backup", "doorstep-20200102T000000Z.backup"]
    assert len(names) == 3


def test_what_was_just_made_stays_although_the_clock_is_wrong(doorstep: Doorstep, folder: Path,
                                                              database_url: str) -> None:
    (ahead := folder / "doorstep-20990101T000000Z.backup").touch()
    assert doorstep("backup", ".", "--keep", "1", DATABASE_URL=database_url).status == 0
    made = [path for path in folder.glob("*.backup") if path != ahead]
    assert len(made) == 1
    assert made[0].stat().st_size > 0


def test_what_somebody_left_who_was_killed_goes_and_what_is_being_made_stays(doorstep: Doorstep, folder: Path,
                                                                             database_url: str) -> None:
    killed, going = (files.beside(files.named(folder, clock.at(date(2026, 3, day), time_of_day(2)))) for day in (1, 2))
    left, made = killed.__enter__(), going.__enter__()
    others = folder / ".others.part"
    for path in (left, Path(f"{left}-journal"), others):
        path.touch()
        os.utime(path, (0, time.time() - 2 * 24 * 3600))
    assert doorstep("backup", ".", DATABASE_URL=database_url).status == 0
    assert not left.exists()
    assert not Path(f"{left}-journal").exists()
    assert made.exists()
    assert others.exists()
    going.__exit__(None, None, None)


def test_a_folder_that_is_not_there(doorstep: Doorstep, database_url: str) -> None:
    said = doorstep("backup", "nowhere/x.backup", DATABASE_URL=database_url)
    assert (said.status, said.err.strip()) == (1, "nowhere/x.backup could not be written: No such file or directory.")


def test_to_keep_only_some_it_needs_a_folder(doorstep: Doorstep, folder: Path, database_url: str) -> None:
    said = doorstep("backup", "x.backup", "--keep", "2", DATABASE_URL=database_url)
    assert (said.status, said.err.strip()) == (1, "--keep is for a folder, and x.backup is none.")
    assert doorstep("backup", ".", "--keep", "0", DATABASE_URL=database_url).status == 2


def test_a_disk_that_is_full(folder: Path, database_url: str) -> None:
    """It takes 50 KB, and no more."""
    done = subprocess.run(["/bin/sh", "-c", 'ulimit -f 100; exec "$0" backup x.backup', COMMAND], text=True,
                          env={**os.environ, **KEYS, "DATABASE_URL": database_url}, cwd=folder, capture_output=True,
                          check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert [path.name for path in folder.iterdir() if "backup" in path.name] == []


@pytest.mark.parametrize("engine", ["sqlite"])
def test_where_there_is_no_database(doorstep: Doorstep, folder: Path, engine: str) -> None:
    said = doorstep("backup", "x.backup")
    assert (said.status, said.err.strip()) == (1, "DATABASE_URL: there is no database at var/doorstep.db.")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("engine", ["postgresql"])
def test_a_password_is_told_in_the_environment_only(doorstep: Doorstep, folder: Path, engine: str) -> None:
    (folder / "pg_dump").write_text('#!/bin/sh\necho "$*" >words\nenv >environment\n'
                                    'echo "pg_dump: error: COPY of +8614200000001" >&2\nexit 1\n')
    (folder / "pg_dump").chmod(0o755)
    said = doorstep("backup", "x.backup", PATH=f"{folder}:/usr/bin:/bin",
                    DATABASE_URL="postgresql+asyncpg://clerk:not-a-secret@db.example:5433/station?ssl=require")
    assert (said.status, said.err.strip()) == (1, "pg_dump did not do it (status 1); nothing was done.")
    assert "not-a-secret" not in (folder / "words").read_text()
    environment = (folder / "environment").read_text().splitlines()
    assert {"PGPASSWORD=not-a-secret", "PGHOST=db.example", "PGPORT=5433", "PGUSER=clerk", "PGDATABASE=station",
            "PGSSLMODE=require"} <= set(environment)


@pytest.mark.parametrize("engine", ["postgresql"])
def test_without_its_tools(doorstep: Doorstep, folder: Path, database_url: str) -> None:
    said = doorstep("backup", "x.backup", DATABASE_URL=database_url, PATH=str(folder))
    assert said.status == 1
    assert said.err.strip() == ("pg_dump is not on this machine; on Debian it is in the package postgresql-client.")
    assert [path.name for path in folder.iterdir() if "backup" in path.name] == []
