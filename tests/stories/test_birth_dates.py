"""A resident without a birth date is asked for it before the first place, not assumed to be of age."""

from datetime import date

import pytest

from app.jobs.jobs import Demand
from app.residents.residents import Resident
from tests.stories.acts import LI, WANG, moment, turn
from tests.village import Village

ASKED = "报名还差一样:请回您的出生年月日,比如19580312"


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _born(village: Village, person: Resident) -> date | None:
    async with village.database.reading() as db:
        return (await db.get_one(Resident, person.id)).born_on


async def test_it_is_asked_once_and_kept(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, None)
    first = await village.job(starts_at=moment("2026-03-11 14:00"))
    second = await village.job("织袜", starts_at=moment("2026-03-12 14:00"))
    assert await village.says(WANG, str(first.number)) == [ASKED]
    assert await village.places(first) == []
    assert (await village.says(WANG, "1968年3月12日"))[0].startswith("已给您报上10号")
    assert await _born(village, wang) == date(1968, 3, 12)
    assert (await village.says(WANG, str(second.number)))[0].startswith("已给您报上11号")


async def test_what_a_child_told_us_stays_and_the_place_is_refused(village: Village) -> None:
    child = await village.neighbour("王小明", WANG, None)
    await village.neighbour("李建国", LI)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.says(WANG, "10")
    assert await village.says(WANG, "20120312") == ["10号只收满16岁的人。"]
    assert await _born(village, child) == date(2012, 3, 12)
    assert await village.says(WANG, "报名10") == ["10号只收满16岁的人。"]
    assert (await village.says(LI, "10"))[0].startswith("已给您报上")  # nobody behind is held up
    assert await village.places(job) == [("李建国", "taken")]


async def test_a_day_that_cannot_be_is_asked_about_again(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, None)
    await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.conversation("""
        14200000001 > 10
        14200000001 < 报名还差一样:请回您的出生年月日,比如19580312
        14200000001 > 20990312
        14200000001 < 这不像出生日期。…
        14200000001 > 19581345
        14200000001 < 没看懂您的意思。…
        14200000001 > 19580312
        14200000001 < 已给您报上10号:…
    """)
    assert await _born(village, wang) == date(1958, 3, 12)


async def test_a_job_that_has_filled_meanwhile_keeps_the_birth_date_and_gives_a_waiting_place(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, None)
    await village.neighbour("李建国", LI)
    job = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    await village.says(WANG, "10")
    await village.says(LI, "10")
    assert (await village.says(WANG, "19680312"))[0].startswith("10号已报满,给您排第1位")
    assert await _born(village, wang) == date(1968, 3, 12)
    assert await village.places(job) == [("李建国", "taken"), ("王秀兰", "waiting")]


@pytest.mark.parametrize(("born_on", "place"), [
    (date(2010, 3, 11), [("王小明", "taken")]),  # sixteen on the day of the job
    (date(2010, 3, 12), []),
])
async def test_sixteen_counts_on_the_day_of_the_job(village: Village, born_on: date,
                                                    place: list[tuple[str, str]]) -> None:
    await village.neighbour("王小明", WANG, born_on)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.says(WANG, "10")
    assert await village.places(job) == place


async def test_heavy_work_is_for_eighteen_and_older(village: Village) -> None:
    await village.neighbour("王小明", WANG, date(2009, 1, 1))
    await village.job(starts_at=moment("2026-03-11 14:00"), demands=[Demand.HEAVY])
    assert await village.says(WANG, "10") == ["10号只收满18岁的人。"]


async def test_of_a_family_the_one_who_was_asked_gets_the_birth_date(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    li = await village.neighbour("李建国", WANG, None)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.says(WANG, "10")
    assert await village.says(WANG, "2") == [ASKED.replace("您", "李建国")]
    assert (await village.says(WANG, "1968.3.12"))[0].startswith("已给李建国报上10号")
    assert await _born(village, li) == date(1968, 3, 12)
    assert await village.places(job) == [("李建国", "taken")]
