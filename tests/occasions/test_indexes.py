"""A month of the calendar is read past the jobs, however many there are."""

from sqlalchemy import insert, text

from app.db import core
from app.jobs.jobs import Job
from app.listings.listings import Listing
from app.occasions import occasions
from tests.stories.acts import moment
from tests.village import Village
from tests.watch.test_indexes import _noted, _plans

JOBS = 3_000
FIRST, LAST = moment("2026-03-01 00:00"), moment("2026-04-01 00:00")


async def _many_jobs(village: Village) -> None:
    starts = moment("2026-03-14 09:00")
    row = {"kind": "job", "area_id": village.area.id, "title": "香菇分拣", "place": "2号厂房", "starts_at": starts,
           "ends_at": moment("2026-03-14 17:00"), "places": 9, "min_age": 16, "state": "open", "created_at": FIRST}
    async with village.database.session() as db:
        await db.execute(insert(core(Listing)), [{**row, "number": 100 + number} for number in range(JOBS)])
        ids = await db.scalars(text("SELECT id FROM listing"))
        await db.execute(insert(core(Job)), [
            {"id": i, "employer_id": village.employer.id, "trade": "香菇", "skill": "", "pay_fen": 1, "pay_per": "day",
             "paid_same_day": False, "meals": False, "bus": False, "insured": "", "demands": [], "details": "",
             "contact": "", "bring": "", "seated": False, "at_home": False} for i in ids])
        await db.execute(text("ANALYZE"))


async def test_the_calendar_does_not_walk_through_the_jobs(village: Village) -> None:
    await village.occasion()
    await _many_jobs(village)
    with _noted(village.database) as said:
        async with village.database.reading() as db:
            await occasions.between(db, village.area, FIRST, LAST)
            await occasions.between(db, None, FIRST, LAST)
    plans = await _plans(village.database, said)
    assert len(plans) == 2
    assert "ix_listing_calendar" in plans[0], plans[0]
    for plan in plans:
        assert "SCAN listing\n" not in plan, plan
        assert "Seq Scan on listing" not in plan, plan
