"""The clock of the test and of all its processes, turned forward together."""

import asyncio
import struct
from collections.abc import Callable
from contextlib import asynccontextmanager
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import clock

PAUSE_SECONDS = 0.03  # real ones, between two turns: longer than a process takes to look
STEP_SECONDS = 1.0
LONG_STEP_SECONDS = 5.0  # still a third of what a call to the provider may take


@dataclass
class Hours:
    """`file` is what `turned.py` looks at."""

    file: Path
    ahead: float = 0.0

    def __post_init__(self) -> None:
        self.turn(0)

    def turn(self, seconds: float) -> None:
        self.ahead += seconds
        with self.file.open("r+b" if self.file.exists() else "wb", buffering=0) as file:
            file.write(struct.pack("d", self.ahead))
        clock.turn(datetime.now(UTC) + timedelta(seconds=self.ahead))

    @asynccontextmanager
    async def passing(self, busy: Callable[[], bool], calls: Callable[[], int]) -> AsyncIterator[None]:
        """Meanwhile the clock is turned again and again, but never while the provider is `busy`: so it is only those
        whom it leaves without an answer who wait for long. Where no `calls` come the steps become longer."""
        task = asyncio.create_task(self._pass(busy, calls))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _pass(self, busy: Callable[[], bool], calls: Callable[[], int]) -> None:
        seen, quiet = 0, 0
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            if busy():
                continue
            quiet = quiet + 1 if calls() == seen else 0
            seen = calls()
            self.turn(LONG_STEP_SECONDS if quiet > 20 else STEP_SECONDS)
