import sqlite3
from pathlib import Path

import pytest

from tests.commands.conftest import Doorstep


def test_migrate_makes_the_database_and_may_be_repeated(doorstep: Doorstep, folder: Path) -> None:
    assert doorstep("migrate").status == 0
    assert doorstep("migrate").status == 0
    with sqlite3.connect(folder / "var" / "doorstep.db") as db:
        assert db.execute("SELECT count(*) FROM area").fetchone() == (0,)


@pytest.mark.parametrize("call", [("serve",), ("work",), ("staff", "add", "wang", "--role", "clerk", "--area", "x")])
def test_a_database_that_was_not_migrated_says_what_to_do(doorstep: Doorstep, call: tuple[str, ...]) -> None:
    said = doorstep(*call)
    assert (said.status, said.out) == (1, "")
    assert said.err.strip() == "DATABASE_URL: this database does not have the newest schema; run: doorstep migrate"


def test_a_database_of_a_newer_version_is_left_alone(doorstep: Doorstep, folder: Path) -> None:
    doorstep("migrate")
    with sqlite3.connect(folder / "var" / "doorstep.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '9999_future'")
    said = doorstep("migrate")
    assert said.status == 1
    assert said.err.strip() == "This database was made by a newer Doorstep; install that one."


def test_a_missing_secret_is_named(doorstep: Doorstep) -> None:
    said = doorstep("migrate", SECRET_KEY="")
    assert said.status == 1
    assert said.err.startswith("SECRET_KEY is missing")


def test_migrate_on_either_engine(doorstep: Doorstep, database_url: str) -> None:
    assert doorstep("migrate", DATABASE_URL=database_url).status == 0
    assert doorstep("check", DATABASE_URL=database_url).status == 0
