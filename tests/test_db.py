"""One deed is one savepoint, a look cannot write, and a database that is away says so."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, NoResultFound

from app.db import Database, Fact, Turn, deed, fact, remember, take_turn
from app.errors import TemporarilyAway
from app.settings import Settings
from tests import postgresql


async def test_what_a_deed_undoes_leaves_the_rest(database: Database) -> None:
    async with database.session() as db:
        await remember(db, "before", "1")
        with pytest.raises(RuntimeError):
            async with deed(db):
                await remember(db, "within", "1")
                raise RuntimeError
        await remember(db, "after", "1")
    async with database.reading() as db:
        assert set(await db.scalars(select(Fact.name))) == {"before", "after"}


async def test_what_raises_is_not_committed(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.session() as db:
            await remember(db, "lost", "1")
            raise RuntimeError
    async with database.reading() as db:
        assert await fact(db, "lost") == ""


async def test_a_look_cannot_write(database: Database) -> None:
    with pytest.raises((DBAPIError, TemporarilyAway)):
        async with database.reading() as db:
            await remember(db, "sneaked", "1")
            await db.commit()
    async with database.reading() as db:
        assert await fact(db, "sneaked") == ""


async def test_two_hundred_writers_at_once_all_get_their_turn(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.session() as db:
            await remember(db, f"writer {number}", "1")

    await asyncio.gather(*(write(number) for number in range(200)))
    async with database.reading() as db:
        assert len(list(await db.scalars(select(Fact.name)))) == 200


async def test_one_at_a_time_takes_a_turn(database: Database) -> None:
    order: list[str] = []

    async def work(name: str) -> None:
        async with database.session() as db:
            await take_turn(db, "rounds")
            order.append(f"{name} in")
            await asyncio.sleep(0.05)
            order.append(f"{name} out")

    await asyncio.gather(work("a"), work("b"), work("c"))
    assert [step.split()[1] for step in order] == ["in", "out"] * 3


@pytest.mark.parametrize("engine", ["postgresql"])  # on SQLite whoever may write has every turn
async def test_a_turn_that_nobody_made_is_a_bug(database: Database) -> None:
    with pytest.raises(NoResultFound):
        async with database.session() as db:
            await take_turn(db, "never heard of")


async def test_a_database_that_is_away_says_so(settings: Settings) -> None:
    away = Database(replace(settings, database_url="postgresql+asyncpg://nobody@127.0.0.1:1/nothing"))
    with pytest.raises(TemporarilyAway):
        async with away.session() as db:
            await db.scalar(select(Fact.name))
    await away.close()


async def test_an_error_does_not_repeat_the_values_of_its_statement(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught:
        async with database.session() as db:
            await db.execute(insert(Fact), [{"name": "once", "value": "14200000001"}])
            await db.execute(insert(Fact), [{"name": "once", "value": "14200000001"}])
    assert "14200000001" not in str(caught.value)


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_a_glance_survives_that_its_connections_were_ended(database: Database, postgresql_server: str) -> None:
    """Nobody asks before each of them whether the connection still stands."""
    assert [tuple(row) for row in await database.glance(text("SELECT 1"))] == [(1,)]
    name = database.url.partition("?")[0].rpartition("/")[2]
    await postgresql.tell(postgresql_server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                             f"WHERE datname = '{name}'")
    assert [tuple(row) for row in await database.glance(text("SELECT 2"))] == [(2,)]


async def test_what_only_looks_counts_as_no_commit(database: Database) -> None:
    async with database.session() as db:
        await db.scalar(select(func.count()).select_from(Turn))
    assert database.commits == 0
    async with database.session() as db:
        db.add(Turn(name="a"))
    async with database.session() as db:
        await db.execute(delete(Turn).where(Turn.name == "a"))
    assert database.commits == 2
