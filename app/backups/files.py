"""The file that a back-up is: written beside, checked, and only then there under its name; never over another one."""

import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

SUFFIX = ".backup"
_PART = ".part"
_LEFT = re.compile(r"\.(?:doorstep\S*|\S+\.backup)\.\w{8}\.part(?:-journal|-wal|-shm)?", re.ASCII)
_LEFT_AFTER_SECONDS = 24 * 3600  # no back-up takes so long
_BESIDE = ("", "-journal", "-wal", "-shm")  # what SQLite may leave of a file that was not finished


class NotDone(Exception):
    """Why a back-up was not taken or not restored, in one sentence for whoever runs the station. Nothing is left half
    done."""


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """An empty file for its owner's eyes only, which gets this name when the block ends well, and vanishes otherwise.
    Raises NotDone where there is one of that name, or no room."""
    must_not_be(path)
    try:
        _clear_away(path.parent)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_PART, dir=path.parent)
        os.close(handle)
        try:
            yield Path(name)
            _keep(name)
            _give_name(Path(name), path)
            _keep(str(path.parent))
        finally:
            for suffix in _BESIDE:
                Path(name + suffix).unlink(missing_ok=True)
    except OSError as error:
        raise NotDone(f"{path} could not be written: {error.strerror or type(error).__name__}.") from None


def must_not_be(path: Path) -> None:
    """Raises NotDone where something of that name is there already."""
    if os.path.lexists(path):
        raise NotDone(f"{path} is there already, and nothing is overwritten; choose another name.")


def named(folder: Path, now: datetime) -> Path:
    """What a back-up of this moment is called in a folder; by name they are in the order of their moments."""
    return folder / f"doorstep-{now:%Y%m%dT%H%M%SZ}{SUFFIX}"


def thin_out(made: Path, keep: int) -> int:
    """Remove all but the newest so many beside this one that were named by `named`; returns how many. Others are left
    alone, and so is this one, also where the clock is wrong and it seems to be the oldest."""
    there = sorted(made.parent.glob(f"doorstep-{'[0-9]' * 8}T{'[0-9]' * 6}Z{SUFFIX}"))
    old = [path for path in there[:-keep] if path.name != made.name]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _clear_away(folder: Path) -> None:
    """What was left by those who were killed half way: as large as a back-up, and full of people."""
    long_ago = time.time() - _LEFT_AFTER_SECONDS
    for path in folder.glob(f".*{_PART}*"):
        with suppress(OSError):  # finished just now, or somebody else's: nothing that would keep us from ours
            if _LEFT.fullmatch(path.name) and path.lstat().st_mtime < long_ago:
                path.unlink()


def _give_name(part: Path, path: Path) -> None:
    """A link fails where the name is taken, which a rename does not. Some disks, such as sticks, know no links."""
    with suppress(FileExistsError):
        try:
            os.link(part, path)
        except FileExistsError:
            raise
        except OSError:
            must_not_be(path)
            part.rename(path)
        return
    must_not_be(path)


def _keep(path: str) -> None:
    """Let the disk have it, so that a power cut does not take it back."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
