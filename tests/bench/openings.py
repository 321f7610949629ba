"""Communities with many open jobs, and people who proved their phones, made in a moment."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select

from app import clock
from app.access import sessions
from app.db import core
from app.jobs.jobs import TRADES, Job
from app.listings.listings import Listing
from tests.bench import fill
from tests.bench.house import House
from tests.village import settle

DAYS = 28


async def post(house: House, code: str, count: int) -> None:
    """A new community of that code with so many open jobs, numbered from 10 on, spread over four weeks."""
    village = await settle(house.database, code, "青龙泉社区")
    start, now = clock.now() + timedelta(days=1), clock.now()
    listings: list[dict[str, Any]] = []
    jobs: list[dict[str, Any]] = []
    async with house.database.session() as db:
        first = (await db.scalar(select(func.max(Listing.id))) or 0) + 1
        for number in range(count):
            starts, trade = start + timedelta(days=number * DAYS / count), TRADES[number % len(TRADES)]
            listings.append({"id": first + number, "kind": "job", "area_id": village.area.id, "number": 10 + number,
                             "title": f"{trade}帮工", "place": f"{number % 30}号厂房", "starts_at": starts,
                             "ends_at": starts + timedelta(hours=4), "places": 12, "min_age": 16, "state": "open",
                             "created_at": now})
            jobs.append({"id": first + number, "employer_id": village.employer.id, "trade": trade, "skill": "",
                         "pay_fen": 8000, "pay_per": "day", "paid_same_day": True, "meals": True, "bus": False,
                         "insured": "", "demands": [], "details": "", "contact": ""})
        await db.execute(insert(core(Listing)), listings)
        await db.execute(insert(core(Job)), jobs)


async def prove(house: House, count: int) -> list[str]:
    """The tokens of so many people of the registry, each with a phone of their own."""
    async with house.database.session() as db:
        return [await sessions.start(db, fill.phone(number)) for number in range(1, count + 1)]
