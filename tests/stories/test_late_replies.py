"""Answers that come late, twice, or to what is no more: nothing wrong is done, and what is said is of use."""

from collections.abc import Callable

import pytest

from app import rounds
from app.sms import consent
from app.sms.reading import Reading
from tests.stories.acts import LI, WANG, ZHAO, calls_off, closes, drain, last, moment, signs_up, tasks, turn
from tests.village import Village

Meant = Callable[[Reading], None]
LISTED = "11织袜后天下午2点80元/天;想去回编号"


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _pushed(village: Village, *, places: int = 12) -> None:
    """Job 10, tomorrow at two, pushed to 王秀兰."""
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.push(await village.job(places=places, starts_at=moment("2026-03-11 14:00")))
    await drain(village)


@pytest.mark.parametrize("said", ["1", "2", "报名", "我要报名"])
async def test_to_last_weeks_push_what_is_open_now_is_listed(village: Village, said: str) -> None:
    await _pushed(village)
    turn("2026-03-17 12:00")
    await rounds.go(village.database)
    await village.job("织袜", starts_at=moment("2026-03-19 14:00"))
    assert await village.says(WANG, said) == [LISTED]
    assert (await village.says(WANG, "11"))[0].startswith("已给您报上11号:织袜")


async def test_to_last_weeks_push_with_nothing_open_that_is_said(village: Village) -> None:
    await _pushed(village)
    turn("2026-03-17 12:00")
    await rounds.go(village.database)
    assert await village.says(WANG, "1") == ["眼下没有空位的活。有了就发短信告诉您"]
    assert await village.says(WANG, "10") == ['10号停止报名了。看看别的活回"岗位"']


async def test_a_yes_of_last_week_signs_nobody_up(village: Village) -> None:
    await _pushed(village)
    await village.says(WANG, "收到")
    turn("2026-03-17 12:00")
    assert await village.says(WANG, "是") == []
    assert await village.says(WANG, "否") == ["好的,这次不去。有合适的活再告诉您"]


async def test_after_the_start_there_is_no_place_to_take_and_none_to_give_back(village: Village) -> None:
    await _pushed(village)
    await village.neighbour("李建国", LI)
    await village.says(LI, "10")
    turn("2026-03-11 14:30")
    for said in ("1", "10"):
        assert await village.says(WANG, said) == ['10号已经开始了。看看别的活回"岗位"']
    assert await village.says(LI, "报名10") == ["10号已经开始了。您报上了,有事打0719-7221234"]
    assert await village.says(LI, "取消") == ["10号已经开始了,请打就业站电话。"]


async def test_after_it_filled_one_waits(village: Village) -> None:
    await _pushed(village, places=1)
    await village.neighbour("李建国", LI)
    await village.says(LI, "10")
    assert await village.says(WANG, "1") == ['10号已报满,给您排第1位。有空位马上告诉您,不想等回"取消"']
    assert (await village.says(WANG, "取消"))[0].startswith("10号香菇分拣已给您取消")


async def test_the_same_text_twice_gives_one_place(village: Village) -> None:
    await _pushed(village)
    assert (await village.says(WANG, "10", id="a"))[0].startswith("已给您报上10号")
    assert await village.says(WANG, "10", id="b") == ["您已经报上了10号:香菇分拣。"]
    assert (await village.says(WANG, "取消", id="c"))[0].startswith("10号香菇分拣已给您取消")
    assert await village.says(WANG, "取消", id="d") == ['您现在没有报名。看看有什么活请回"岗位"']


async def test_a_yes_after_it_was_called_off_or_closed(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    for name, phone in (("王秀兰", WANG), ("李建国", LI)):
        await village.neighbour(name, phone, agreed=True)
    await village.push(job)
    for phone in (WANG, LI):
        assert (await village.says(phone, "收到"))[0].startswith("要报名10号")
    await closes(village, job)
    assert await village.says(WANG, "是") == ['10号停止报名了。看看别的活回"岗位"']
    await calls_off(village, job)
    assert await village.says(LI, "是") == ['10号取消了。看看别的活回"岗位"']
    assert await village.places(job) == []


async def test_whoever_moved_up_can_still_give_it_back(village: Village) -> None:
    job = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    for name, phone in (("王秀兰", WANG), ("李建国", LI), ("赵大妈", ZHAO)):
        await signs_up(village, job, await village.neighbour(name, phone))
    await village.says(WANG, "取消")
    assert (await last(village, LI)).startswith("有空位了!给您报上10号")
    assert (await village.says(LI, "去不了"))[0].startswith("10号香菇分拣已给您取消")
    assert (await last(village, ZHAO)).startswith("有空位了!给您报上10号")
    assert [place for _name, place in await village.places(job)] == ["cancelled", "cancelled", "taken"]


async def test_stop_then_anything_then_back(village: Village) -> None:
    await _pushed(village)
    await village.conversation("""
        14200000001 > 莫发了
        14200000001 < 找活短信和通知都停发了。想再收,请回"恢复"。有事打0719-7221234
        14200000001 > 岗位
        14200000001 < 10香菇分拣明天下午2点80元/天;想去回编号
        14200000001 > 10
        14200000001 < 已给您报上10号:…
    """)
    await village.neighbour("李建国", LI, agreed=True)
    await village.push(await village.job("织袜", starts_at=moment("2026-03-12 14:00")))
    assert [text for text in await village.texts(WANG) if "11号活" in text] == []
    assert await village.says(WANG, "恢复") == ["好的,短信照常发给您。不想收了,请回TD"]
    await village.push(await village.job("洗碗", starts_at=moment("2026-03-13 14:00")))
    assert "12号活" in (await village.texts(WANG))[-1]
    async with village.database.reading() as db:
        assert not await consent.stopped(db, "+86" + WANG)


async def test_two_pushes_and_a_one(village: Village) -> None:
    await _pushed(village)
    await village.push(await village.job("织袜", starts_at=moment("2026-03-12 14:00")))
    await village.conversation("""
        14200000001 > 1
        14200000001 < 您要去哪个?请回编号:11、10
        14200000001 > 11
        14200000001 < 已给您报上11号:织袜,…
    """)


async def test_a_digit_is_asked_about_once_then_a_person_telephones(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    await village.job("织袜", starts_at=moment("2026-03-12 14:00"))
    assert len(await village.says(WANG, "7")) == 1
    assert await village.says(WANG, "8") == []
    assert await tasks(village) == [("王秀兰", "not_understood", "8")]


async def test_a_relative_is_not_forgotten_while_we_ask_which_job(village: Village, meant: Meant) -> None:
    await _pushed(village)
    await village.push(await village.job("织袜", starts_at=moment("2026-03-12 14:00")))
    meant(Reading("SIGNUP", {"proxy": "mother"}))
    await village.conversation("""
        14200000001 > 我妈去
        14200000001 < 您要去哪个?请回编号:11、10
        14200000001 > 11
        14200000001 < 11号织袜,后天下午2点:是王秀兰去吗?是就回"是",别人去回"否"
        14200000001 > 否
        14200000001 < 好的,这位还没用这个号码登记。…
    """)
    assert [why for _who, why, _said in await tasks(village)] == ["told"]


async def test_a_question_about_several_is_answered_for_as_many_as_fit_and_they_stay_on_the_table(
        village: Village) -> None:
    await _pushed(village)
    await village.push(await village.job("织袜", starts_at=moment("2026-03-12 14:00")))
    await village.conversation("""
        14200000001 > 工钱多少?
        14200000001 < 11号织袜:80元/天,当天结;10号香菇分拣:80元/天,当天结
        14200000001 > 报名
        14200000001 < 您要去哪个?请回编号:…
        14200000001 > 11
        14200000001 < 已给您报上11号:织袜,…
    """)


@pytest.mark.parametrize("beside", ["帮助", "能带孙子去吗", "电话", "我会电焊", "管饭不?", "你好", "嘎嘎嘎", "积分"])
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_is_said_in_between_leaves_the_offer_open(village: Village, beside: str) -> None:
    await _pushed(village)
    await village.says(WANG, beside)
    assert (await village.says(WANG, "1"))[0].startswith("已给您报上10号")


@pytest.mark.parametrize("beside", ["帮助", "能带孙子去吗", "电话", "你好", "嘎嘎嘎"])
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_of_two_offers_both_stay_open(village: Village, beside: str) -> None:
    await _pushed(village)
    await village.push(await village.job("织袜", starts_at=moment("2026-03-12 14:00")))
    await village.says(WANG, beside)
    assert await village.says(WANG, "报名") == ["您要去哪个?请回编号:11、10"]
    assert (await village.says(WANG, "10"))[0].startswith("已给您报上10号")
