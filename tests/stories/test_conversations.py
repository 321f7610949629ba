"""What residents text, and what they are told, played as conversations."""

from datetime import datetime

import pytest

from app import clock
from tests.village import Village

WANG, LI, ZHAO, STRANGER = "14200000001", "14200000002", "14200000003", "14200000009"


@pytest.fixture(autouse=True)
def _noon() -> None:
    clock.turn(datetime.fromisoformat("2026-03-10T12:00:00+08:00"))


async def _offer(village: Village, *, places: int = 12) -> None:
    """Job 10, tomorrow at seven, pushed to Wang and Li."""
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.neighbour("李建国", LI, agreed=True)
    job = await village.job(places=places, starts_at=datetime.fromisoformat("2026-03-11T07:00:00+08:00"))
    await village.push(job)


async def test_a_number_takes_a_place_and_a_word_gives_it_back(village: Village) -> None:
    await _offer(village)
    assert (await village.texts(WANG))[0] == (
        "【青龙泉就业站】10号活:香菇分拣,明早7点2号厂房集合,80元/天日结,缺12人。想去回10,退订回TD")
    await village.conversation("""
        14200000001 > 10
        14200000001 < 已给您报上10号:香菇分拣,明早7点2号厂房集合。来不了请回"取消"
        14200000002 > 1
        14200000002 < 已给您报上10号:…
        14200000001 > 我的
        14200000001 < 10号香菇分拣明早7点;来不了回"取消"
        14200000001 > 取消
        14200000001 < 10号香菇分拣已给您取消。还有别的活,想看回"岗位"
        14200000001 > 我的
        14200000001 < 您现在没有报名。看看有什么活请回"岗位"
    """)


@pytest.mark.parametrize("yes", ["1", "１", "①", "一", "报名", "報名", "报名10", "报名 10", "我要报名", "10", "十",
                                 "回10", "10号", "⑩"])
async def test_yes_in_many_hands(village: Village, yes: str) -> None:
    await _offer(village)
    assert (await village.says(WANG, yes))[0].startswith("已给您报上10号")


async def test_full_means_the_waiting_list_and_a_cancelled_place_moves_it_up(village: Village) -> None:
    await _offer(village, places=1)
    await village.conversation("""
        14200000001 > 10
        14200000001 < 已给您报上10号:…
        14200000002 > 10
        14200000002 < 10号已报满,给您排第1位。有空位马上告诉您,不想等回"取消"
        14200000002 > 报名10
        14200000002 < 您已经在排10号,第1位,不用再报。
        14200000001 > 报名10
        14200000001 < 您已经报上了10号:香菇分拣。
        14200000001 > 取消
        14200000001 < 10号香菇分拣已给您取消。…
    """)
    assert (await village.texts(LI))[-1] == (
        "【青龙泉就业站】有空位了!给您报上10号:香菇分拣,明早7点2号厂房。来不了回\"取消\"")


async def test_stop_works_for_everybody_and_is_the_end(village: Village) -> None:
    await village.conversation("""
        14200000009 > 退订
        14200000009 < 找活短信和通知都停发了。想再收,请回"恢复"
        14200000009 > 恢复
        14200000009 < 好的,短信照常发给您。不想收了,请回TD
    """)
    await village.neighbour("赵大妈", ZHAO, agreed=True)
    for word in ("TD", "t", "R", "N", "退訂", "退 订"):
        assert (await village.says(ZHAO, word))[0].startswith("找活短信和通知都停发了")
    job = await village.job()
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.push(job)
    assert [text[:5] for text in await village.texts(ZHAO) if "活:" in text] == []
    assert (await village.says(ZHAO, "10"))[0].startswith("已给您报上10号")  # answers still come


async def test_a_stranger_who_wants_to_come_is_called(village: Village) -> None:
    await _offer(village)
    await village.conversation("""
        14200000009 > 报名10
        14200000009 < 您的号码还没登记。我们记下了,会打电话给您
    """)


async def test_not_understood_is_asked_back_once_then_a_person_telephones(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    await village.conversation("""
        14200000001 > 嘎嘎嘎嘎
        14200000001 < 没看懂您的意思。要报名回活的编号,要人帮忙回"电话",我们打给您
        14200000001 > 咕咕咕咕
        14200000001 > 电话
        14200000001 < 好的,工作人员会打电话给您。急事打0719-7221234
    """)


async def test_two_of_one_phone_are_asked_who(village: Village) -> None:
    await village.neighbour("张秀兰", WANG, agreed=True)
    await village.neighbour("李建国", WANG, agreed=True)
    job = await village.job(starts_at=datetime.fromisoformat("2026-03-11T07:00:00+08:00"))
    await village.push(job)
    assert (await village.texts(WANG))[0].startswith("【青龙泉就业站】张秀兰、李建国:10号活")
    await village.conversation("""
        14200000001 > 10
        14200000001 < 10号谁去?回1 张秀兰 回2 李建国
        14200000001 > 2
        14200000001 < 已给李建国报上10号:…
    """)
    assert await village.places(job) == [("李建国", "taken")]


async def test_without_a_birth_date_one_is_asked_first(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, born_on=None)
    await village.job(starts_at=datetime.fromisoformat("2026-03-11T07:00:00+08:00"))
    await village.conversation("""
        14200000001 > 10
        14200000001 < 报名还差一样:请回您的出生年月日,比如19580312
        14200000001 > 1958年3月12日
        14200000001 < 已给您报上10号:…
    """)


async def test_a_child_is_refused(village: Village) -> None:
    await village.neighbour("王小明", WANG, born_on=datetime(2011, 3, 12).date())
    await village.job()
    assert (await village.says(WANG, "10"))[0] == "10号只收满16岁的人。"


async def test_two_pushes_and_one_word(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    first = await village.job("香菇分拣")
    second = await village.job("织袜", hours=48)
    await village.push(first)
    await village.push(second)
    await village.conversation("""
        14200000001 > 报名
        14200000001 < 您要去哪个?请回编号:11、10
        14200000001 > 10
        14200000001 < 已给您报上10号:…
    """)


async def test_a_bare_agreement_is_asked_about(village: Village) -> None:
    await _offer(village)
    await village.conversation("""
        14200000001 > 收到
        14200000001 < 要报名10号(香菇分拣,明早7点2号厂房)吗?去回"是",不去回"否"
        14200000001 > 否
        14200000001 < 好的,这次不去。有合适的活再告诉您
        14200000002 > 好的
        14200000002 < 要报名10号…
        14200000002 > 是
        14200000002 < 已给您报上10号:…
    """)


async def test_wrong_numbers_empty_texts_and_noise(village: Village) -> None:
    await _offer(village)
    await village.conversation("""
        14200000001 > 报名999
        14200000001 < 没有编号999的活。看看有什么活请回"岗位",要人帮忙回"电话"
        14200000001 > 岗位
        14200000001 < 10香菇分拣明早7点80元/天;想去回编号
        14200000001 > 不去
        14200000001 < 好的,这次不去。有合适的活再告诉您
        14200000001 > 帮助
        14200000001 < 回编号报名,…
    """)
    assert await village.says(LI, "【某银行】您的验证码是482913,请勿告诉他人") == []
    assert (await village.says(ZHAO, ""))[0].startswith("没看懂")
    assert await village.says(ZHAO, "字" * 10_000) == []
    assert await village.says(ZHAO, "🦆🦆🦆") == []


async def test_the_same_call_twice_is_answered_once(village: Village) -> None:
    await _offer(village)
    assert await village.says(WANG, "10") != []
    assert await village.says(WANG, "10") == []  # within ten seconds, nothing between
    assert await village.says(LI, "10", id="a") != []
    assert await village.says(LI, "10", id="a") == []
    assert (await village.says(LI, "10", id="b"))[0].startswith("您已经报上了10号")
