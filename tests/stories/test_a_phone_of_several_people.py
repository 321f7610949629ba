"""A phone of several people: one push per phone, limits per phone, and the names inside; answers find the person."""

from datetime import date

import pytest

from app.jobs import jobs, pushes
from app.residents.residents import Resident
from app.sms import length
from tests.stories.acts import LI, WANG, ZHAO, changes, last, moment, signs_up, turn
from tests.village import SIGNATURE, Village


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def test_one_push_with_the_names_of_those_whom_it_suits(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.neighbour("李建国", WANG, wishes=["焊工"])
    await village.neighbour("王小明", WANG, born_on=date(2015, 1, 1))
    await village.neighbour("王大山", WANG)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    batch = await village.push(job)
    [text] = await village.texts(WANG)
    assert text.startswith(SIGNATURE + "王秀兰、王大山:10号活:香菇分拣")
    assert length.measure(text).segments == 1
    assert (batch.texts, batch.people) == (1, 2)


async def test_the_names_of_those_who_moved_away_are_not_there(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    await village.neighbour("李建国", WANG)
    async with village.database.session() as db:
        (await db.get_one(Resident, wang.id)).left_at = moment("2026-03-01 12:00")
    await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))
    assert (await village.texts(WANG))[0].startswith(SIGNATURE + "10号活")


async def test_many_names_are_counted_so_that_one_segment_is_enough(village: Village) -> None:
    for name in ("王秀兰", "李建国", "王大山", "王小山", "李秀英", "王国强"):
        await village.neighbour(name, WANG, agreed=True)
    batch = await village.push(await village.job("香菇木耳分拣装箱", starts_at=moment("2026-03-11 14:00")))
    [text] = await village.texts(WANG)
    assert length.measure(text).segments == batch.segments == 1
    assert "等6人:10号" in text


async def test_both_can_go_and_each_is_told_by_name(village: Village) -> None:
    for name in ("王秀兰", "李建国"):
        await village.neighbour(name, WANG, agreed=True)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    await village.conversation("""
        14200000001 > 10
        14200000001 < 10号谁去?回1 王秀兰 回2 李建国
        14200000001 > 1
        14200000001 < 已给王秀兰报上10号:…
        14200000001 > 10
        14200000001 < 王秀兰已报上10号。还有谁去?回1 李建国
        14200000001 > 我的
        14200000001 < 王秀兰:10号香菇分拣明天下午2点;来不了回"取消"
        14200000001 > 报名10
        14200000001 < 王秀兰已报上10号。还有谁去?回1 李建国
        14200000001 > 1
        14200000001 < 已给李建国报上10号:…
        14200000001 > 10
        14200000001 < 您已经报上了10号:香菇分拣。
    """)
    assert await village.places(job) == [("王秀兰", "taken"), ("李建国", "taken")]
    await changes(village, job, place="5号厂房")
    assert (await last(village, WANG)).startswith("李建国:10号香菇分拣改为")


async def test_two_of_one_phone_who_both_have_places_get_one_text_each_with_the_name(village: Village) -> None:
    wang, li = await village.neighbour("王秀兰", WANG), await village.neighbour("李建国", WANG)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    for person in (wang, li):
        await signs_up(village, job, person)
    await changes(village, job, place="5号厂房")
    assert [text.split(":")[0] for text in await village.texts(WANG)] == [SIGNATURE + "王秀兰", SIGNATURE + "李建国"]
    await village.conversation("""
        14200000001 > 取消10
        14200000001 < 10号谁不去?回1 王秀兰 回2 李建国
        14200000001 > 2
        14200000001 < 10号香菇分拣已给李建国取消。…
    """)
    assert await village.places(job) == [("王秀兰", "taken"), ("李建国", "cancelled")]


async def test_who_left_meanwhile_is_nobody_elses_number(village: Village) -> None:
    people = [await village.neighbour(name, WANG) for name in ("王秀兰", "李建国", "王大山")]
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    assert await village.says(WANG, "10") == ["10号谁去?回1 王秀兰 回2 李建国 回3 王大山"]
    async with village.database.session() as db:
        (await db.get_one(Resident, people[1].id)).left_at = moment("2026-03-10 12:00")
    assert await village.says(WANG, "2") == ["10号谁去?回1 王秀兰 回2 王大山"]
    assert (await village.says(WANG, "2", id="again"))[0].startswith("已给王大山报上10号")
    assert await village.places(job) == [("王大山", "taken")]


async def test_the_phones_first_push_of_the_day_counts_for_everybody_on_it(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True, wishes=["香菇"])
    await village.neighbour("李建国", WANG, wishes=["焊工"])
    await village.neighbour("赵大妈", ZHAO, agreed=True)
    await village.neighbour("李小山", LI, agreed=True, wishes=["焊工"])
    for title in ("香菇分拣", "香菇装箱"):
        await village.push(await village.job(title, starts_at=moment("2026-03-11 14:00")))
    welding = await village.job("焊接", trade="焊工", starts_at=moment("2026-03-12 08:00"))
    async with village.database.session() as db:
        loaded = await jobs.get(db, welding.id)
        assert loaded
        left_out = (await pushes.preview(db, loaded, by=village.boss)).left_out
    assert left_out["daily_limit"] == 2  # Li, whose phone had two, and Zhao
