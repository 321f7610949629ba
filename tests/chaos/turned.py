"""`doorstep WORDS…` as it is installed, on a clock that a test turns: python -m tests.chaos.turned FILE WORDS…

FILE says by how many seconds the clock is ahead, and FILE.pid what this process has seen of it. The clock and the
stopwatch are turned together and between two steps of the loop, so that to `clock.Steadiness` this is a clock that goes
evenly, and whatever waits for a moment, a time limit of a call included, has waited long enough.
"""

import asyncio
import os
import struct
import sys
import time
from datetime import UTC, datetime, timedelta

from app import clock

LOOKS_SECONDS = 0.02


class Stopwatch:
    """How far this process is ahead."""

    def __init__(self, file: str) -> None:
        self._file = os.open(file, os.O_RDONLY)
        self._seen = os.open(f"{file}.{os.getpid()}", os.O_WRONLY | os.O_CREAT)
        self._real = time.monotonic
        self._ahead = 0.0

    def look(self) -> None:
        [ahead] = struct.unpack("d", os.pread(self._file, 8, 0))
        if ahead != self._ahead:
            self._ahead = ahead
            clock.turn(datetime.now(UTC) + timedelta(seconds=ahead))
        os.pwrite(self._seen, struct.pack("d", ahead), 0)

    def monotonic(self) -> float:
        return self._real() + self._ahead


class _Loop(asyncio.SelectorEventLoop):
    stopwatch: Stopwatch

    def run_forever(self) -> None:
        self._look()
        super().run_forever()

    def _look(self) -> None:
        self.stopwatch.look()
        self.call_later(LOOKS_SECONDS, self._look)


def main(file: str, *words: str) -> int:
    _Loop.stopwatch = Stopwatch(file)
    _Loop.stopwatch.look()
    time.monotonic = _Loop.stopwatch.monotonic
    asyncio.events.new_event_loop = _Loop
    asyncio.SelectorEventLoop = _Loop  # which the web server takes where there is no uvloop
    sys.modules["uvloop"] = None  # type: ignore[assignment]  # its loops have a clock of their own
    from app import db
    from app.cli import main as doorstep

    db.SILENT_SECONDS = 5  # PostgreSQL has a clock of its own
    return doorstep(list(words))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
