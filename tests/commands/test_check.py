import sqlite3
from pathlib import Path

import pytest

from app.settings import _READERS
from tests.commands.conftest import Doorstep

LONG_AGO = "2026-01-01 00:00:00.000000"


def _make_demo(folder: Path) -> None:
    with sqlite3.connect(folder / "var" / "doorstep.db") as db:
        db.execute("INSERT INTO fact VALUES ('demo', '1')")


def test_all_is_right(doorstep: Doorstep) -> None:
    doorstep("migrate")
    said = doorstep("check")
    assert (said.status, said.err) == (0, "")
    assert "all right" in said.out


def test_a_carrier_that_sends_nothing_is_not_called_ready(doorstep: Doorstep) -> None:
    doorstep("migrate")
    said = doorstep("check")
    assert "SMS_GATEWAY=simulator sends nothing to anybody" in said.out


def test_the_database_and_the_gateway_are_both_looked_at(doorstep: Doorstep) -> None:
    said = doorstep("check", SMS_GATEWAY="twilio")
    assert said.status == 1
    assert "run: doorstep migrate" in said.err
    assert "SMS_GATEWAY=twilio: TWILIO_ACCOUNT_SID is missing." in said.err
    assert said.out == ""


@pytest.mark.parametrize("call", ["check", "serve", "work"])
def test_a_demo_never_meets_a_real_carrier(doorstep: Doorstep, folder: Path, call: str) -> None:
    doorstep("migrate")
    _make_demo(folder)
    said = doorstep(call, SMS_GATEWAY="twilio")
    assert said.status == 1
    assert "this is a demo database" in said.err


def test_a_database_that_is_away(doorstep: Doorstep) -> None:
    said = doorstep("check", DATABASE_URL="postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    assert said.status == 1
    assert said.err.strip() == "DATABASE_URL: the database is locked or cannot be reached."


def test_a_file_where_the_folder_should_be(doorstep: Doorstep, folder: Path) -> None:
    (folder / "var").write_text("not a folder")
    said = doorstep("check")
    assert said.status == 1
    assert said.err.strip() == "DATABASE_URL: the folder var cannot be made"


def test_a_file_that_is_no_database(doorstep: Doorstep, folder: Path) -> None:
    (folder / "notes.txt").write_text("milk, bread, eggs" * 100)
    said = doorstep("check", DATABASE_URL="sqlite+aiosqlite:///notes.txt")
    assert said.status == 1
    assert said.err.strip() == "DATABASE_URL: the database is locked or cannot be reached."


def test_settings_are_read_from_a_file(doorstep: Doorstep, folder: Path) -> None:
    (folder / ".env").write_text("APPROVAL_ABOVE=many\n")
    said = doorstep("check")
    assert said.status == 1
    assert said.err.strip() == "APPROVAL_ABOVE=many is not a whole number"


def test_the_example_of_settings_can_be_used_once_the_keys_are_in(doorstep: Doorstep, folder: Path) -> None:
    example = (Path(__file__).parents[2] / ".env.example").read_text()
    uncommented = example.replace("# TWILIO", "TWILIO").replace("# DATABASE_URL", "DATABASE_URL")
    names = {line.partition("=")[0] for line in uncommented.splitlines() if line and not line.startswith("#")}
    assert names <= {name.upper() for name in _READERS}
    (folder / ".env").write_text(example)
    assert doorstep("migrate").status == 0
    assert doorstep("check").status == 0


@pytest.mark.parametrize("engine", ["postgresql"])
def test_a_postgresql_that_does_not_know_the_database(doorstep: Doorstep, database_url: str) -> None:
    said = doorstep("check", DATABASE_URL=database_url.replace("/test_", "/no_such_"))
    assert said.status == 1
    assert said.err.strip() == "DATABASE_URL: the database is locked or cannot be reached."


def test_the_tables_are_looked_over_by_hand(doorstep: Doorstep, folder: Path) -> None:
    doorstep("migrate")
    said = doorstep("check", "--tables")
    assert (said.status, said.err) == (0, "")
    with sqlite3.connect(folder / "var" / "doorstep.db") as db:
        for table, row in {
                "message": {"phone": "+8614200000001", "body": "x", "segments": 1, "purpose": "answer", "priority": 0,
                            "gateway": "simulator", "status": "sending", "reason": "", "next_at": LONG_AGO,
                            "attempts": 1, "worker": "gone:1:a", "lease_until": LONG_AGO, "asks": "",
                            "addressed": "[]", "memory": "{}", "created_at": LONG_AGO},
                "area": {"id": 1, "code": "a", "name": "a", "level": "community", "path": "/1/", "phone": ""},
                "officer": {"id": 1, "username": "a", "name": "a", "role": "admin", "area_id": 1, "password_hash": "",
                            "must_change": 0, "created_at": LONG_AGO},
                "batch": {"id": 7, "area_id": 1, "kind": "job", "about": "jobs", "title": "", "text": "",
                          "state": "queued", "filling": "", "filled_to": "", "texts": 3, "people": 3, "segments": 3,
                          "price_fen": 0, "left_out": "{}", "digest": "", "author_id": 1, "created_at": LONG_AGO,
                          "spread_minutes": 0, "trouble": ""}}.items():
            names, places = ", ".join(row), ", ".join("?" * len(row))
            db.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))
    said = doorstep("check", "--tables")
    assert said.status == 1
    assert said.out.strip() == "stuck_claims: 1 texts: put right"
    assert said.err.strip() == "numbers_wrong: 3 texts of batch 7: please look"
