"""A station is made from a back-up, where there is none; what was on its way waits."""

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from app import schema
from app.db import Database, Fact
from app.sms.batches import RESTORED, Batch, State
from app.sms.outbox import Message, Status
from tests.backups.conftest import WANG, at
from tests.commands.conftest import COMMAND, KEYS, Doorstep
from tests.village import Village


async def _is_empty(database: Database) -> bool:
    async with database.reading() as db:
        return await db.scalar(text("SELECT to_regclass('public.resident')")) is None


def _nothing_is_there(place: str) -> bool:
    """Asked without opening it, as opening would make a file."""
    if place.startswith("sqlite"):
        folder = Path(place.removeprefix("sqlite+aiosqlite:///")).parent
        return not folder.exists() or list(folder.iterdir()) == []
    return bool(at(place, _is_empty))


def test_the_station_answers_there(doorstep: Doorstep, backup: Path, place: str,
                                   station: tuple[Village, Batch]) -> None:
    said = doorstep("restore", str(backup), DATABASE_URL=place)
    assert (said.status, said.err) == (0, "")
    assert "with their job: 1. Other texts" in said.out
    assert doorstep("check", DATABASE_URL=place).status == 0

    async def go_on(database: Database) -> None:
        village = replace(station[0], database=database)
        answers = await village.says(WANG, "报名")
        assert len(answers) == 1
        assert "香菇分拣" in answers[0]
        async with database.reading() as db:
            batch = await db.get_one(Batch, station[1].id)
            assert (batch.state, batch.trouble) == (State.PAUSED, RESTORED)
            assert list(await db.scalars(select(Message.status).where(Message.batch_id == batch.id))) == [
                Status.QUEUED]

    at(place, go_on)


def test_nothing_is_restored_over_a_station(doorstep: Doorstep, backup: Path, database_url: str) -> None:
    said = doorstep("restore", str(backup), DATABASE_URL=database_url)
    assert (said.status, said.out) == (1, "")
    assert "is not empty, and nothing is restored over it" in said.err


@pytest.mark.parametrize("how", ["cut", "scribbled", "other"])
def test_a_damaged_file(doorstep: Doorstep, backup: Path, place: str, how: str) -> None:
    whole = backup.read_bytes()
    backup.write_bytes({"cut": whole[:len(whole) // 2], "other": b"PK\x03\x04 a workbook",
                        "scribbled": whole[:len(whole) // 2] + b"\xff" * 3000 + whole[len(whole) // 2 + 3000:],
                        }[how])
    said = doorstep("restore", str(backup), DATABASE_URL=place)
    assert (said.status, said.out) == (1, "")
    assert "is damaged" in said.err
    assert said.err.count("\n") == 1
    assert "142" not in said.err
    assert _nothing_is_there(place)


def test_a_file_that_is_not_there(doorstep: Doorstep, place: str, folder: Path) -> None:
    said = doorstep("restore", "x.backup", DATABASE_URL=place)
    assert (said.status, said.err.strip()) == (1, "x.backup cannot be read: No such file or directory.")


def test_a_newer_schema(doorstep: Doorstep, folder: Path, database_url: str, place: str) -> None:
    async def come_from_the_future(database: Database) -> None:
        async with database.session() as db:
            await db.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))

    at(database_url, come_from_the_future)
    assert doorstep("backup", "x.backup", DATABASE_URL=database_url).status == 0
    said = doorstep("restore", "x.backup", DATABASE_URL=place)
    assert (said.status, said.err.strip()) == (1, "x.backup was made by a newer Doorstep; install that one.")
    assert _nothing_is_there(place)


def test_an_older_schema_is_brought_up_and_nothing_leaves_before(doorstep: Doorstep, folder: Path, place: str,
                                                                 another_place: str) -> None:
    async def of_last_year(database: Database) -> None:
        await schema.migrate(database, to="0015")

    at(another_place, of_last_year)
    assert doorstep("backup", "x.backup", DATABASE_URL=another_place).status == 0
    said = doorstep("restore", "x.backup", DATABASE_URL=place)
    assert (said.status, said.err) == (0, "")
    assert "Run: doorstep migrate." in said.out
    assert doorstep("work", DATABASE_URL=place).status == 1
    assert "until somebody lets them go on" in doorstep("migrate", DATABASE_URL=place).out
    assert doorstep("migrate", DATABASE_URL=place).out == "The database has the newest schema.\n"
    assert doorstep("check", DATABASE_URL=place).status == 0


def test_who_died_before_it_was_held_sends_nothing(doorstep: Doorstep, backup: Path, place: str,
                                                   station: tuple[Village, Batch]) -> None:
    assert doorstep("restore", str(backup), DATABASE_URL=place).status == 0

    async def as_before(database: Database) -> None:
        async with database.session() as db:
            await db.execute(update(Fact).where(Fact.name == "restored").values(value="waiting"))
            await db.execute(update(Batch).values(state=State.QUEUED, trouble=""))

    at(place, as_before)
    said = doorstep("work", DATABASE_URL=place)
    assert said.status == 1
    assert said.err.strip() == ("DATABASE_URL: this database was restored, and what was on its way is not held yet; "
                                "run: doorstep migrate")
    assert "with their job: 1. Other texts" in doorstep("migrate", DATABASE_URL=place).out


def test_another_key(doorstep: Doorstep, backup: Path, place: str) -> None:
    said = doorstep("restore", str(backup), DATABASE_URL=place, DATA_KEY="quite-another-data-key")
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("DATA_KEY is not the one with which this back-up was sealed")
    assert _nothing_is_there(place)
    assert doorstep("restore", str(backup), "--without-the-key", DATABASE_URL=place,
                    DATA_KEY="quite-another-data-key").status == 0


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_log_of_a_database_that_is_gone(doorstep: Doorstep, backup: Path, place: str) -> None:
    path = Path(place.removeprefix("sqlite+aiosqlite:///"))
    path.parent.mkdir()
    (log := Path(f"{path}-wal")).write_bytes(b"of the one that is gone")
    said = doorstep("restore", str(backup), DATABASE_URL=place)
    assert said.status == 1
    assert said.err.startswith(f"{log} lies there")
    assert not path.exists()


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("gone", ["moved", "deleted"])
def test_a_station_that_goes_on_with_what_was_moved_away(doorstep: Doorstep, backup: Path, place: str,
                                                         gone: str) -> None:
    path = Path(place.removeprefix("sqlite+aiosqlite:///"))
    path.parent.mkdir()
    runs = subprocess.Popen([sys.executable, "-c", "import sqlite3, sys; opened = sqlite3.connect(sys.argv[1]); "
                             "opened.execute('CREATE TABLE x (y)'); print(flush=True); input()", path],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with runs:
        assert runs.stdout
        runs.stdout.readline()
        (path.parent / "old").mkdir()
        if gone == "moved":
            path.rename(path.parent / "old" / path.name)
        else:
            path.unlink()
        said = doorstep("restore", str(backup), DATABASE_URL=place)
        runs.kill()
    assert said.status == 1
    assert said.err.startswith(f"Process {runs.pid} still has the database open")
    assert not path.exists()
    assert doorstep("restore", str(backup), DATABASE_URL=place).status == 0


@pytest.mark.parametrize("engine", ["sqlite"])
def test_an_empty_file_is_an_empty_place(doorstep: Doorstep, backup: Path, place: str) -> None:
    path = Path(place.removeprefix("sqlite+aiosqlite:///"))
    path.parent.mkdir()
    path.touch()
    assert doorstep("restore", str(backup), DATABASE_URL=place).status == 0
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_disk_that_is_full(backup: Path, place: str) -> None:
    done = subprocess.run(["/bin/sh", "-c", f'ulimit -f 100; exec "$0" restore {backup.name}', COMMAND], text=True,
                          env={**os.environ, **KEYS, "DATABASE_URL": place}, cwd=backup.parent, capture_output=True,
                          check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert _nothing_is_there(place)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_database_that_is_in_use_is_no_back_up(doorstep: Doorstep, backup: Path, place: str) -> None:
    with sqlite3.connect(backup) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("INSERT INTO fact VALUES ('x', 'y')")
        db.commit()
        said = doorstep("restore", str(backup), DATABASE_URL=place)
    assert said.status == 1
    assert "this is a database in use, not a back-up" in said.err


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_back_up_of_the_other_engine(doorstep: Doorstep, folder: Path, place: str) -> None:
    (folder / "x.backup").write_bytes(b"PGDMP\x01\x0f")
    said = doorstep("restore", "x.backup", DATABASE_URL=place)
    assert (said.status, said.err.strip()) == (
        1, "x.backup is a back-up of PostgreSQL, and DATABASE_URL names a file of SQLite.")
