"""What SQLAlchemy expects of SQLite's driver, and what a statement costs."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiosqlite import Connection
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app import sqlite
from app.db import Database, Fact

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


async def test_rows_counts_and_errors_are_the_driver_s(database: Database) -> None:
    async with database.session() as db:
        made = await db.scalars(insert(Fact).returning(Fact.name), [{"name": n, "value": "1"} for n in "abc"])
        assert sorted(made) == ["a", "b", "c"]
        done: Any = await db.execute(update(Fact).where(Fact.name != "a").values(value="2"))
        assert done.rowcount == 2
        assert list(await db.scalars(select(Fact.name).where(Fact.value == "2").order_by(Fact.name))) == ["b", "c"]
    with pytest.raises(IntegrityError):
        async with database.session() as db:
            await db.execute(insert(Fact).values(name="a", value="3"))
    async with database.reading() as db:
        assert await db.scalar(select(Fact.value).where(Fact.name == "a")) == "1"


async def test_what_was_committed_reaches_the_file_while_others_may_write(
        database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "CHECKPOINT_SECONDS", 0.0)
    async with database.session() as db:
        await db.execute(insert(Fact).values(name="a", value="1"))
    path = Path(database.url.removeprefix("sqlite+aiosqlite:///"))
    for _ in range(100):
        shutil.copy(path, tmp_path / "copy.db")  # without the log beside it
        with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
            if copy.execute("SELECT value FROM fact WHERE name = 'a'").fetchall() == [("1",)]:
                return
        await asyncio.sleep(0.1)
    pytest.fail("it is only in the log")


@pytest.mark.usefixtures("engine")
async def test_a_checkpoint_that_cannot_be_made_is_made_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                              caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(sqlite, "CHECKPOINT_SECONDS", 0.0)
    checkpoints = sqlite.Checkpoints(str(tmp_path / "no such folder" / "x.db"))
    checkpoints.committed()
    await checkpoints.close()
    assert caplog.messages == ["no checkpoint: OperationalError"]


async def test_a_statement_is_one_trip_to_the_thread(database: Database, monkeypatch: pytest.MonkeyPatch,
                                                     tmp_path: Path) -> None:
    trips: list[object] = []
    plain = Connection._execute

    async def counted(self: Connection, verb: Any, *words: Any, **more: Any) -> Any:
        trips.append(verb)
        return await plain(self, verb, *words, **more)  # type: ignore[no-untyped-call]

    async with database.session() as db:
        await db.execute(text("SELECT 1"))
        monkeypatch.setattr(Connection, "_execute", counted)
        assert list(await db.scalars(select(Fact.name))) == []
        assert len(trips) == 1


@pytest.mark.usefixtures("engine")
async def test_who_comes_first_goes_before_all_who_wait_but_not_twice_in_a_row() -> None:
    door, order = sqlite.Door(60), list[str]()

    async def pass_through(name: str) -> None:
        async with door.passed(first=name.startswith("call")):
            order.append(name)
            await asyncio.sleep(0)

    async with door.passed():
        names = ("bulk 1", "bulk 2", "bulk 3", "call 1", "call 2")
        waiting = [asyncio.create_task(pass_through(name)) for name in names]
        await asyncio.sleep(0)
        assert (order, door.waiting) == ([], 5)
    await asyncio.gather(*waiting)
    assert order == ["call 1", "bulk 1", "call 2", "bulk 2", "bulk 3"]
    assert door.waiting == 0


@pytest.mark.usefixtures("engine")
async def test_who_gives_up_waiting_holds_up_nobody() -> None:
    door = sqlite.Door(60)

    async def pass_through() -> str:
        async with door.passed():
            return "through"

    async with door.passed():
        gives_up, just_let_in, next_one = [asyncio.create_task(pass_through()) for _ in range(3)]
        await asyncio.sleep(0)
        gives_up.cancel()
    just_let_in.cancel()  # at the moment at which it is let in
    assert await next_one == "through"
    assert gives_up.cancelled()
    assert just_let_in.cancelled()


@pytest.mark.usefixtures("engine")
async def test_nobody_waits_at_the_door_for_ever() -> None:
    door = sqlite.Door(0.01)
    async with door.passed():
        with pytest.raises(TimeoutError):
            async with door.passed():
                pytest.fail("two are inside")
        assert door.waiting == 0
    async with door.passed():
        assert door.waiting == 0
