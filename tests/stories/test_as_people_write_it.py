"""Whole conversations in people's own words: families on one phone, two wants in one text, identity numbers."""

import pytest
from sqlalchemy import select

from app.sms.arrivals import Inbound
from tests.stories.acts import LI, STRANGER, WANG, moment, needed, signs_up, tasks, turn
from tests.village import Village

BOOKED = "已给您报上10号:香菇分拣,明天下午2点2号厂房集合"


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _family(village: Village, *names: str) -> None:
    """They share a phone, which was told of job 10."""
    for name in names:
        await village.neighbour(name, WANG, agreed=True)
    await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))


async def test_a_couple(village: Village) -> None:
    await _family(village, "张秀兰", "李建国")
    await village.conversation("""
        14200000001 > 建国去
        14200000001 < 已给李建国报上10号:…
        14200000001 > 张秀兰也报名
        14200000001 < 已给张秀兰报上10号:…
        14200000001 > 李建国不去了
        14200000001 < 10号香菇分拣已给李建国取消。…
        14200000001 > 我的
        14200000001 < 张秀兰:10号香菇分拣明天下午2点;来不了回"取消"
    """)


async def test_a_couple_that_is_asked_who(village: Village) -> None:
    await _family(village, "张秀兰", "李建国")
    await village.conversation("""
        14200000001 > 1
        14200000001 < 10号谁去?回1 张秀兰 回2 李建国
        14200000001 > 两个都去
        14200000001 < 10号香菇分拣,明天14:00,2号厂房:已报上张秀兰、李建国;来不了回"取消"
        14200000001 > 取消10
        14200000001 < 10号谁不去?回1 张秀兰 回2 李建国
        14200000001 > 李建国
        14200000001 < 10号香菇分拣已给李建国取消。…
    """)


async def test_a_daughter_writes_on_her_mothers_phone_and_on_her_own(village: Village) -> None:
    await _family(village, "王秀兰")
    await village.conversation("""
        14200000001 > 我妈去
        14200000001 < 10号香菇分拣,明天下午2点:是王秀兰去吗?是就回"是",别人去回"否"
        14200000001 > 几点集合?
        14200000001 < 10号香菇分拣:明天下午2点到晚上6点。想去回10
        14200000001 > 是的
        14200000001 < 已给您报上10号:…
    """)
    await village.neighbour("李小芳", LI)
    await village.conversation("""
        14200000002 > 我妈去10号
        14200000002 < 10号香菇分拣,明天下午2点:是李小芳去吗?是就回"是",别人去回"否"
        14200000002 > 不是
        14200000002 < 好的,这位还没用这个号码登记。我们记下了,会打电话问清楚再报名
    """)
    assert await tasks(village) == [("李小芳", "told", "不是")]


async def test_asked_whether_it_is_her_nobody_goes_after_all(village: Village) -> None:
    await _family(village, "王秀兰")
    await village.conversation("""
        14200000001 > 我妈去
        14200000001 < 10号香菇分拣,明天下午2点:是王秀兰去吗?…
        14200000001 > 不去了
        14200000001 < 好的,这次不去。…
    """)
    assert await tasks(village) == []


@pytest.mark.parametrize(("said", "also"), [
    ("我去，几点集合", "晚上6点收工"), ("去，工资多少", "80元/天,当天结"), ("报名10，管饭不", "不管饭")])
async def test_a_yes_and_a_question(village: Village, said: str, also: str) -> None:
    await _family(village, "王秀兰")
    [told] = await village.says(WANG, said)
    assert told.startswith(BOOKED)
    assert also in told
    assert await needed(village) == [""]


async def test_this_one_for_that_one(village: Village) -> None:
    old = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    new = await village.job("织袜", starts_at=moment("2026-03-11 15:00"))
    await signs_up(village, old, await village.neighbour("王秀兰", WANG))
    await signs_up(village, old, await village.neighbour("李建国", LI))
    assert await village.says(WANG, "取消10，报11") == [
        '10号香菇分拣已给您取消。已给您报上11号:织袜,明天下午3点2号厂房集合。来不了请回"取消"']
    assert await village.places(old) == [("王秀兰", "cancelled"), ("李建国", "taken")]
    assert await village.places(new) == [("王秀兰", "taken")]


async def test_an_identity_number_in_clear(village: Village) -> None:
    await _family(village, "王秀兰")
    number = "420321196803121234"
    [told] = await village.says(WANG, f"我叫王秀兰 {number} 报10号")
    assert told.startswith(BOOKED)
    assert "身份证号" in told
    [told] = await village.says(STRANGER, number)
    assert told == "您说的我们记下了,会转告工作人员。以后请不要在短信里发身份证号,免得被别人看到"
    assert number not in str(await tasks(village))
    async with village.database.reading() as db:
        assert [text for text in await db.scalars(select(Inbound.text)) if number in text] == []


async def test_the_birth_date_within_an_identity_number_is_enough(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, None)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.says(WANG, "10")
    [told] = await village.says(WANG, "420321196803121234")
    assert told.startswith("已给您报上10号")
    assert "身份证号" in told
    assert await village.places(job) == [("王秀兰", "taken")]


@pytest.mark.parametrize(("said", "told"), [
    ("太远了不去", "好的,您说的记下了"), ("工资太低", "好的,您说的记下了"), ("没时间", "好的,您说的记下了"),
    ("腿疼去不了", "好的,您先把身体养好"), ("要带孙子去不了", "好的,家里的事要紧"), ("找到活了", "恭喜您找到活了")])
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_no_with_its_reason(village: Village, said: str, told: str) -> None:
    await _family(village, "王秀兰")
    assert (await village.says(WANG, said))[0].startswith(told)


@pytest.mark.parametrize("said", ["李桂香报名", "报名10 李桂香", "10号 李桂香 56岁", "我叫李桂香,报名10"])
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_name_of_somebody_else_signs_up_nobody_before_we_have_asked(village: Village, said: str) -> None:
    await _family(village, "王秀兰")
    assert await village.says(WANG, said) == ['10号香菇分拣,明天下午2点:是王秀兰去吗?是就回"是",别人去回"否"']
    assert (await village.says(WANG, "我的"))[0].startswith("您现在没有报名")


@pytest.mark.parametrize("said", ["报名10 王秀兰", "要报名的,谢谢你", "10号 王秀兰 58岁", "我叫王秀兰,报名10",
                                  "马上报名", "老王去"])
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_ones_own_name_is_no_question(village: Village, said: str) -> None:
    await _family(village, "王秀兰")
    assert (await village.says(WANG, said))[0].startswith(BOOKED)
