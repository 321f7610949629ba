"""Communities with many open jobs, and people who proved their phones, made in a moment."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select, text

from app import clock
from app.access import sessions
from app.db import Database, core
from app.jobs import catching_up
from app.jobs.jobs import TRADES, Job
from app.jobs.openings import Opening
from app.listings.listings import Listing
from app.nearby import spots
from app.nearby.walking import Point
from app.org.areas import Area
from tests.bench import fill
from tests.village import settle

DAYS = 28


async def post(database: Database, code: str, count: int) -> Area:
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


async def prove(database: Database, count: int) -> list[str]:
    """The tokens of so many people of the registry, each with a phone of their own."""
    async with database.session() as db:
        people = [number for number in range(1, 2 * count) if number % 10 not in (0, 9)][:count]
        return [await sessions.start(db, fill.phone(number)) for number in people]
