"""The `doorstep` command. Each call is one function; what is slow to import is imported by the call that needs it."""

import argparse
import sys
from collections.abc import Sequence

from app import commands
from app.commands import DONE, REFUSED, Call, Plain
from app.folders import modules_in


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


def _sentence(error: Exception) -> str | None:
    from sqlalchemy.exc import SQLAlchemyError

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
    if isinstance(error, SQLAlchemyError):  # its message repeats the values, and those are people's
        return f"The database did not do what it was told ({type(error).__name__}); this is a fault of ours or of its."
    if isinstance(error, (BadSetting, Plain, FileNotFoundError)):
        return str(error)
    return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="doorstep", description="Work close to home, by text message.")
    parser.add_argument("--demo", action="store_true", help="use the demo database and its settings")
    calls = parser.add_subparsers(required=True, metavar="CALL")
    for module in modules_in(commands):
        module.add(calls)
    return parser
