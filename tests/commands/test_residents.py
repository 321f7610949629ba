"""doorstep residents import, as an operator calls it."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.org import areas
from app.org.areas import Level
from app.residents.residents import Resident
from app.staff import accounts
from app.staff.accounts import Officer, Role
from app.staff.audit import Audit
from tests.commands.conftest import KEYS, Doorstep
from tests.conftest import PLAIN
from tests.residents import big_file
from tests.residents.lists import text

GOOD = text(["姓名", "手机", "楼栋", "备注"], ["张三", "14200000001", "3栋", "-"], ["李四", "14200000002", "12", ""])
BAD = text(["姓名", "手机", "楼栋"], ["张三", "14200000001", "3栋"], ["李四", "1420", "99"])
MEASURE = """
import sys
from app.cli import main
status = main(sys.argv[1:])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))  # ru_maxrss knows the parent's, too
print(status, int(peak.split()[1]) // 1024)
"""


@pytest.fixture
def community(database_url: str) -> str:
    """The address of a database with a community of 72 buildings, a clerk and a head."""
    async def fill(database: Database) -> None:
        async with database.session() as db:
            area = await areas.add(db, level=Level.COMMUNITY, code="spring", name="清泉社区")
            for number in range(1, big_file.BUILDINGS + 1):
                await areas.add(db, level=Level.BUILDING, code=f"spring-{number}", name=f"{number}栋", parent=area)
            await accounts.add(db, "clerk", role=Role.CLERK, area=area)
            await accounts.add(db, "head", role=Role.HEAD, area=area)

    _with(database_url, fill)
    return database_url


def _with(url: str, deed: Callable[[Database], Any]) -> Any:
    async def run() -> Any:
        database = Database(replace(PLAIN, database_url=url))
        try:
            return await deed(database)
        finally:
            await database.close()

    return asyncio.run(run())


def _all(url: str, statement: Any) -> list[Any]:
    async def read(database: Database) -> list[Any]:
        async with database.reading() as db:
            return list(await db.scalars(statement))

    found: list[Any] = _with(url, read)
    return found


def _file(folder: Path, data: bytes, name: str = "list.csv") -> str:
    (folder / name).write_bytes(data)
    return name


def test_a_list_is_imported_and_said_as_one_json_object(doorstep: Doorstep, folder: Path, community: str) -> None:
    said = doorstep("residents", "import", _file(folder, GOOD), "--area", "spring", "--json", DATABASE_URL=community)
    assert said.status == 0, said.err
    found = json.loads(said.out)
    assert {key: found[key] for key in ("rows", "new", "changed", "unchanged", "refused", "errors", "applied")} == {
        "rows": 2, "new": 2, "changed": 0, "unchanged": 0, "refused": 0, "errors": [], "applied": True}
    assert found["unused"] == ["备注"]
    assert _all(community, select(Resident.name).order_by(Resident.id)) == ["张三", "李四"]


def test_a_bad_row_is_named_and_changes_nothing(doorstep: Doorstep, folder: Path, community: str) -> None:
    said = doorstep("residents", "import", _file(folder, BAD), "--area", "spring", "--json", DATABASE_URL=community)
    assert said.status == 1
    found = json.loads(said.out)
    assert (found["rows"], found["refused"], found["applied"]) == (2, 1, False)
    assert [(error["row"], error["column"], error["heading"]) for error in found["errors"]] == [
        (3, "B", "手机"), (3, "C", "楼栋")]
    assert found["errors"][0]["sentence"] == "A mobile number has 11 digits; this one has 4."
    assert _all(community, select(Resident.name)) == []


@pytest.mark.parametrize("engine", ["sqlite"])
def test_people_read_plain_words(doorstep: Doorstep, folder: Path, community: str) -> None:
    said = doorstep("residents", "import", _file(folder, BAD), "--area", "spring", DATABASE_URL=community)
    assert said.status == 1
    assert "Row 3, column B 手机: A mobile number has 11 digits; this one has 4." in said.err
    assert "Nothing was changed." in said.out
    said = doorstep("residents", "import", _file(folder, GOOD), "--area", "spring", DATABASE_URL=community)
    assert said.out.splitlines() == ["2 rows: 2 new, 0 changed, 0 unchanged, 0 refused.", "Columns not read: 备注",
                                     "Applied."]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_dry_run_changes_nothing(doorstep: Doorstep, folder: Path, community: str) -> None:
    said = doorstep("residents", "import", _file(folder, GOOD), "--area", "spring", "--dry-run", "--json",
                    DATABASE_URL=community)
    assert (said.status, json.loads(said.out)["applied"], json.loads(said.out)["new"]) == (0, False, 2)
    assert _all(community, select(Resident.name)) == []
    assert _all(community, select(Audit.verb)) == []


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_audit_names_who_did_it(doorstep: Doorstep, folder: Path, community: str) -> None:
    name = _file(folder, GOOD)
    for words in (("--by", "clerk"), ()):
        assert doorstep("residents", "import", name, "--area", "spring", *words, DATABASE_URL=community).status == 0
    who = select(Officer.username).join(Audit, Audit.officer_id == Officer.id).order_by(Audit.id)
    assert _all(community, who) == ["clerk", "command-line"]
    assert _all(community, select(Officer.username).where(Officer.closed_at.is_not(None))) == ["command-line"]


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(("words", "says"), [
    (("list.csv", "--area", "nowhere"), "There is no area with the code nowhere."),
    (("list.csv", "--area", "spring", "--by", "nobody"), "There is no user nobody."),
    (("list.csv", "--area", "spring", "--by", "head"), "Your role does not allow this."),
    (("missing.xlsx", "--area", "spring"), "There is no file missing.xlsx."),
    (("broken.xlsx", "--area", "spring"),
     "This workbook is damaged and cannot be read. Please open it in Excel or WPS "
                                          "and save it again."),
])
def test_what_cannot_be_done_is_one_sentence(doorstep: Doorstep, folder: Path, community: str, words: tuple[str, ...],
                                             says: str) -> None:
    _file(folder, GOOD)
    _file(folder, b"PK\x03\x04junk", "broken.xlsx")
    said = doorstep("residents", "import", *words, DATABASE_URL=community)
    assert (said.status, said.err.strip(), said.out) == (1, says, "")


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("name", ["big.xlsx", "big.csv"])
def test_a_hundred_thousand_rows_are_checked_in_500_mb(
        doorstep: Doorstep, folder: Path, community: str, name: str) -> None:
    """How fast it is, `make bench ONLY=import_rows_per_second` says."""
    some = big_file.write(folder / "some.csv", 15_000)
    assert doorstep("residents", "import", some.name, "--area", "spring", DATABASE_URL=community).status == 0
    big_file.write(folder / name, 100_000)
    run = subprocess.run([sys.executable, "-c", MEASURE, "residents", "import", name, "--area", "spring", "--dry-run",
                          "--json"], cwd=folder, env={**KEYS, "DATABASE_URL": community}, check=True, text=True,
                         capture_output=True)
    said, measured = run.stdout.splitlines()
    status, megabytes = measured.split()
    assert json.loads(said)["new"] == 85_000
    assert json.loads(said)["unchanged"] == 15_000
    assert status == "0"
    assert int(megabytes) < 500
