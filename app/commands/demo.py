"""doorstep demo: the demo community, served with the simulated carrier in one process."""

import argparse
import os
import socket
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands import DONE, Plain, declare, settings_of
from app.commands.serve import KEPT_SECONDS

if TYPE_CHECKING:
    from app.db import Database
    from app.settings import Settings

_WELCOME = """\
Doorstep's demo community is at {address} (stop it with Ctrl+C)

  {address}/               today's work near you, as residents see it
  {address}/phones         the simulated phones: read texts and answer them
  {address}/office/login   the office; users: head, clerk, supervisor, admin; password: demo

Try this: log in as clerk, open listing 10 (香菇分拣, mushroom sorting, twelve places) and push it. Log in as supervisor
in another browser and approve it. Answer 1 from some of the simulated phones, and watch the places fill.
`doorstep --demo CALL …` works on the same database meanwhile; `make demo-reset` starts afresh."""
_OVER = "Listing 10 is over, because this data was made on an earlier day; `make demo-reset` starts afresh."


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = declare(calls, "demo", _demo, "the demo community on http://127.0.0.1:8000, or another port with PORT=")
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away first")


def _demo(arguments: argparse.Namespace) -> int:
    import asyncio

    import uvicorn

    from app.main import create_app

    arguments.demo = True
    with _door(os.environ.get("PORT", "") or "8000") as door:
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
        settings = replace(settings_of(arguments), public_url=address)
        if arguments.reset:
            _throw_away(Path(settings.database_url.removeprefix("sqlite+aiosqlite:///")))
        fresh = asyncio.run(_prepare(settings))
        application = create_app(settings)
        welcome = "\n".join([_WELCOME.format(address=address), *([] if fresh else ["", _OVER])])
        application.on_startup.append(lambda: print(welcome, flush=True))
        door.listen()
        with suppress(KeyboardInterrupt):  # that is how a demo ends
            uvicorn.Server(uvicorn.Config(application, log_level="warning", access_log=False,
                                          timeout_keep_alive=KEPT_SECONDS)).run(sockets=[door])
    return DONE


def _door(port: str) -> socket.socket:
    """A socket that already has the port, so that a taken one is known before anything is made."""
    door = socket.socket()
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", int(port)))
    except (OSError, ValueError, OverflowError):
        door.close()
        raise Plain(f"PORT={port} is taken or is no port; choose another one, such as PORT=8001.") from None
    return door


def _throw_away(path: Path) -> None:
    """Delete the database. Raises Plain while another process has it open."""
    import sqlite3
    from contextlib import closing

    if path.exists():
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            try:
                # Leaving WAL needs the file alone, so this fails while anybody else has it open.
                connection.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError:
                raise Plain("The demo database is in use; stop the demo that is running first.") from None
            except sqlite3.DatabaseError:
                pass  # not a database at all, so nobody is using it
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


async def _prepare(settings: "Settings") -> bool:
    """Make and fill the database where that has not been done; says whether listing 10 is still to come."""
    from app import schema
    from app.db import Database
    from app.demo import community

    database = Database(settings)
    try:
        await schema.migrate(database)
        if not await community.is_filled(database):
            print("Inventing 4,152 households ...", flush=True)
            await community.fill(database)
        return await _is_fresh(database)
    finally:
        await database.close()


async def _is_fresh(database: "Database") -> bool:
    from app import clock
    from app.demo import community
    from app.listings import listings
    from app.org import areas

    async with database.reading() as db:
        area = await areas.by_code(db, community.CODE)
        listing = await listings.by_number(db, listings.FIRST_NUMBER, area_id=area.id) if area else None
    return listing is not None and listing.open and not listing.started(clock.now())
