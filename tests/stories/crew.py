"""Those who hand texts over, and who die: the serving process itself on SQLite, `doorstep work` beside it elsewhere."""

import subprocess
from dataclasses import dataclass, field
from random import Random

from tests.stories.station import Station

WORKERS = 2


@dataclass
class Crew:
    """Starts with the station; `deaths` counts how often one of them was killed."""

    station: Station
    random: Random
    apart: bool
    deaths: int = 0
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def size(self) -> int:
        return WORKERS if self.apart else 1

    async def start(self) -> None:
        if self.apart:
            self.station.serves = ("serve", "--no-dispatch")
            self.workers = [self.station.run("work") for _ in range(WORKERS)]
        await self.station.start()

    async def lose_one(self) -> None:
        """kill -9 of any of them; another one takes its place."""
        self.deaths += 1
        if not self.apart:
            self.station.kill()
            await self.station.start()
            return
        place = self.random.randrange(WORKERS)
        _end(self.workers[place])
        self.workers[place] = self.station.run("work")

    def end(self) -> None:
        """Nothing of it is left when this returns."""
        for worker in self.workers:
            _end(worker)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
