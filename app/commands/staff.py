"""doorstep staff add: a staff account."""

import argparse
from typing import TYPE_CHECKING

from app.commands import DONE, Plain, declare, settings_of

if TYPE_CHECKING:
    from app.settings import Settings

ROLES = ("head", "clerk", "supervisor", "admin")  # of app.staff.accounts, which is slow to import


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verbs = declare(calls, "staff", _add, "staff accounts").add_subparsers(required=True, metavar="VERB")
    parser = declare(verbs, "add", _add, "a new account; prints a one-time password")
    parser.add_argument("username", metavar="USERNAME")
    parser.add_argument("--role", required=True, choices=ROLES)
    parser.add_argument("--area", required=True, metavar="CODE", help="code of the area inside which the account works")


def _add(arguments: argparse.Namespace) -> int:
    import asyncio

    password = asyncio.run(_open_account(settings_of(arguments), arguments.username, arguments.role, arguments.area))
    print(f"User {arguments.username}, one-time password: {password}")
    return DONE


async def _open_account(settings: "Settings", username: str, role: str, code: str) -> str:
    from app.main import open_database
    from app.org import areas
    from app.staff import accounts

    if not username.strip() or len(username) > 40:
        raise Plain("A user name has 1 to 40 characters.")
    database = await open_database(settings)
    try:
        async with database.session() as db:
            area = await areas.by_code(db, code)
            if area is None:
                raise Plain(f"There is no area with the code {code}.")
            _officer, password = await accounts.add(db, username.strip(), role=accounts.Role(role), area=area)
            return password
    finally:
        await database.close()
