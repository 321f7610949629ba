"""Those who hand texts over, and who die: the serving process itself on SQLite, `doorstep work` beside it elsewhere."""

from dataclasses import dataclass, field
from random import Random

from tests.stories.station import Process, Station

WORKERS, MOST_DEATHS = 2, 12


@dataclass
class Crew:
    """Starts with the station; `deaths` counts how often one of them was killed. A life lasts `breath_seconds` at the
    most, and about as long as a start takes, so that on a slow machine, too, some of them get to work."""

    station: Station
    random: Random
    apart: bool
    deaths: int = 0
    breath_seconds: float = 0.7
    workers: list[Process] = field(default_factory=list)

    @property
    def size(self) -> int:
        return WORKERS if self.apart else 1

    async def start(self) -> None:
        if self.apart:
            self.station.serves = ("serve", "--no-dispatch")
            self.workers = [self.station.run("work") for _ in range(WORKERS)]
        seconds = await self.station.start()
        if self.apart:
            self.breath_seconds = 1.5 * seconds  # nobody waits until a worker is ready

    @property
    def tires(self) -> bool:
        """There were deaths enough: who is left may finish the work."""
        return self.deaths >= MOST_DEATHS

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


def _end(process: Process) -> None:
    process.kill()
    process.wait()
