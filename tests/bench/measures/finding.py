"""Finding work among 200 and among 20,000 open jobs of one community: what a page of the list asks of the database, for
several wishes, each the median of several. The figure is the slowest of them but the search; the search is its own."""

from statistics import median

from app.db import Database
from app.jobs import finding
from app.jobs.finding import Wish
from app.jobs.openings import Mark
from app.listings import signups
from app.nearby import ground
from app.org.areas import Area
from tests.bench import openings
from tests.bench.house import House, Result, timed

NAMES = ("find_work_ms", "search_work_ms")
FEW, MANY, TIMES = 200, 20_000, 7
LISTS = {"all": Wish(), "tomorrow": Wish(day=1), "near": Wish(near=True), "sitting": Wish(marks=Mark.SEATED),
         "near_and_sitting": Wish(near=True, marks=Mark.SEATED | Mark.MEALS)}
SEARCHES = {"kanmen": Wish(typed="kanmen"), "看门": Wish(typed="看门"), "nothing": Wish(typed="zzz")}


async def measure(house: House) -> list[Result]:
    few = await _took(house.database, await openings.post(house.database, "few", FEW))
    many = await _took(house.database, await openings.post(house.database, "many", min(MANY, house.rows)))
    return [house.result(name, max(many[wish] for wish in wishes), "ms", yardstick=max(few[wish] for wish in wishes),
                         note=f"yardstick with {FEW} open jobs; "
                              + ", ".join(f"{wish} {many[wish]:.1f}" for wish in wishes))
            for name, wishes in (("find_work_ms", LISTS), ("search_work_ms", SEARCHES))]


async def _took(database: Database, area: Area) -> dict[str, float]:
    """Milliseconds by wish: its places, its count, its twenty, and how many places these have left."""
    took: dict[str, float] = {}
    for name, wish in (LISTS | SEARCHES).items():
        each = []
        for _ in range(TIMES):
            with timed() as watch:
                async with database.reading() as db:
                    found = await finding.find(db, area, wish, await ground.around(db, area))
                    await signups.counts(db, [card.id for card in found.cards])
            each.append(watch.seconds * 1000)
        took[name] = median(each)
    return took
