"""One file per call of the `doorstep` command.

Each has `add(calls)`, which declares its words and sets `call`, a function of the parsed arguments that returns the
exit status. Files import at their top only what is quick to import.
"""

import argparse
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.settings import Settings

DONE, REFUSED = 0, 1  # wrong usage is argparse's, and 2
SWITCH_SECONDS = 0.0005
Call = Callable[[argparse.Namespace], int]


class Plain(Exception):
    """What went wrong, in one sentence for standard error; the exit status is 1."""


def settings_of(arguments: argparse.Namespace) -> "Settings":
    """The settings of the environment and `.env`; with --demo those of the demo. Raises BadSetting."""
    from dotenv import dotenv_values

    from app.settings import Settings

    environ = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return Settings.from_env({**environ, **os.environ}, demo=arguments.demo)


def settle_down() -> None:
    """What a process made while it started stays: the collector need not walk all of that again and again, which took
    a tenth of a second at a time, in which nobody was answered. And SQLite's thread gets its turn sooner: a statement
    needs two, for which it waited five milliseconds each while calls kept the loop busy."""
    import gc
    import sys

    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()


def declare(calls: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, call: Call,
            summary: str) -> argparse.ArgumentParser:
    """A new call under that name; returns its parser, for its own arguments."""
    made = calls.add_parser(name, help=summary, description=summary)
    made.set_defaults(call=call)
    return made
