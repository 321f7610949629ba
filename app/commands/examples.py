"""doorstep examples: the readings that staff put right, as labelled texts that `doorstep read --tsv` can score."""

import argparse
import sys
from typing import TYPE_CHECKING

from app.commands import DONE, Plain, declare, settings_of

if TYPE_CHECKING:
    from app.settings import Settings


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = declare(calls, "examples", _examples, "print what staff put right, for doorstep read --tsv")
    parser.add_argument("--by", required=True, metavar="USERNAME", help="the officer whose area it is, for the audit")


def _examples(arguments: argparse.Namespace) -> int:
    import asyncio

    sys.stdout.write(asyncio.run(_labelled(arguments.by, settings_of(arguments))))
    return DONE


async def _labelled(username: str, settings: "Settings") -> str:
    from app.desk import examples
    from app.main import open_database
    from app.staff import accounts

    database = await open_database(settings)
    try:
        async with database.session() as db:
            by = await accounts.by_username(db, username)
            if by is None:
                raise Plain(f"there is no officer {username}")
            return await examples.labelled(db, by=by)
    finally:
        await database.close()
