"""Numbers, places and what may be posted: a listing has the shortest free number, and the law has its say."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app import rounds
from app.errors import Refused
from app.jobs import jobs
from tests.stories.acts import LI, WANG, calls_off, closes, moment, signs_up, turn
from tests.village import Village, settle


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def test_numbers_start_at_ten_and_are_the_lowest_free_ones(village: Village) -> None:
    posted = [await village.job() for _ in range(3)]
    assert [job.number for job in posted] == [10, 11, 12]
    await closes(village, posted[0])
    assert (await village.job()).number == 13  # ten rests


async def test_a_number_rests_for_thirty_days_after_closing(village: Village) -> None:
    first = await village.job(starts_at=moment("2026-03-11 08:00"))
    await calls_off(village, first)
    turn("2026-04-09 11:00")
    assert (await village.job()).number == 11
    turn("2026-04-09 12:01")
    assert (await village.job()).number == 10


async def test_what_is_over_is_closed_and_its_number_rests(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-10 14:00"))
    turn("2026-03-10 18:01")
    await rounds.go(village.database)
    await village.neighbour("王秀兰", WANG)
    assert await village.says(WANG, "10") == ['10号停止报名了。看看别的活回"岗位"']
    assert (await village.job()).number == job.number + 1


async def test_each_community_has_its_own_ten(village: Village) -> None:
    other = await settle(village.database, "other", "柳陂社区")
    ours, theirs = await village.job(), await other.job("织袜")
    assert ours.number == theirs.number == 10
    await village.neighbour("王秀兰", WANG)
    await other.neighbour("李建国", LI)
    assert (await village.says(WANG, "10"))[0].startswith("已给您报上10号:香菇分拣")
    assert (await village.says(LI, "10"))[0].startswith("已给您报上10号:织袜")
    assert await village.places(ours) == [("王秀兰", "taken")]
    assert await village.places(theirs) == [("李建国", "taken")]


async def test_a_number_that_only_another_community_has_is_no_number_here(village: Village) -> None:
    other = await settle(village.database, "other", "柳陂社区")
    await other.job()
    await village.neighbour("王秀兰", WANG)
    assert await village.says(WANG, "10") == ['没有编号10的活。看看有什么活请回"岗位",要人帮忙回"电话"']


async def test_two_clerks_at_once_get_two_numbers(village: Village) -> None:
    posted = await asyncio.gather(*(village.job() for _ in range(4)))
    assert sorted(job.number for job in posted) == [10, 11, 12, 13]


async def test_the_same_person_has_one_place_only(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG)
    job = await village.job()
    await signs_up(village, job, wang)
    with pytest.raises(Refused, match="already have a place"):
        await signs_up(village, job, wang)
    assert await village.places(job) == [("王秀兰", "taken")]


async def test_whoever_cancelled_may_come_back_at_the_end_of_the_line(village: Village) -> None:
    wang, li = await village.neighbour("王秀兰", WANG), await village.neighbour("李建国", LI)
    job = await village.job(places=1)
    await signs_up(village, job, wang)
    await signs_up(village, job, li)
    await village.says(WANG, "取消")
    assert (await village.says(WANG, "10"))[0].startswith("10号已报满,给您排第1位")


@pytest.mark.parametrize(("field", "said", "law"), [
    ("details", "押金200元,干完退", "deposit"), ("details", "先交50元服装费", "deposit"),
    ("title", "只招女工", "sex"), ("details", "不收外地人", "come from"), ("details", "扣身份证", "papers"),
    ("details", "信教勿扰", "faith"), ("contact", "报名费50", "fee"), ("insured", "保证金500", "fee"),
])
async def test_what_the_law_forbids_is_refused_with_its_sentence(village: Village, field: str, said: str,
                                                                 law: str) -> None:
    with pytest.raises(Refused, match=law) as refused:
        await village.job(**{field: said})
    assert refused.value.field == field
    async with village.database.reading() as db:
        assert await jobs.open_in(db, None) == []


@pytest.mark.parametrize(("field", "facts"), [
    ("title", {"title": " "}), ("title", {"title": "字" * 13}), ("place", {"place": ""}), ("trade", {"trade": "挖矿"}),
    ("places", {"places": 0}), ("pay", {"pay_fen": 0}), ("starts_at", {"starts_at": moment("2026-03-10 11:00")}),
    ("ends_at", {"ends_at": moment("2026-03-01 11:00")}), ("demands", {"demands": ["flying"]}),
    ("skill", {"skill": "挖矿"}),
])
async def test_what_is_missing_or_cannot_be_is_named(village: Village, field: str, facts: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        await village.job(**facts)
    assert refused.value.field == field


async def test_another_communitys_employer_cannot_post_here(village: Village) -> None:
    other = await settle(village.database, "other", "柳陂社区")
    with pytest.raises(Refused, match="another community"):
        async with village.database.session() as db:
            await jobs.post(db, village.area, other.employer, village.draft(), by=village.boss)


async def test_a_clash_counts_both_ends(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    await village.job(starts_at=moment("2026-03-11 08:00"))
    await village.job("织袜", starts_at=moment("2026-03-11 08:00") + timedelta(hours=4))
    await village.job("包装", starts_at=moment("2026-03-11 08:00") + timedelta(hours=3, minutes=59))
    assert (await village.says(WANG, "10"))[0].startswith("已给您报上10号")
    assert (await village.says(WANG, "11"))[0].startswith("已给您报上11号")
    assert await village.says(WANG, "12") == ["那个时间您已经报了10号:香菇分拣。想换,先取消那个。"]
