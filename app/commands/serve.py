"""doorstep serve: the web application."""

import argparse
import os
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from app.commands import DONE, Plain, declare, settings_of, settle_down

if TYPE_CHECKING:
    from litestar import Litestar

    from app.settings import Settings

# Longer than providers and proxies keep an idle connection, so that theirs is never closed under a call on its way.
KEPT_SECONDS = 75
_SHARED = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus-client when it is imported


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = declare(calls, "serve", _serve, "the web application")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--no-dispatch", action="store_true", help="leave the outbox to `doorstep work`")


def _serve(arguments: argparse.Namespace) -> int:
    import asyncio

    import uvicorn

    from app import logs

    settings = settings_of(arguments)
    logs.set_up(settings)
    if settings.is_sqlite and arguments.workers > 1:
        raise Plain("SQLite serves one process; use --workers 1, or move to PostgreSQL")
    if arguments.workers > 1:
        os.environ["DOORSTEP_NO_DISPATCH"] = "1" if arguments.no_dispatch else ""
        with TemporaryDirectory(prefix="doorstep-") as shared:
            os.environ.setdefault(_SHARED, shared)  # each of them answers /metrics for all of them
            uvicorn.run("app.commands.serve:application", factory=True, host=arguments.host, port=arguments.port,
                        workers=arguments.workers, timeout_keep_alive=KEPT_SECONDS, **logs.of_server(settings))
        return DONE
    from app.main import create_app

    asyncio.run(_try(settings))
    dispatch = not arguments.no_dispatch
    app = create_app(settings, dispatch=dispatch)
    settle_down()
    uvicorn.run(app, host=arguments.host, port=arguments.port, timeout_keep_alive=KEPT_SECONDS,
                **logs.of_server(settings))
    return DONE


def application() -> "Litestar":
    """The application as a worker process of uvicorn makes it, from the environment alone."""
    from dotenv import load_dotenv

    from app import logs
    from app.main import create_app
    from app.settings import Settings

    load_dotenv(".env")
    settings = Settings.from_env(os.environ)
    logs.set_up(settings)
    app = create_app(settings, dispatch=not os.environ.get("DOORSTEP_NO_DISPATCH"))
    settle_down()
    return app


async def _try(settings: "Settings") -> None:
    """Open the database and make each gateway once, so that what is wrong is said in one sentence instead of a
    server's fifty lines."""
    from app.main import open_database
    from app.sms.gateways.base import Made

    database = await open_database(settings)
    try:
        for name in settings.gateways:
            Made(settings, database).get(name)
    finally:
        await database.close()
