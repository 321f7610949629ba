"""A database of one engine that holds so many rows, and what a benchmark says of it."""

import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from app import schema
from app.commands import settle_down
from app.db import Database
from app.org import areas
from app.org.areas import Level
from app.settings import Settings
from tests import postgresql
from tests.bench import fill
from tests.bench.fill import Ground
from tests.conftest import PLAIN
from tests.village import Village, settle


@dataclass(frozen=True)
class Result:
    """One figure. `yardstick` is what the same machine did at the same time with nothing but the bare necessities, in
    the same unit; `rows` is how many were in the tables concerned."""

    name: str
    engine: str
    rows: int
    value: float
    unit: str
    yardstick: float | None = None
    note: str = ""


@dataclass
class House:
    """A filled database, and the village in it."""

    engine: str
    rows: int
    folder: Path
    settings: Settings
    database: Database
    village: Village
    first: bool  # of this run: figures that neither engine nor rows change are taken here only
    files: dict[str, Path] = field(default_factory=dict)

    def result(self, name: str, value: float, unit: str, *, yardstick: float | None = None, note: str = "") -> Result:
        return Result(name, self.engine, self.rows, value, unit, yardstick, note)

    def residents(self, count: int) -> list[int]:
        """So many residents with phones of their own that got texts before, spread over all of those."""
        known = [i for i in range(1, max(1, self.rows // 4) + 1) if i % 10]
        return known[::max(1, len(known) // count)][:count]


@dataclass
class Stopwatch:
    """Time on the wall and on our processor."""

    seconds: float = 0
    cpu_seconds: float = 0

    def per_second(self, count: int) -> float:
        return count / self.seconds

    def note(self, count: int) -> str:
        """The figure that does not depend on who else uses the machine."""
        return f"{count:,} in {self.seconds:.1f} s; {count / max(self.cpu_seconds, 1e-9):,.0f} per CPU second"


@contextmanager
def timed() -> Iterator[Stopwatch]:
    watch = Stopwatch()
    wall, cpu = time.perf_counter(), time.process_time()
    yield watch
    watch.seconds, watch.cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu


def at_most(seconds: float) -> float:
    """So many seconds, or fewer where BENCH_SECONDS says so: for a try, whose figures mean nothing."""
    return min(seconds, float(os.environ.get("BENCH_SECONDS", seconds)))


def until(seconds: float) -> Callable[[], bool]:
    """Says whether there is time left."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end


@asynccontextmanager
async def built(engine: str, rows: int, *, folder: Path, server: str = "", first: bool = True) -> AsyncIterator[House]:
    """A new database, migrated and filled; it is thrown away at the end."""
    name = f"bench_{os.getpid()}_{rows}"
    if engine == "sqlite":
        url = f"sqlite+aiosqlite:///{folder}/{name}.db"
    else:
        await postgresql.tell(server, f"CREATE DATABASE {name}")
        url = postgresql.named(server, name)
    settings = replace(PLAIN, database_url=url, quiet_hours=None,
                       # Where there are enough people, so that no phone has its turn again within the second.
                       sms_spacing_seconds=1 if rows >= 100_000 else 0)
    database = Database(settings)
    try:
        await schema.migrate(database)
        village = await settle(database, "bench", "青龙泉社区")
        await fill.fill(url, await _ground(village), rows)
        settle_down()  # as the server and the worker do
        if engine == "postgresql":
            await postgresql.season(server)
        yield House(engine, rows, folder, settings, database, village, first)
    finally:
        await database.close()
        if engine == "sqlite":
            for ending in ("", "-wal", "-shm"):
                (folder / f"{name}.db{ending}").unlink(missing_ok=True)
        else:
            await postgresql.tell(server, f"DROP DATABASE {name} WITH (FORCE)")


async def _ground(village: Village) -> Ground:
    """The rest of the buildings, beside the village's own."""
    async with village.database.session() as db:
        area = await areas.get(db, village.area.id)
        for number in range(2, fill.BUILDINGS + 1):
            await areas.add(db, level=Level.BUILDING, code=f"bench-{number}", name=f"{number}栋", parent=area)
    return Ground(area.id, village.building.id, village.boss.id, village.employer.id)
