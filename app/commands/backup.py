"""doorstep backup: everything that the station knows, in one file, while it goes on."""

import argparse
from pathlib import Path

from app.commands import DONE, Plain, declare, settings_of


def add(calls: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = declare(calls, "backup", _backup, "everything that the station knows, in one file, while it goes on")
    parser.add_argument("file", metavar="FILE", type=Path,
                        help="a new file; or a folder, in which it gets the moment as its name")
    parser.add_argument("--keep", metavar="N", type=_at_least_one,
                        help="afterwards keep only the newest so many in the folder")


def _backup(arguments: argparse.Namespace) -> int:
    from app import clock
    from app.backups import backups, files

    settings, folder = settings_of(arguments), arguments.file.is_dir()
    if arguments.keep and not folder:
        raise Plain(f"--keep is for a folder, and {arguments.file} is none.")
    file: Path = files.named(arguments.file, clock.now()) if folder else arguments.file
    try:
        backups.take(settings, file)
    except files.NotDone as error:
        raise Plain(str(error)) from None
    print(f"Written and checked: {file}, {file.stat().st_size / 1e6:,.1f} MB. What is sealed in it can be opened with "
          "today's DATA_KEY only: keep a copy of that in another place.")
    if arguments.keep and (gone := files.thin_out(file, arguments.keep)):
        print(f"Older ones removed: {gone}.")
    return DONE


def _at_least_one(word: str) -> int:
    if not word.isascii() or not word.isdigit() or not int(word):
        raise argparse.ArgumentTypeError("a whole number, 1 or more")
    return int(word)
