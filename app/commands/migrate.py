"""doorstep migrate: brings the database to the newest schema."""

import argparse

from app.commands import DONE, Plain, declare, settings_of


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    declare(calls, "migrate", _migrate, "bring the database to the newest schema")


def _migrate(arguments: argparse.Namespace) -> int:
    import asyncio

    from alembic.util import CommandError

    from app import schema
    from app.backups import hold
    from app.commands.restore import what_is_held
    from app.db import Database

    database = Database(settings_of(arguments))

    async def migrate() -> hold.Held | None:
        try:
            await schema.migrate(database)
            return await hold.if_restored(database)
        finally:
            await database.close()

    try:
        held = asyncio.run(migrate())
    except CommandError:
        raise Plain("This database was made by a newer Doorstep; install that one.") from None
    print("The database has the newest schema.")
    if held:
        print(what_is_held(held))
    return DONE
