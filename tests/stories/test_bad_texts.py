"""Bad input gets a clear answer, and loses nothing: whatever a phone sends, and whatever it is about."""

import pytest
from sqlalchemy import select

from app.sms import arrivals, length
from app.sms.arrivals import Inbound, State
from app.sms.gateways.base import Incoming
from tests.stories.acts import LI, STRANGER, WANG, calls_off, closes, messages, moment, signs_up, tasks, turn
from tests.village import Village

NOT_UNDERSTOOD = '没看懂您的意思。要报名回活的编号,要人帮忙回"电话",我们打给您'


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def test_a_text_of_ten_thousand_characters_is_kept_whole_and_asked_about(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    assert await village.says(WANG, "长" * 10_000) == [NOT_UNDERSTOOD]
    assert await village.says(WANG, "文" * 10_000) == []
    async with village.database.reading() as db:
        assert [len(row) for row in await db.scalars(select(Inbound.text))] == [10_000, 10_000]
    [(who, why, said)] = await tasks(village)
    assert (who, why, len(said)) == ("王秀兰", "not_understood", 2000)  # the beginning is enough for a call


@pytest.mark.parametrize("said", [
    "", " ", "\n\n", "\u3000", "。。。", "🦆🦆🦆", "👨\u200d👩\u200d👧", "\ufeff\u200b", "𠮷𠮷", "\u202e٣٤", "½",
    "(╯°□°)╯︵ ┻━┻", "'; DROP TABLE inbound; --", "{{ x }}", "%s%n"])
async def test_what_says_nothing_is_asked_about_once(village: Village, said: str) -> None:
    await village.neighbour("王秀兰", WANG)
    assert await village.says(WANG, said) == [NOT_UNDERSTOOD]
    assert await village.says(WANG, said + "!") == []
    assert [why for _who, why, _said in await tasks(village)] == ["not_understood"]


async def test_a_text_with_zero_bytes_is_kept(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    await arrivals.store(village.database, [("simulator", Incoming("+86" + WANG, "岗\x00位", raw="岗\x00位"))])
    assert len(await village.says(WANG, "帮助")) == 2


@pytest.mark.parametrize("said", ["【某银行】您的验证码是482913,请勿告诉他人", "【某快递】取件码 12-3-4567 请到驿站",
                                  "您尾号1234的卡支出10元,余额20元", "自动回复:我正在开会,稍后联系您"])
async def test_what_was_not_written_to_us_is_left_alone(village: Village, said: str) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    assert await village.says(WANG, said) == []
    assert await village.places(job) == []
    assert await tasks(village) == []


@pytest.mark.parametrize("number", ["11", "99", "999", "12345"])
async def test_a_number_that_no_listing_has(village: Village, number: str) -> None:
    await village.neighbour("王秀兰", WANG)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    [answer] = await village.says(WANG, number)
    assert answer == f'没有编号{number}的活。看看有什么活请回"岗位",要人帮忙回"电话"'
    assert await village.places(job) == []


async def test_a_listing_that_is_full_closed_past_or_at_the_same_time(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    li = await village.neighbour("李建国", LI)
    full = await village.job(places=1, starts_at=moment("2026-03-11 08:00"))
    closed = await village.job("织袜", starts_at=moment("2026-03-12 08:00"))
    off = await village.job("包装", starts_at=moment("2026-03-12 08:00"))
    past = await village.job("做饭", starts_at=moment("2026-03-10 12:30"))
    mine = await village.job("洗碗", starts_at=moment("2026-03-13 08:00"))
    clash = await village.job("保洁", starts_at=moment("2026-03-13 11:00"))
    await signs_up(village, full, li)
    await closes(village, closed)
    await calls_off(village, off)
    turn("2026-03-10 13:00")
    await village.says(WANG, str(mine.number))
    said = {job.number: await village.says(WANG, str(job.number)) for job in (full, closed, off, past, mine, clash)}
    assert said == {
        10: ['10号已报满,给您排第1位。有空位马上告诉您,不想等回"取消"'],
        11: ['11号停止报名了。看看别的活回"岗位"'], 12: ['12号取消了。看看别的活回"岗位"'],
        13: ['13号已经开始了。看看别的活回"岗位"'],
        14: ["您已经报上了14号:洗碗。"], 15: ["那个时间您已经报了14号:洗碗。想换,先取消那个。"]}


async def test_cancelling_what_one_does_not_have(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    nothing = ['您现在没有报名。看看有什么活请回"岗位"']
    assert await village.says(WANG, "取消") == nothing
    assert await village.says(WANG, "取消99") == nothing
    assert await village.says(STRANGER, "取消10") == nothing
    assert await village.places(job) == []


async def test_cancelling_one_of_many_asks_which(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    for title, day in (("香菇分拣", 11), ("织袜", 12), ("包装", 13)):
        job = await village.job(title, starts_at=moment(f"2026-03-{day} 08:00"))
        await village.says(WANG, str(job.number))
    await village.says(WANG, "帮助")
    await village.conversation("""
        14200000001 > 取消
        14200000001 < 要取消哪个?请回:取消10(香菇分拣)、取消11(织袜)、取消12(包装)
        14200000001 > 取消11
        14200000001 < 11号织袜已给您取消。…
    """)


async def test_my_sign_ups_name_as_many_as_fit_and_count_the_rest(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    for n in range(6):
        job = await village.job(f"很长很长很长名字的活{n}", starts_at=moment(f"2026-03-{11 + n} 08:00"))
        assert (await village.says(WANG, str(job.number)))[0].startswith("已给您报上")
    [answer] = await village.says(WANG, "我的")
    assert "还有" in answer
    assert (await messages(village, WANG))[-1].segments == 1


async def test_a_phone_that_answers_itself_costs_one_text(village: Village) -> None:
    """A number that sends our own words back to us."""
    await village.neighbour("王秀兰", WANG)
    said = "嘎嘎嘎"
    for _ in range(10):
        answers = await village.says(WANG, said, id=f"echo-{_}")
        if not answers:
            break
        said = answers[-1]
    assert len(await village.texts(WANG)) <= 3


async def test_every_answer_of_this_file_is_one_segment(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    for said in ("", "99999", "取消", "岗位", "我的", "帮助", "电话", "退订", "恢复", "报名", "是", "1"):
        for answer in await village.says(WANG, said):
            assert length.measure("【青龙泉就业站】" + answer).segments == 1, answer


async def test_nothing_that_was_sent_is_ever_left_waiting(village: Village) -> None:
    for phone in (WANG, LI, STRANGER):
        for said in ("", "🦆", "10", "取消", "x" * 3000, "报名", "1958年13月45日", "９９９", "⑩", "退订"):
            await village.says(phone, said)
    async with village.database.reading() as db:
        states = set(await db.scalars(select(Inbound.state)))
    assert State.STORED not in states
    assert State.FAILED not in states


@pytest.mark.parametrize("said", ["10、11", "1/0", "1.0", "10/11", "10:30", "10-12"])
async def test_digits_that_something_keeps_apart_are_not_one_number(village: Village, said: str) -> None:
    await village.neighbour("王秀兰", WANG)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    assert await village.says(WANG, said) == [NOT_UNDERSTOOD]
    assert await village.places(job) == []
