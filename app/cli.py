"""The `doorstep` command. Each call is one function; what is slow to import is imported by the call that needs it."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.settings import Settings

DONE, REFUSED, WRONG_USAGE = 0, 1, 2
Call = Callable[[argparse.Namespace], int]


class Plain(Exception):
    """What went wrong, in one sentence for standard error; the exit status is 1."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one call; returns the exit status."""
    arguments = _parser().parse_args(argv)
    call: Call = arguments.call
    try:
        return call(arguments)
    except BrokenPipeError:
        return DONE
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        return REFUSED


def settings_of(arguments: argparse.Namespace) -> "Settings":
    """The settings of the environment and `.env`; with --demo those of the demo. Raises BadSetting."""
    from dotenv import dotenv_values

    from app.settings import Settings

    environ = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return Settings.from_env({**environ, **os.environ}, demo=arguments.demo)


def _sentence(error: Exception) -> str | None:
    from app import i18n
    from app.errors import NotFound, Refused, TemporarilyAway
    from app.settings import BadSetting

    if isinstance(error, Refused):
        with i18n.speaking("en"):
            return i18n.why(error)
    if isinstance(error, NotFound):
        return "There is no such thing, or it is outside that officer's area."
    if isinstance(error, TemporarilyAway):
        return "The database is locked or cannot be reached."
    if isinstance(error, (BadSetting, Plain, FileNotFoundError)):
        return str(error)
    return None


def _serve(arguments: argparse.Namespace) -> int:
    import asyncio

    import uvicorn

    settings = settings_of(arguments)
    if settings.is_sqlite and arguments.workers > 1:
        raise Plain("SQLite serves one process; use --workers 1, or move to PostgreSQL")
    if arguments.workers > 1:
        os.environ["DOORSTEP_NO_DISPATCH"] = "1" if arguments.no_dispatch else ""
        uvicorn.run("app.cli:application", factory=True, host=arguments.host, port=arguments.port,
                    workers=arguments.workers, log_level="warning", access_log=False)
        return DONE
    from app.main import create_app, open_database

    asyncio.run(_closed(open_database(settings)))  # says in one sentence what uvicorn would say in fifty lines
    dispatch = not arguments.no_dispatch
    uvicorn.run(create_app(settings, dispatch=dispatch), host=arguments.host, port=arguments.port,
                log_level="warning", access_log=False)
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="doorstep", description="Work close to home, by text message.")
    parser.add_argument("--demo", action="store_true", help="use the demo database and its settings")
    calls = parser.add_subparsers(required=True, metavar="CALL")
    serve = _call(calls, "serve", _serve, "the web application")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, default=1)
    serve.add_argument("--no-dispatch", action="store_true")
    return parser


def _call(calls: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, call: Call,
          summary: str) -> argparse.ArgumentParser:
    made = calls.add_parser(name, help=summary, description=summary)
    made.set_defaults(call=call)
    return made
