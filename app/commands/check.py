"""doorstep check: tries the settings, the database and the gateway without sending anything."""

import argparse
import sys
from typing import TYPE_CHECKING

from app.commands import DONE, REFUSED, declare, settings_of

if TYPE_CHECKING:
    from app.settings import Settings


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    declare(calls, "check", _check, "try the settings, the database and the gateway; says what is wrong")


def _check(arguments: argparse.Namespace) -> int:
    import asyncio

    problems = asyncio.run(_problems(settings_of(arguments)))
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print("Settings, database and gateway are all right.")
    return REFUSED if problems else DONE


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
        return [f"SMS_GATEWAY={settings.sms_gateway}: {problem}"
                for problem in await gateways.get(settings.sms_gateway).check()]
    finally:
        await gateways.close()
        await database.close()
