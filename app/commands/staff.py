"""doorstep staff: an account is opened, gets a new password, is closed."""

import argparse
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from app.commands import DONE, Plain, declare, settings_of

if TYPE_CHECKING:
    from app.db import Database
    from app.settings import Settings

T = TypeVar("T")
ROLES = ("head", "clerk", "supervisor", "admin")  # of app.staff.accounts, which is slow to import


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verbs = declare(calls, "staff", _add, "staff accounts").add_subparsers(required=True, metavar="VERB")
    parser = declare(verbs, "add", _add, "a new account; prints a one-time password")
    parser.add_argument("username", metavar="USERNAME")
    parser.add_argument("--role", required=True, choices=ROLES)
    parser.add_argument("--area", required=True, metavar="CODE", help="code of the area inside which the account works")
    parser = declare(verbs, "reset", _reset, "a new one-time password for somebody who forgot theirs; logs them out")
    parser.add_argument("username", metavar="USERNAME")
    parser = declare(verbs, "close", _close, "close an account for good; logs it out")
    parser.add_argument("username", metavar="USERNAME")


def _add(arguments: argparse.Namespace) -> int:
    import asyncio

    password = asyncio.run(_open_account(settings_of(arguments), arguments.username, arguments.role, arguments.area))
    print(f"User {arguments.username}, one-time password: {password}")
    return DONE


def _reset(arguments: argparse.Namespace) -> int:
    import asyncio

    from app.staff import logins

    password = asyncio.run(_with_database(settings_of(arguments), arguments.username, logins.reset_password))
    print(f"User {arguments.username}, one-time password: {password}")
    return DONE


def _close(arguments: argparse.Namespace) -> int:
    import asyncio

    from app.staff import logins

    asyncio.run(_with_database(settings_of(arguments), arguments.username, logins.close_account))
    print(f"The account {arguments.username} is closed.")
    return DONE


async def _with_database(settings: "Settings", username: str,
                         verb: Callable[["Database", str], Awaitable[T]]) -> T:
    from app.main import open_database

    database = await open_database(settings)
    try:
        return await verb(database, username)
    finally:
        await database.close()


async def _open_account(settings: "Settings", username: str, role: str, code: str) -> str:
    from app.main import open_database
    from app.org import areas
    from app.staff import accounts, audit

    if not username.strip() or len(username) > 40:
        raise Plain("A user name has 1 to 40 characters.")
    database = await open_database(settings)
    try:
        async with database.session() as db:
            area = await areas.by_code(db, code)
            if area is None:
                raise Plain(f"There is no area with the code {code}.")
            officer, password = await accounts.add(db, username.strip(), role=accounts.Role(role), area=area)
            audit.record(db, "open_account", officer, by=await accounts.operator(db, area))
            return password
    finally:
        await database.close()
