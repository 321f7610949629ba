"""Several listings, several people, relatives: one text, one answer, and nobody has a place who did not say so."""

from collections.abc import Callable

import pytest

from app.sms import length
from app.sms.reading import Reading
from tests.stories.acts import LI, WANG, calls_off, moment, signs_up, tasks, turn
from tests.village import SIGNATURE, Village

RELATIVE = "好的,这位还没用这个号码登记。我们记下了,会打电话问清楚再报名"
Meant = Callable[[Reading], None]


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _told(village: Village, phone: str, text: str) -> str:
    """The one answer to the text, which is one segment."""
    [answer] = await village.says(phone, text)
    assert length.measure(SIGNATURE + answer).segments == 1, answer
    return answer


async def _couple(village: Village) -> None:
    await village.neighbour("张秀兰", WANG, agreed=True)
    await village.neighbour("李建国", WANG, agreed=True)


async def test_two_listings_in_one_text(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    first = await village.job(starts_at=moment("2026-03-11 07:00"))
    second = await village.job("织袜", starts_at=moment("2026-03-12 14:00"))
    assert await _told(village, WANG, "报名10和11") == '已报上10号(明天7:00)、11号(后天14:00);来不了回"取消"'
    assert [await village.places(job) for job in (first, second)] == [[("王秀兰", "taken")]] * 2
    assert await _told(village, WANG, "取消10和11") == '10号、11号已给您取消;看别的活回"岗位"'
    assert [await village.places(job) for job in (first, second)] == [[("王秀兰", "cancelled")]] * 2


async def test_one_is_taken_one_is_full_one_is_at_the_same_time_and_one_there_is_not(
        village: Village, meant: Meant) -> None:
    await village.neighbour("王秀兰", WANG)
    full = await village.job(places=1, starts_at=moment("2026-03-12 07:00"))
    await village.job("织袜", starts_at=moment("2026-03-11 14:00"))
    clash = await village.job("洗碗", starts_at=moment("2026-03-11 15:00"))
    await signs_up(village, full, await village.neighbour("李建国", LI))
    meant(Reading("SIGNUP", {"jobs": "10+11+12+99"}))
    told = await _told(village, WANG, "10、11、12、99都报")
    assert told.startswith("已报上11号")
    assert "10号满了排第1位" in told
    assert "12号没报上" in told
    assert "99号没报上" in told
    assert await village.places(full) == [("李建国", "taken"), ("王秀兰", "waiting")]
    assert await village.places(clash) == []
    meant(Reading("SIGNUP", {"jobs": "11+12"}))
    told = await _told(village, WANG, "11、12")
    assert told == '11号早报过名了;12号没报上:那个时间您已经报了11号:织袜。想换,先取消那个;来不了回"取消"'


async def test_cancelling_two_of_which_one_is_not_held(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 07:00"))
    await village.job("织袜", starts_at=moment("2026-03-12 14:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG))
    assert await _told(village, WANG, "取消10和11") == '10号香菇分拣已给您取消;11号您没报;看别的活回"岗位"'
    assert await village.places(job) == [("王秀兰", "cancelled")]


async def test_cancelling_one_that_is_not_held_asks_which(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 07:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG))
    assert await _told(village, WANG, "取消15") == "要取消哪个?请回:取消10(香菇分拣)"
    assert await _told(village, WANG, "10号") == '10号香菇分拣已给您取消。还有别的活,想看回"岗位"'


async def test_of_many_places_a_number_alone_says_which(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG)
    first = await village.job(starts_at=moment("2026-03-11 07:00"))
    second = await village.job("织袜", starts_at=moment("2026-03-12 14:00"))
    for job in (first, second):
        await signs_up(village, job, wang)
    assert await _told(village, WANG, "取消") == "要取消哪个?请回:取消10(香菇分拣)、取消11(织袜)"
    assert (await _told(village, WANG, "嘎嘎嘎")).startswith('没看懂您的意思。哪个不去,请连编号一起回,比如"取消10"')
    assert await _told(village, WANG, "11") == '11号织袜已给您取消。还有别的活,想看回"岗位"'
    assert await village.places(first) == [("王秀兰", "taken")]


async def test_a_name_decides_who_goes_and_who_does_not(village: Village, meant: Meant) -> None:
    await _couple(village)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    meant(Reading("SIGNUP", {"job": "10", "who": "李建国"}))
    assert (await _told(village, WANG, "李建国去")).startswith("已给李建国报上10号")
    assert await village.places(job) == [("李建国", "taken")]
    meant(Reading("SIGNUP", {"job": "10", "who": "张秀兰"}))
    await _told(village, WANG, "张秀兰也去")
    meant(Reading("CANCEL", {"job": "10", "who": "李建国"}))
    assert (await _told(village, WANG, "李建国不去了")).startswith("10号香菇分拣已给李建国取消")
    assert await village.places(job) == [("李建国", "cancelled"), ("张秀兰", "taken")]


async def test_a_name_that_nobody_of_the_phone_has_signs_up_nobody(village: Village, meant: Meant) -> None:
    await _couple(village)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    meant(Reading("SIGNUP", {"job": "10", "who": "赵大妈"}))
    assert await _told(village, WANG, "赵大妈去") == "10号谁去?回1 张秀兰 回2 李建国"
    assert await village.places(job) == []


async def test_both_names_or_the_right_count_mean_both(village: Village, meant: Meant) -> None:
    await _couple(village)
    job = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    assert await _told(village, WANG, "我们两个都去") == (
        '10号香菇分拣,明天14:00,2号厂房:已报上张秀兰;李建国满了排第1位;来不了回"取消"')
    meant(Reading("CANCEL", {"job": "10", "headcount": "2"}))
    assert await _told(village, WANG, "我们两个都不去了") == '张秀兰10号、李建国10号已给您取消;看别的活回"岗位"'
    meant(Reading("SIGNUP", {"job": "10", "who": "李建国+张秀兰"}))
    await _told(village, WANG, "李建国和张秀兰去")
    assert sorted(await village.places(job))[-2:] == [("李建国", "cancelled"), ("李建国", "waiting")]


@pytest.mark.parametrize("slots", [{"choice": "1+2"}, {"who": "张秀兰+李建国"}, {"headcount": "2"}])
async def test_asked_who_both_can_be_the_answer(village: Village, meant: Meant, slots: dict[str, str]) -> None:
    await _couple(village)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    assert await _told(village, WANG, "10") == "10号谁去?回1 张秀兰 回2 李建国"
    meant(Reading("CHOICE" if "headcount" not in slots else "SIGNUP", slots))
    assert await _told(village, WANG, "都去") == (
        '10号香菇分拣,明天14:00,2号厂房:已报上张秀兰、李建国;来不了回"取消"')
    assert await village.places(job) == [("张秀兰", "taken"), ("李建国", "taken")]


async def test_who_it_is_for_several_listings_is_asked_once(village: Village) -> None:
    await _couple(village)
    first = await village.job(starts_at=moment("2026-03-11 07:00"))
    second = await village.job("织袜", starts_at=moment("2026-03-12 14:00"))
    assert await _told(village, WANG, "报名10和11") == "10、11号谁去?回1 张秀兰 回2 李建国"
    assert (await _told(village, WANG, "2")).startswith("已报上10号(明天7:00)、11号")
    assert [await village.places(job) for job in (first, second)] == [[("李建国", "taken")]] * 2


async def test_a_name_is_remembered_while_we_ask_which_job(village: Village, meant: Meant) -> None:
    await _couple(village)
    jobs = [await village.job(starts_at=moment("2026-03-11 14:00")),
            await village.job("织袜", starts_at=moment("2026-03-12 14:00"))]
    for job in jobs:
        await village.push(job)
    meant(Reading("SIGNUP", {"who": "李建国"}))
    assert await _told(village, WANG, "李建国去") == "您要去哪个?请回编号:11、10"
    assert (await _told(village, WANG, "11")).startswith("已给李建国报上11号")
    assert await village.places(jobs[1]) == [("李建国", "taken")]


async def test_more_come_than_the_phone_has_people(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    assert await _told(village, WANG, "我们三个人都去") == (
        '10号香菇分拣,明天14:00,2号厂房:给您报上了;另2人没登记,会打电话问;来不了回"取消"')
    assert await village.places(job) == [("王秀兰", "taken")]
    assert await tasks(village) == [("王秀兰", "told", "我们三个人都去")]


async def test_one_name_and_the_count_of_all_mean_all(village: Village, meant: Meant) -> None:
    await _couple(village)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    meant(Reading("SIGNUP", {"job": "10", "who": "张秀兰", "headcount": "2"}))
    await _told(village, WANG, "张秀兰和我两个人去10号")
    assert sorted(await village.places(job)) == [("张秀兰", "taken"), ("李建国", "taken")]
    assert await tasks(village) == []


async def test_fewer_come_than_the_phone_has_people_so_we_ask(village: Village, meant: Meant) -> None:
    await _couple(village)
    await village.neighbour("李小山", WANG)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    meant(Reading("SIGNUP", {"job": "10", "headcount": "2"}))
    assert await _told(village, WANG, "我们两个去") == "10号谁去?回1 张秀兰 回2 李建国 回3 李小山"
    assert await village.places(job) == []


async def test_mother_goes_and_the_phone_may_be_hers_or_not(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    asked = '10号香菇分拣,明天下午2点:是王秀兰去吗?是就回"是",别人去回"否"'
    assert await _told(village, WANG, "我妈去") == asked
    assert await village.places(job) == []
    assert await _told(village, WANG, "是") == (
        '已给您报上10号:香菇分拣,明天下午2点2号厂房集合。来不了请回"取消"')
    assert await village.places(job) == [("王秀兰", "taken")]
    assert await _told(village, WANG, "我儿子也去10号") == RELATIVE
    assert [why for _who, why, _said in await tasks(village)] == ["told"]


async def test_mother_goes_and_the_phone_is_not_hers(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    await _told(village, WANG, "我妈去")
    assert await _told(village, WANG, "否") == RELATIVE
    assert await village.places(job) == []
    assert await tasks(village) == [("王秀兰", "told", "否")]


async def test_for_a_relative_on_a_shared_phone_we_ask_who_though_the_push_named_one(village: Village) -> None:
    await village.neighbour("张秀兰", WANG, agreed=True)
    await village.neighbour("李建国", WANG, wishes=["焊工"])
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    assert await _told(village, WANG, "我老公去") == "10号谁去?回1 张秀兰 回2 李建国"
    assert (await _told(village, WANG, "2")).startswith("已给李建国报上10号")
    assert await village.places(job) == [("李建国", "taken")]


async def test_two_without_a_birth_date_are_asked_one_after_the_other(village: Village, meant: Meant) -> None:
    await village.neighbour("张秀兰", WANG, None)
    await village.neighbour("李建国", WANG, None)
    await village.neighbour("李小山", WANG)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    meant(Reading("SIGNUP", {"job": "10", "headcount": "3"}))
    assert (await _told(village, WANG, "我们三个都去")).endswith("报名还差一样:请回张秀兰的出生年月日,比如19580312")
    assert await village.places(job) == [("李小山", "taken")]
    assert (await _told(village, WANG, "19680312")).endswith("报名还差一样:请回李建国的出生年月日,比如19580312")
    assert (await _told(village, WANG, "19660101")).startswith("已给李建国报上10号")
    assert sorted(await village.places(job)) == [("张秀兰", "taken"), ("李小山", "taken"), ("李建国", "taken")]


async def test_a_called_off_one_among_several_is_said(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    job = await village.job(starts_at=moment("2026-03-11 07:00"))
    await village.job("织袜", starts_at=moment("2026-03-12 14:00"))
    await calls_off(village, job)
    assert await _told(village, WANG, "报名10和11") == '已报上11号(后天14:00);10号没报上:10号取消了;来不了回"取消"'
