"""doorstep push: tell people about a job, as staff would from the page."""

import argparse
import json
from typing import TYPE_CHECKING

from app.commands import DONE, Plain, declare, settings_of

if TYPE_CHECKING:
    from app.settings import Settings


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = declare(calls, "push", _push, "push a job to the people whom it suits")
    parser.add_argument("number", type=int, metavar="LISTING_NUMBER")
    parser.add_argument("--area", required=True, metavar="CODE")
    parser.add_argument("--by", required=True, metavar="USERNAME")
    parser.add_argument("--approved-by", metavar="USERNAME")
    parser.add_argument("--limit", type=int, metavar="N", help="at most so many phones")


def _push(arguments: argparse.Namespace) -> int:
    import asyncio

    if arguments.limit is not None and arguments.limit < 1:
        raise Plain("--limit must be 1 or more")
    print(json.dumps(asyncio.run(_told(arguments, settings_of(arguments))), ensure_ascii=False))
    return DONE


async def _told(arguments: argparse.Namespace, settings: "Settings") -> dict[str, object]:
    from app.jobs import jobs, pushes
    from app.main import open_database
    from app.staff import accounts, scopes
    from app.staff.accounts import Officer

    database = await open_database(settings)
    try:
        async with database.session() as db:
            async def officer(username: str) -> Officer:
                found = await accounts.by_username(db, username)
                if found is None:
                    raise Plain(f"there is no officer {username}")
                return found

            by = await officer(arguments.by)
            second = await officer(arguments.approved_by) if arguments.approved_by else None
            area = await scopes.area(db, arguments.area, by)
            job = await jobs.by_number(db, arguments.number, area_id=area.id)
            if job is None:
                raise Plain(f"{arguments.area} has no number {arguments.number}")
            batch = await pushes.push(db, job, by=by, approved_by=second, limit=arguments.limit)
            return {"listing": job.number, "batch": batch.id, "queued": batch.texts, "left_out": batch.left_out,
                    "segments": batch.segments, "state": batch.state}
    finally:
        await database.close()
