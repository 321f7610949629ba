"""doorstep check: tries the settings, the database and the gateway without sending anything; with --tables it also
looks whether the tables fit together, as happens every night."""

import argparse
import sys
from typing import TYPE_CHECKING

from app.commands import DONE, REFUSED, declare, settings_of

if TYPE_CHECKING:
    from app.settings import Settings


_ONLY_PRETENDS = ("Settings and database are all right. But SMS_GATEWAY=simulator sends nothing to anybody: it is for "
                  "trying out only, and /phones shows every text and code to whoever sits at this machine.")


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = declare(calls, "check", _check, "try the settings, the database and the gateway; says what is wrong")
    parser.add_argument("--tables", action="store_true", help="look over the tables, too: put right what certainly is "
                        "wrong, and say what somebody has to look at")


def _check(arguments: argparse.Namespace) -> int:
    import asyncio

    settings = settings_of(arguments)
    problems = asyncio.run(_problems(settings))
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return REFUSED
    if arguments.tables and not asyncio.run(_tables_fit(settings)):
        return REFUSED
    print("Settings, database and gateway are all right." if _reaches_people(settings) else _ONLY_PRETENDS)
    return DONE


def _reaches_people(settings: "Settings") -> bool:
    return not settings.is_simulated


async def _tables_fit(settings: "Settings") -> bool:
    """Says what was found; whether nothing is left to look at."""
    from app.db import Database
    from app.watch import inspections

    database = Database(settings)
    try:
        found = await inspections.by_hand(database)
    finally:
        await database.close()
    for one in found:
        about = f" of batch {one.batch}" if one.batch else ""
        print(f"{one.what}: {one.count} texts{about}: {'put right' if one.repaired else 'please look'}",
              file=sys.stdout if one.repaired else sys.stderr)
    return all(one.repaired for one in found)


async def _problems(settings: "Settings") -> list[str]:
    return [*await _of_database(settings), *await _of_gateway(settings)]


async def _of_database(settings: "Settings") -> list[str]:
    from app.errors import TemporarilyAway
    from app.main import open_database
    from app.settings import BadSetting

    try:
        await (await open_database(settings)).close()
    except BadSetting as error:
        return [str(error)]
    except TemporarilyAway:
        return ["DATABASE_URL: the database is locked or cannot be reached."]
    return []


async def _of_gateway(settings: "Settings") -> list[str]:
    from app.db import Database
    from app.sms.gateways.base import Made

    database = Database(settings)
    gateways = Made(settings, database)
    try:
        return [f"SMS_GATEWAY={name}: {problem}"
                for name in settings.gateways for problem in await gateways.get(name).check()]
    finally:
        await gateways.close()
        await database.close()
