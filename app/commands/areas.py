"""doorstep areas add: a node of the tree of areas, such as the community with which a new station begins."""

import argparse
from typing import TYPE_CHECKING

from app.commands import DONE, Plain, declare, settings_of

if TYPE_CHECKING:
    from app.settings import Settings

LEVELS = ("province", "city", "district", "street", "community", "grid", "building")  # of app.org.areas, slow to import


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verbs = declare(calls, "areas", _add, "the tree of areas").add_subparsers(required=True, metavar="VERB")
    parser = declare(verbs, "add", _add, "a new area")
    parser.add_argument("code", metavar="CODE", help="what commands and pages name it by")
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--level", required=True, choices=LEVELS)
    parser.add_argument("--inside", metavar="CODE", help="the area above it; left out for the uppermost one")
    parser.add_argument("--phone", default="", metavar="NUMBER", help="the station's help line")


def _add(arguments: argparse.Namespace) -> int:
    import asyncio

    asyncio.run(_put(settings_of(arguments), arguments))
    print(f"Area {arguments.code} is there.")
    return DONE


async def _put(settings: "Settings", wanted: argparse.Namespace) -> None:
    from app.main import open_database
    from app.org import areas

    _check(wanted)
    database = await open_database(settings)
    try:
        async with database.session() as db:
            parent = await areas.by_code(db, wanted.inside) if wanted.inside else None
            if wanted.inside and parent is None:
                raise Plain(f"There is no area with the code {wanted.inside}.")
            if parent and LEVELS.index(parent.level) >= LEVELS.index(wanted.level):
                raise Plain(f"A {wanted.level} cannot lie inside a {parent.level}.")
            await areas.add(db, level=areas.Level(wanted.level), code=wanted.code, name=wanted.name, parent=parent,
                            phone=wanted.phone)
    finally:
        await database.close()


def _check(wanted: argparse.Namespace) -> None:
    for what, given, most in (("code", wanted.code, 40), ("name", wanted.name, 60)):
        if not given.strip() or len(given) > most:
            raise Plain(f"The {what} has 1 to {most} characters.")
    if len(wanted.phone) > 20:
        raise Plain("The phone has at most 20 characters.")
