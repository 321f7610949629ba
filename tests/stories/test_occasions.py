"""A fair, a course and a bus have numbers like any work, and by text people say yes to them in the same way."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from app import rounds
from app.campaigns import campaigns
from app.errors import Refused
from app.listings import listings, upkeep
from app.listings.listings import Listing
from app.listings.signups import NeedsBirthDate
from app.occasions import occasions
from app.occasions.occasions import Bus, Course, Draft, Fair, Kind, Occasion
from app.staff import accounts
from app.staff.accounts import Role
from tests.campaigns.acts import drafted, filled, handed_in
from tests.stories.acts import LI, STRANGER, WANG, ZHAO, drain, last, moment, signs_up, tasks, turn
from tests.village import Village


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _changes(village: Village, occasion: Occasion, **facts: Any) -> None:
    async with village.database.session() as db:
        loaded = await occasions.get(db, occasion.id)
        assert loaded
        was = {name: getattr(loaded, name) for name in Draft.__dataclass_fields__}
        await occasions.change(db, loaded, Draft(**{**was, **facts}), by=village.boss)


async def _calls_off(village: Village, occasion: Occasion) -> None:
    async with village.database.session() as db:
        await occasions.call_off(db, await db.get_one(Occasion, occasion.id), by=village.boss)


async def test_a_number_is_enough_to_sign_up_for_a_fair(village: Village) -> None:
    await village.job()
    fair = await village.occasion(starts_at=moment("2026-03-14 09:00"))
    await village.neighbour("王秀兰", WANG)
    assert fair.number == 11
    await village.conversation(f"""
        {WANG} > 报名11
        {WANG} < 已给您报上11号:春季招聘会,3月14日上午9点社区广场集合。来不了请回"取消"
        {WANG} > 我的
        {WANG} < 11号春季招聘会3月14日上午9点;来不了回"取消"
        {WANG} > 取消11
        {WANG} < 11号春季招聘会已给您取消。还有别的活,想看回"岗位"
    """)
    assert await village.places(fair) == [("王秀兰", "cancelled")]


async def test_a_full_bus_has_a_waiting_list_and_who_waits_moves_up(village: Village) -> None:
    bus = await village.occasion(Kind.BUS, "返岗大巴", places=1, hours=48)
    await village.neighbour("王秀兰", WANG)
    await village.neighbour("李建国", LI)
    assert (await village.says(WANG, "10"))[0].startswith("已给您报上10号:返岗大巴")
    assert (await village.says(LI, "报名10"))[0].startswith("10号已报满,给您排第1位")
    await village.says(WANG, "取消")
    assert (await last(village, LI)).startswith("有空位了!给您报上10号:返岗大巴")
    assert await village.places(bus) == [("王秀兰", "cancelled"), ("李建国", "taken")]


async def test_nobody_is_asked_for_the_birth_date_and_children_may_come(village: Village) -> None:
    course = await village.occasion(Kind.COURSE, "编织课", places=1, hours=48)
    await village.neighbour("小明", WANG, date(2015, 5, 1))
    await village.neighbour("李建国", LI, None)
    assert (await village.says(WANG, "10"))[0].startswith("已给您报上10号:编织课")
    assert (await village.says(LI, "10"))[0].startswith("10号已报满,给您排第1位")
    await village.says(WANG, "取消")
    assert await village.places(course) == [("小明", "cancelled"), ("李建国", "taken")]


async def test_where_staff_ask_for_an_age_it_is_asked_and_kept(village: Village) -> None:
    course = await village.occasion(Kind.COURSE, "电工班", min_age=18, hours=48)
    child = await village.neighbour("小明", WANG, date(2015, 5, 1))
    nobody_knows = await village.neighbour("李建国", LI, None)
    with pytest.raises(Refused, match="only for people of"):
        await signs_up(village, course, child)
    with pytest.raises(NeedsBirthDate):
        await signs_up(village, course, nobody_knows)
    assert "出生年月日" in (await village.says(LI, "10"))[0]
    assert (await village.says(LI, "19680312"))[0].startswith("已给您报上10号:电工班")


async def test_several_at_once_a_job_and_a_fair(village: Village) -> None:
    job, fair = await village.job(hours=24), await village.occasion(hours=48)
    await village.neighbour("王秀兰", WANG)
    assert (await village.says(WANG, "报名10和11"))[0].startswith("已报上10号")
    assert await village.places(job) == await village.places(fair) == [("王秀兰", "taken")]


async def test_a_fair_at_the_time_of_ones_work_is_refused(village: Village) -> None:
    await village.job(hours=24)
    await village.occasion(hours=25)
    await village.neighbour("王秀兰", WANG)
    await village.says(WANG, "10")
    assert await village.says(WANG, "11") == ["那个时间您已经报了10号:香菇分拣。想换,先取消那个。"]


async def test_a_stranger_is_telephoned(village: Village) -> None:
    await village.occasion()
    assert (await village.says(STRANGER, "报名10"))[0].startswith("您的号码还没登记")
    assert [(who, why) for who, why, _said in await tasks(village)] == [("+86" + STRANGER, "unknown_phone")]


@pytest.mark.parametrize(("facts", "said"), [
    ({"place": "文化站"}, '10号返岗大巴改为14日6:30文化站。来不了回"取消"'),
    ({"starts_at": moment("2026-03-14 05:00")}, '10号返岗大巴改为14日5:00社区广场。来不了回"取消"'),
    ({"destination": "武昌"}, '10号返岗大巴改为14日6:30社区广场,到武昌。来不了回"取消"'),
    ({"cost_fen": 2050}, '10号返岗大巴改为14日6:30社区广场,每人20.5元。来不了回"取消"'),
    ({"cost_fen": 0}, '10号返岗大巴改为14日6:30社区广场,不要钱。来不了回"取消"'),
])
async def test_who_goes_and_who_waits_are_told_of_a_change(village: Village, facts: dict[str, Any], said: str) -> None:
    bus = await village.occasion(Kind.BUS, "返岗大巴", starts_at=moment("2026-03-14 06:30"), places=1, cost_fen=3000)
    for name, phone in (("王秀兰", WANG), ("李建国", LI)):
        await signs_up(village, bus, await village.neighbour(name, phone))
    await _changes(village, bus, **facts)
    assert [await last(village, phone) for phone in (WANG, LI)] == [said, said]
    assert "元/" not in said


async def test_a_change_is_told_in_the_own_language_and_by_telephone_where_there_is_no_phone(village: Village) -> None:
    fair = await village.occasion(starts_at=moment("2026-03-14 09:00"))
    await signs_up(village, fair, await village.neighbour("Li", LI, language="en"))
    await signs_up(village, fair, await village.neighbour("赵奶奶"))
    await _changes(village, fair, place="文化站")
    assert await last(village, LI) == (
        "10, 春季招聘会, has changed: Sat 14 Mar 09:00, 文化站. Cannot come? Reply CANCEL")
    assert [(who, why) for who, why, _said in await tasks(village)] == [("赵奶奶", "changed")]


async def test_a_change_of_words_disturbs_nobody(village: Village) -> None:
    fair = await village.occasion()
    await signs_up(village, fair, await village.neighbour("王秀兰", WANG))
    await _changes(village, fair, details="带简历", bring="身份证", contact="陈姐")
    assert await village.texts(WANG) == []


async def test_more_places_let_people_move_up_and_fewer_than_people_are_refused(village: Village) -> None:
    fair = await village.occasion(places=1)
    for name, phone in (("王秀兰", WANG), ("李建国", LI)):
        await signs_up(village, fair, await village.neighbour(name, phone))
    await _changes(village, fair, places=2)
    assert (await last(village, LI)).startswith("有空位了!给您报上10号")
    with pytest.raises(Refused, match="there cannot be fewer"):
        await _changes(village, fair, places=1)


async def test_called_off_is_told_and_nobody_can_sign_up_any_more(village: Village) -> None:
    fair = await village.occasion(starts_at=moment("2026-03-14 09:00"))
    await signs_up(village, fair, await village.neighbour("王秀兰", WANG))
    await village.neighbour("李建国", LI)
    await _calls_off(village, fair)
    assert await last(village, WANG) == '10号春季招聘会(3月14日上午9点)取消了,请不要去。对不住。别的活回"岗位"'
    assert await village.says(LI, "10") == ['10号取消了。看看别的活回"岗位"']
    with pytest.raises(Refused, match="was called off"):
        await _calls_off(village, fair)


async def test_a_closed_course_keeps_its_places(village: Village) -> None:
    course = await village.occasion(Kind.COURSE, "编织课")
    await signs_up(village, course, await village.neighbour("王秀兰", WANG))
    await village.neighbour("李建国", LI)
    async with village.database.session() as db:
        await upkeep.close(db, await db.get_one(Occasion, course.id), by=village.boss)
    assert await village.says(LI, "10") == ['10号停止报名了。看看别的活回"岗位"']
    assert await village.places(course) == [("王秀兰", "taken")]


async def test_the_evening_before_everybody_with_a_place_is_reminded(village: Village) -> None:
    fair = await village.occasion(starts_at=moment("2026-03-14 09:00"))
    await signs_up(village, fair, await village.neighbour("王秀兰", WANG))
    turn("2026-03-13 18:30")
    await rounds.go(village.database)
    assert await last(village, WANG) == '提醒:您报的10号春季招聘会,明天上午9点社区广场集合。来不了请回"取消"'


@pytest.mark.parametrize(("kind", "question", "said"), [
    (Kind.FAIR, "几点结束?", "10号大集:3月14日上午9点到下午1点"),
    (Kind.FAIR, "在哪里集合?", "10号大集:在社区广场集合"),
    (Kind.FAIR, "要多少钱?", "10号大集:不要钱"),
    (Kind.BUS, "怎么坐车?", "10号大集:在社区广场上车,到汉口"),
])
async def test_questions_are_answered_from_what_is_known(village: Village, kind: Kind, question: str,
                                                         said: str) -> None:
    await village.occasion(kind, "大集", starts_at=moment("2026-03-14 09:00"))
    await village.neighbour("王秀兰", WANG)
    await village.says(WANG, "10")
    assert await village.says(WANG, question) == [said]


async def test_what_nobody_wrote_down_is_a_persons_to_answer(village: Village) -> None:
    await village.occasion()
    await village.neighbour("王秀兰", WANG)
    await village.says(WANG, "10")
    assert (await village.says(WANG, "管饭不?"))[0].startswith("您问的我们记下了")
    assert [why for _who, why, _said in await tasks(village)] == ["question"]


async def test_the_list_of_work_by_text_is_about_work(village: Village) -> None:
    await village.occasion()
    await village.neighbour("王秀兰", WANG)
    assert await village.says(WANG, "岗位") == ["眼下没有空位的活。有了就发短信告诉您"]


async def test_the_last_seat_is_given_once(village: Village) -> None:
    bus = await village.occasion(Kind.BUS, "返岗大巴", places=1)
    people = [await village.neighbour(f"邻居{i}", f"1420000001{i}") for i in range(6)]
    await asyncio.gather(*(signs_up(village, bus, person) for person in people))
    places = [place for _name, place in await village.places(bus)]
    assert places.count("taken") == 1
    assert places.count("waiting") == 5


async def test_two_clerks_at_once_get_two_numbers(village: Village) -> None:
    posted = await asyncio.gather(village.occasion(title="招聘会"), village.job(),
                                  village.occasion(Kind.COURSE, "编织课"), village.occasion(Kind.BUS, "大巴"))
    assert sorted(one.number for one in posted) == [10, 11, 12, 13]


async def test_the_button_pressed_twice_gives_one(village: Village) -> None:
    starts = moment("2026-03-14 09:00")
    first, second = [await village.occasion(starts_at=starts) for _ in range(2)]
    assert first.id == second.id
    assert (await village.occasion(Kind.COURSE, starts_at=starts)).id != first.id


async def test_a_listing_is_loaded_as_what_it_is(village: Village) -> None:
    for kind in Kind:
        await village.occasion(kind, "某事")
    async with village.database.reading() as db:
        found = [await listings.by_number(db, number, area_id=village.area.id) for number in (10, 11, 12)]
    assert [type(one) for one in found] == [Fair, Course, Bus]


@pytest.mark.parametrize(("kind", "field", "facts"), [
    (Kind.FAIR, "title", {"title": " "}), (Kind.FAIR, "title", {"title": "字" * 13}),
    (Kind.FAIR, "place", {"place": ""}), (Kind.BUS, "destination", {"destination": ""}),
    (Kind.BUS, "destination", {"destination": "地" * 11}), (Kind.FAIR, "places", {"places": 0}),
    (Kind.FAIR, "cost", {"cost_fen": 100}), (Kind.COURSE, "cost", {"cost_fen": -1}),
    (Kind.COURSE, "min_age", {"min_age": 100}), (Kind.COURSE, "bring", {"bring": "物" * 81}),
    (Kind.FAIR, "starts_at", {"starts_at": moment("2026-03-10 11:00")}),
    (Kind.FAIR, "ends_at", {"ends_at": moment("2026-03-01 11:00")}),
])
async def test_what_is_missing_or_cannot_be_is_named(village: Village, kind: Kind, field: str,
                                                     facts: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        await village.occasion(kind, **facts)
    assert refused.value.field == field


async def test_a_building_head_may_not_post(village: Village) -> None:
    async with village.database.session() as db:
        head, _password = await accounts.add(db, "head", role=Role.HEAD, area=village.building,
                                             password="not-a-secret")
        draft = Draft("大集", "广场", moment("2026-03-14 09:00"), moment("2026-03-14 12:00"), 5)
        with pytest.raises(Refused, match="role does not allow"):
            await occasions.post(db, village.area, Kind.FAIR, draft, by=head)


async def test_what_is_between_two_moments_is_found_among_the_jobs(village: Village) -> None:
    await village.job(hours=48)
    await village.occasion(title="第一天", starts_at=moment("2026-03-14 09:00"))
    long = await village.occasion(Kind.COURSE, "长班", starts_at=moment("2026-03-30 09:00"),
                                  ends_at=moment("2026-04-03 17:00"))
    async with village.database.reading() as db:
        march = await occasions.between(db, village.area, moment("2026-03-01 00:00"), moment("2026-04-01 00:00"))
        april = await occasions.between(db, None, moment("2026-04-01 00:00"), moment("2026-05-01 00:00"))
        fairs = await occasions.between(db, village.area, moment("2026-03-01 00:00"), moment("2026-05-01 00:00"),
                                        kinds=[Kind.FAIR])
    assert [one.title for one in march] == ["第一天", "长班"]
    assert [one.id for one in april] == [long.id]
    assert [one.title for one in fairs] == ["第一天"]
    assert isinstance(march[0], Listing)
    assert timedelta() < march[0].ends_at - march[0].starts_at


async def test_who_said_no_to_one_bus_keeps_the_other(village: Village) -> None:
    await village.occasion(Kind.BUS, "早班车", starts_at=moment("2026-03-14 06:30"))
    await village.occasion(Kind.BUS, "晚班车", starts_at=moment("2026-03-14 16:30"))
    await village.neighbour("赵大妈", ZHAO)
    await village.says(ZHAO, "10")
    await village.says(ZHAO, "11")
    assert (await village.says(ZHAO, "取消"))[0].startswith("11号晚班车已给您取消")
    assert (await village.says(ZHAO, "我的"))[0].startswith("10号早班车")


async def test_a_bulk_text_tells_of_a_bus_and_one_digit_is_a_seat(village: Village) -> None:
    bus = await village.occasion(Kind.BUS, "返岗大巴", starts_at=moment("2026-03-14 06:30"))
    await village.neighbour("王秀兰", WANG, agreed=True)
    said = await drafted(village, "{编号}号{活},{时间}{地点}上车。想去回{编号}", kind=campaigns.Kind.TRANSPORT,
                         listing_id=bus.id)
    await handed_in(village, said)
    await filled(village)
    assert await last(village, WANG) == "10号返岗大巴,3月14日早上6点半社区广场上车。想去回10"
    await drain(village)
    assert (await village.says(WANG, "1"))[0].startswith("已给您报上10号:返岗大巴")
    paid = await drafted(village, "{编号}号{活}{工钱}", kind=campaigns.Kind.TRANSPORT, listing_id=bus.id)
    with pytest.raises(Refused, match="needs a job"):
        await handed_in(village, paid)
