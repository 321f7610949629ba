"""Finding work among 200 and among 20,000 open jobs of one community: what a page of the list asks of the database, for
several wishes, each the median of several. The figure is the slowest of them but the search; the search is its own."""

from datetime import timedelta
from statistics import median
from typing import Any

from sqlalchemy import func, insert, select, text

from app import clock
from app.db import Database, core
from app.jobs import catching_up, finding
from app.jobs.finding import Wish
from app.jobs.jobs import TRADES, Job
from app.jobs.openings import Mark, Opening
from app.listings import signups
from app.listings.listings import Listing
from app.nearby import ground, spots
from app.nearby.walking import Point
from app.org.areas import Area
from tests.bench.house import House, Result, timed
from tests.village import settle

NAMES = ("find_work_ms", "search_work_ms")
FEW, MANY, TIMES, DAYS = 200, 20_000, 7, 28
LISTS = {"all": Wish(), "tomorrow": Wish(day=1), "near": Wish(near=True), "sitting": Wish(marks=Mark.SEATED),
         "near_and_sitting": Wish(near=True, marks=Mark.SEATED | Mark.MEALS)}
SEARCHES = {"kanmen": Wish(typed="kanmen"), "看门": Wish(typed="看门"), "nothing": Wish(typed="zzz")}


async def measure(house: House) -> list[Result]:
    few = await _took(house.database, await _post(house.database, "few", FEW))
    many = await _took(house.database, await _post(house.database, "many", min(MANY, house.rows)))
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


async def _post(database: Database, code: str, count: int) -> Area:
    """A community with so many open jobs, written down as a migration does."""
    village = await settle(database, code, code)
    start, now = clock.now() + timedelta(days=1), clock.now()
    rows: dict[Any, list[dict[str, Any]]] = {Listing: [], Job: [], Opening: []}
    async with database.session() as db:
        area = await db.get_one(Area, village.area.id)
        await spots.locate(db, area, area, Point(32.83, 110.81), by=village.boss)
        for place in range(30):
            await spots.put(db, area, name=f"第{place}处", point=Point(32.83 + place * 1e-3, 110.81), by=village.boss)
        first = (await db.scalar(select(func.max(Listing.id))) or 0) + 1
        for number in range(count):
            starts, trade, where = start + timedelta(days=number * DAYS // count), TRADES[number % 40], number % 31
            same = {"area_id": area.id, "number": 10 + number, "place": f"第{where}处", "starts_at": starts}
            listing = first + number
            rows[Listing].append({"id": listing, "kind": "job", "title": f"{trade}{number}", "places": 9, "min_age": 16,
                                  "ends_at": starts + timedelta(hours=4), "state": "open", "created_at": now, **same})
            rows[Job].append({"id": listing, "employer_id": village.employer.id, "trade": trade, "skill": "",
                              "pay_fen": 8000, "pay_per": "day", "paid_same_day": True, "meals": False, "bus": False,
                              "insured": "", "demands": [], "details": "", "contact": ""})
            rows[Opening].append({"listing_id": listing, "trade": trade, "marks": number % 64,
                                  "day": clock.local(starts).date(), **same})
        for table, written in rows.items():
            await db.execute(insert(core(table)), written)
        while await catching_up.catch_up(db):
            pass
        await db.execute(text("ANALYZE opening"))
    return area
