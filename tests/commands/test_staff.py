import asyncio
from dataclasses import replace

import pytest

from app.db import Database
from app.org import areas
from app.org.areas import Level
from app.staff import accounts, logins
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
        async with database.session() as db:
            result = await logins.log_in(db, "wang", password, address="-"), await accounts.by_username(db, "wang")
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
