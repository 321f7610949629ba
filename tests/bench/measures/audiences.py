"""How long it takes to say how many an audience has, and why the others are left out: ten filters and an uploaded list,
each the median of several counts, as a page asks for them. The figure is the slowest of them."""

from datetime import date, timedelta
from statistics import median

from sqlalchemy import func, select

from app import clock
from app.audience import query, reach
from app.audience.filters import Filter
from app.org.areas import Area
from app.residents.residents import Resident
from tests.bench import fill
from tests.bench.house import House, Result, timed

NAMES = ("audience_count_ms",)
TIMES = 5
BATCH = 7  # one of the old ones
LISTED = 5_000  # people of an uploaded list


def filters(building: int, today: date, residents: int) -> dict[str, Filter]:
    """By name; from nearly everybody to a few, one for each part of the language."""
    listed = tuple(range(1, residents + 1, max(1, residents // LISTED)))[:LISTED]
    first, middle = (tuple(range(building, building + count)) for count in (7, fill.BUILDINGS // 2))
    return {
        "everybody": Filter(),
        "out_of_work": Filter(work=("seeking",)),
        "women_45_to_60_out_of_work": Filter(sex="female", age_from=45, age_to=60, work=("seeking", "flexible")),
        "half_of_the_buildings": Filter(areas=middle, age_from=16),
        "seven_buildings_45_to_60": Filter(areas=first, age_from=45, age_to=60, work=("seeking",)),
        "can_sew_or_clean": Filter(skills=("缝纫", "保洁"), age_from=16),
        "wish_for_mushrooms": Filter(wishes=("香菇",)),
        "did_not_answer_a_batch": Filter(batch_id=BATCH, answered="no"),
        "signed_up_for_nothing_in_five_buildings": Filter(areas=first[:5], signed="no"),
        "no_text_for_a_month_over_50": Filter(untold_since=today - timedelta(days=30), age_from=50),
        "an_uploaded_list": Filter(people=listed),
    }


async def measure(house: House) -> list[Result]:
    building = house.village.building.id
    times: dict[str, float] = {}
    bare: list[float] = []
    for name, chosen in filters(building, clock.today(), house.rows).items():
        took = []
        for _ in range(TIMES):
            async with house.database.reading() as db:
                area = await db.get_one(Area, house.village.area.id)
                with timed() as watch:
                    counted = await reach.count(db, await query.audience(db, chosen, area), clock.now())
                took.append(watch.seconds * 1000)
        assert counted.matching, f"nobody matches {name}"
        times[name] = median(took)
    for _ in range(TIMES):  # the yardstick: how long the bare table takes to be counted
        async with house.database.reading() as db:
            with timed() as watch:
                await db.scalar(select(func.count()).select_from(Resident).where(Resident.left_at.is_(None)))
            bare.append(watch.seconds * 1000)
    each = ", ".join(f"{name} {took:.0f}" for name, took in times.items())
    return [house.result("audience_count_ms", max(times.values()), "ms", yardstick=median(bare), note=each)]
