"""doorstep restore: the station's database from a back-up, where there is none."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands import DONE, Plain, declare, settings_of

if TYPE_CHECKING:
    from app.backups.hold import Held


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = declare(calls, "restore", _restore, "the station's database from a back-up, where there is none; nothing "
                     "in bulk leaves until somebody says so")
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--without-the-key", action="store_true",
                        help="restore although DATA_KEY does not fit: ID numbers stay unreadable")


def _restore(arguments: argparse.Namespace) -> int:
    from app import clock
    from app.backups import backups, files

    try:
        restored = backups.restore(settings_of(arguments), arguments.file, without_key=arguments.without_the_key)
    except files.NotDone as error:
        raise Plain(str(error)) from None
    print(f"Restored from {arguments.file}.")
    if restored.held is None:
        print("It has an older schema. Run: doorstep migrate. Until then nothing can be served or sent.")
        return DONE
    if restored.knows_until:
        print(f"The last text in it was written down at {clock.local(restored.knows_until):%Y-%m-%d %H:%M}; what "
              "happened since, stops among it, is not in it.")
    print(what_is_held(restored.held))
    return DONE


def what_is_held(held: "Held") -> str:
    """What was on its way, and what becomes of it."""
    return ("Bulk texts that wait until somebody lets them go on, at /office/campaigns or with their job: "
            f"{held.batches}. Other texts that may have left already, and leave again only if the carrier says that it "
            f"never got them: {held.texts}.")
