import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.db import Database
from app.org import areas
from app.org.areas import Level
from app.staff import accounts, logins
from app.staff.audit import Audit
from tests.commands.conftest import Doorstep
from tests.conftest import PLAIN


def _with_community(url: str) -> None:
    async def add() -> None:
        database = Database(replace(PLAIN, database_url=url))
        async with database.session() as db:
            await areas.add(db, level=Level.COMMUNITY, code="spring", name="清泉社区")
        await database.close()

    asyncio.run(add())


def test_a_new_account_gets_a_password_for_one_use(doorstep: Doorstep, database_url: str) -> None:
    _with_community(database_url)
    said = doorstep("staff", "add", "wang", "--role", "clerk", "--area", "spring", DATABASE_URL=database_url)
    assert said.status == 0
    password = said.out.strip().rsplit(" ", 1)[1]

    async def log_in() -> tuple[str | None, accounts.Officer | None]:
        database = Database(replace(PLAIN, database_url=database_url))
        token = await logins.log_in(database, "wang", password, address="-")
        async with database.reading() as db:
            result = token, await accounts.by_username(db, "wang")
        await database.close()
        return result

    token, wang = asyncio.run(log_in())
    assert token
    assert wang is not None
    assert wang.must_change
    assert (wang.role, wang.area.code) == ("clerk", "spring")


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_name_that_is_taken_and_an_area_that_is_not_there(doorstep: Doorstep, database_url: str) -> None:
    _with_community(database_url)
    words = ("staff", "add", "wang", "--role", "clerk", "--area")
    doorstep(*words, "spring", DATABASE_URL=database_url)
    again = doorstep(*words, "spring", DATABASE_URL=database_url)
    assert (again.status, again.out, again.err.strip()) == (1, "", "The user name wang is taken.")
    nowhere = doorstep(*words, "nowhere", DATABASE_URL=database_url)
    assert (nowhere.status, nowhere.err.strip()) == (1, "There is no area with the code nowhere.")


@pytest.mark.parametrize("words", [
    ("staff",), ("staff", "add", "wang"), ("staff", "add", "wang", "--role", "king", "--area", "spring"), ("stuff",),
    (),
])
def test_wrong_usage(doorstep: Doorstep, words: tuple[str, ...]) -> None:
    said = doorstep(*words)
    assert (said.status, said.out) == (2, "")
    assert "usage: doorstep" in said.err


def test_the_roles_of_the_command_are_those_of_the_accounts() -> None:
    from app.commands.staff import ROLES

    assert set(ROLES) == {str(role) for role in accounts.Role}


def _log_in(url: str, username: str, password: str) -> str | None:
    async def log_in() -> str | None:
        database = Database(replace(PLAIN, database_url=url))
        token = await logins.log_in(database, username, password, address="-")
        await database.close()
        return token

    return asyncio.run(log_in())


def _who(url: str, token: str) -> accounts.Officer | None:
    async def ask() -> accounts.Officer | None:
        database = Database(replace(PLAIN, database_url=url))
        async with database.reading() as db:
            officer = await logins.officer_of(db, token)
        await database.close()
        return officer

    return asyncio.run(ask())


def _verbs(url: str) -> list[str]:
    async def ask() -> list[str]:
        database = Database(replace(PLAIN, database_url=url))
        async with database.reading() as db:
            found = [f"{row.verb}:{row.subject}" for row in await db.scalars(select(Audit).order_by(Audit.id))]
        await database.close()
        return found

    return asyncio.run(ask())


def test_whoever_forgot_the_password_gets_another_one_and_the_old_sessions_end(doorstep: Doorstep,
                                                                                 database_url: str) -> None:
    _with_community(database_url)
    opened = doorstep("staff", "add", "wang", "--role", "clerk", "--area", "spring", DATABASE_URL=database_url)
    first = opened.out.strip().rsplit(" ", 1)[1]
    token = _log_in(database_url, "wang", first)
    assert token
    said = doorstep("staff", "reset", "wang", DATABASE_URL=database_url)
    assert (said.status, said.err) == (0, "")
    second = said.out.strip().rsplit(" ", 1)[1]
    assert _who(database_url, token) is None
    assert _log_in(database_url, "wang", first) is None
    again = _log_in(database_url, "wang", second)
    assert again
    wang = _who(database_url, again)
    assert wang
    assert wang.must_change
    assert _verbs(database_url) == ["open_account:officer", "log_in:officer", "reset_password:officer",
                                    "log_in:officer"]


def test_a_closed_account_is_out_at_once_and_its_name_stays_taken(doorstep: Doorstep, database_url: str) -> None:
    _with_community(database_url)
    words = ("staff", "add", "wang", "--role", "clerk", "--area", "spring")
    password = doorstep(*words, DATABASE_URL=database_url).out.strip().rsplit(" ", 1)[1]
    token = _log_in(database_url, "wang", password)
    assert token
    said = doorstep("staff", "close", "wang", DATABASE_URL=database_url)
    assert (said.status, said.out.strip()) == (0, "The account wang is closed.")
    assert _who(database_url, token) is None
    assert _log_in(database_url, "wang", password) is None
    assert _verbs(database_url)[-1] == "close_account:officer"
    for verb in ("close", "reset"):
        again = doorstep("staff", verb, "wang", DATABASE_URL=database_url)
        assert (again.status, again.err.strip()) == (1, "There is no open account with the user name wang.")
    assert doorstep(*words, DATABASE_URL=database_url).err.strip() == "The user name wang is taken."


@pytest.mark.parametrize("engine", ["sqlite"])
def test_nobody_logs_in_as_the_command_line(doorstep: Doorstep, database_url: str) -> None:
    _with_community(database_url)
    doorstep("staff", "add", "wang", "--role", "clerk", "--area", "spring", DATABASE_URL=database_url)
    assert _log_in(database_url, accounts.OPERATOR, "") is None
    said = doorstep("staff", "reset", accounts.OPERATOR, DATABASE_URL=database_url)
    assert said.status == 1
