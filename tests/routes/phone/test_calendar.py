"""Fairs, courses and buses on residents' pages: the calendar by month, and a place by way of the page."""

import re
from datetime import date

import pytest

from app import clock
from app.listings import signups, upkeep
from app.listings.listings import State
from app.listings.signups import Via
from app.occasions import occasions
from app.occasions.occasions import Kind, Occasion
from tests.routes.phone.conftest import LI, STRANGER, WANG, Browser, proved
from tests.stories.acts import moment, tasks
from tests.village import Village, settle

SIGN_UP, CANCEL = "/jobs/10/signup", "/jobs/10/cancel"


@pytest.fixture(autouse=True)
def _noon() -> None:
    clock.turn(moment("2026-03-10 12:00"))


def _days(page: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", page)


def _titles(page: str) -> list[str]:
    return [title.strip() for title in re.findall(r'<b class="number">\d+</b> (.*?)</div>', page)]


async def _three(village: Village) -> None:
    await village.occasion(Kind.FAIR, "春季招聘会", starts_at=moment("2026-03-14 09:00"))
    await village.occasion(Kind.COURSE, "编织课", starts_at=moment("2026-03-14 14:00"), cost_fen=2000)
    await village.occasion(Kind.BUS, "返岗大巴", starts_at=moment("2026-04-02 06:30"))


async def test_what_comes_stands_below_its_day_and_work_does_not(village: Village, browser: Browser) -> None:
    await village.job(starts_at=moment("2026-03-12 09:00"))
    await _three(village)
    page = await browser.open("/calendar")
    assert "<h1>2026年3月</h1>" in page
    assert _days(page) == ["3月14日 周六"]
    assert _titles(page) == ["春季招聘会", "编织课"]
    for said in ("招聘会 · 不要钱", "培训 · 每人20元", "上午9点 – 下午1点", "还有12个名额",
                 'href="/jobs/11?area=demo"'):
        assert said in page, said


async def test_the_next_month_and_back(village: Village, browser: Browser) -> None:
    await _three(village)
    page = await browser.open("/calendar")
    assert "2026-02" not in page
    page = await browser.open("/calendar?month=2026-04&area=demo")
    assert _days(page) == ["4月2日 周四"]
    assert "社区广场 → 汉口" in page
    assert "/calendar?month=2026-03&amp;area=demo" in page
    assert "/calendar?month=2026-05&amp;area=demo" in page


async def test_one_kind_alone_also_in_the_next_month(village: Village, browser: Browser) -> None:
    await _three(village)
    page = await browser.open("/calendar?kind=course")
    assert _titles(page) == ["编织课"]
    assert "/calendar?month=2026-04&amp;kind=course" in page
    assert re.findall(r'aria-current="true"><b .*?</b> (.*?)</a>', page) == ["培训"]
    page = await browser.open("/calendar?kind=bus")
    assert "这个月还没有安排" in page


@pytest.mark.parametrize(("asked", "shown"), [
    ("2026-13", "2026年3月"), ("soon", "2026年3月"), ("1999-01", "2026年3月"), ("9999-12", "2027年2月"),
    ("２０２６-03", "2026年3月"), ("0000-01", "2026年3月"), ("2026-04%00", "2026年3月"),
])
async def test_an_odd_month_is_the_nearest_that_there_is(village: Village, browser: Browser, asked: str,
                                                         shown: str) -> None:
    page = await browser.open(f"/calendar?month={asked}&kind=nothing")
    assert browser.status == 200
    assert f"<h1>{shown}</h1>" in page


async def test_what_is_over_is_gone_and_what_goes_on_stands_on_today(village: Village, browser: Browser) -> None:
    await village.occasion(title="昨天的", starts_at=moment("2026-03-10 13:00"), ends_at=moment("2026-03-10 14:00"))
    await village.occasion(Kind.COURSE, "长班", starts_at=moment("2026-03-10 14:00"),
                           ends_at=moment("2026-03-20 17:00"))
    clock.turn(moment("2026-03-12 12:00"))
    page = await browser.open("/calendar")
    assert _titles(page) == ["长班"]
    assert _days(page) == ["3月12日 周四"]
    assert "已经开始了" in page
    assert "3月10日下午2点 – 3月20日下午5点" in page


async def test_who_looks_for_what_was_called_off_reads_it(village: Village, browser: Browser) -> None:
    fair, course = await village.occasion(), await village.occasion(Kind.COURSE, "编织课")
    async with village.database.session() as db:
        await occasions.call_off(db, await db.get_one(Occasion, fair.id), by=village.boss)
        await upkeep.close(db, await db.get_one(Occasion, course.id), by=village.boss)
    page = await browser.open("/calendar")
    assert "取消了" in page
    assert "不能再报名了" in page
    page = await browser.open("/jobs/10")
    assert "取消了" in page
    assert "<button" not in page.split("<main")[1].split("</main>")[0]


async def test_each_community_has_its_own_calendar(village: Village, browser: Browser) -> None:
    other = await settle(village.database, "other", "柳陂社区")
    await village.occasion(title="我们的")
    await other.occasion(title="他们的")
    assert _titles(await browser.open("/calendar?area=other")) == ["他们的"]
    assert _titles(await browser.open("/calendar")) == ["他们的"]  # as was chosen before
    assert _titles(await browser.open("/calendar?area=demo")) == ["我们的"]


async def test_a_number_of_two_communities_is_asked_for_whatever_it_is(village: Village, browser: Browser) -> None:
    other = await settle(village.database, "other", "柳陂社区")
    await village.job()
    await other.occasion(Kind.BUS, "返岗大巴")
    page = await browser.open("/jobs/10")
    assert "香菇分拣" in page
    assert "返岗大巴" in page
    assert "柳陂社区" in page
    page = await browser.open("/jobs/10?area=other")
    assert "返岗大巴" in page
    assert "香菇分拣" not in page


async def test_the_page_of_a_bus_says_what_one_has_to_know(village: Village, browser: Browser) -> None:
    await village.occasion(Kind.BUS, "返岗大巴", starts_at=moment("2026-03-14 06:30"), cost_fen=3050, places=45,
                           bring="身份证、饭盒", details="中途停一次。", contact="李班长", min_age=16)
    page = await browser.open("/jobs/10")
    for said in ("返岗大巴", "每人30.5元", "3月14日早上6点半", "社区广场", "汉口", "还有45个名额", "身份证、饭盒",
                 "中途停一次。", "李班长", "满16岁", "我要去", "收到过我们的短信，就回10", "/calendar?area=demo"):
        assert said in page, said
    assert "工钱" not in page


async def test_a_place_a_look_at_it_and_back_again(village: Village, browser: Browser) -> None:
    fair = await village.occasion()
    await village.neighbour("王秀英", WANG)
    await browser.open("/jobs/10")
    await browser.send(SIGN_UP, phone=WANG)
    page = await browser.send(SIGN_UP, button='name="code"', code=await village.code(WANG))
    assert browser.path == "/jobs/10?area=demo"
    assert "报上了" in page
    assert "还有11个名额" in page
    page = await browser.open("/me")
    assert "春季招聘会" in page
    await browser.send(CANCEL)
    assert await village.places(fair) == [("王秀英", "cancelled")]


async def test_nobody_is_asked_when_they_were_born(village: Village, browser: Browser) -> None:
    course = await village.occasion(Kind.COURSE, "编织课")
    await village.neighbour("小明", WANG, None)
    await proved(browser, village, WANG)
    await browser.open("/jobs/10")
    assert "报上了" in await browser.send(SIGN_UP)
    assert await village.places(course) == [("小明", "taken")]


async def test_where_an_age_is_asked_for_the_page_says_which(village: Village, browser: Browser) -> None:
    course = await village.occasion(Kind.COURSE, "电工班", min_age=18)
    await village.neighbour("小明", WANG, None)
    await proved(browser, village, WANG)
    await browser.open("/jobs/10")
    page = await browser.send(SIGN_UP)
    assert "要满18岁" in page
    page = await browser.send(SIGN_UP, born_on="20150501")
    assert browser.status == 409
    assert "满18岁" in page
    await browser.open("/jobs/10")
    await browser.send(SIGN_UP)
    assert "报上了" in await browser.send(SIGN_UP, born_on="19680312")
    assert await village.places(course) == [("小明", "taken")]


async def test_who_comes_after_the_last_seat_waits_in_line(village: Village, browser: Browser) -> None:
    bus = await village.occasion(Kind.BUS, "返岗大巴", places=1)
    first = await village.neighbour("李建国", LI)
    await village.neighbour("王秀英", WANG)
    async with village.database.session() as db:
        await signups.sign_up(db, bus, first, via=Via.TEXT)
    await proved(browser, village, WANG)
    page = await browser.open("/jobs/10")
    assert "满了，可以排队" in page
    assert "排队第1位" in await browser.send(SIGN_UP)
    await village.says(LI, "取消")
    assert "报上了" in await browser.open("/jobs/10")


async def test_whom_nobody_knows_is_telephoned(village: Village, browser: Browser) -> None:
    await village.occasion()
    await proved(browser, village, STRANGER)
    await browser.open("/jobs/10")
    assert "给您打电话" in await browser.send(SIGN_UP)
    assert await tasks(village) == [("+86" + STRANGER, "unknown_phone", "网页报名：想报10号 春季招聘会")]


async def test_a_family_says_who_goes(village: Village, browser: Browser) -> None:
    fair = await village.occasion()
    await village.neighbour("李建国", LI)
    daughter = await village.neighbour("李小芬", LI, date(2012, 1, 1))
    await proved(browser, village, LI)
    await browser.open("/jobs/10")
    assert "谁去" in await browser.send(SIGN_UP)
    await browser.send(SIGN_UP, resident=str(daughter.id))
    assert await village.places(fair) == [("李小芬", "taken")]


async def test_the_newest_of_a_number_is_meant(village: Village, browser: Browser) -> None:
    old = await village.job()
    async with village.database.session() as db:
        row = await db.merge(old)
        row.state, row.closed_at = State.CLOSED, moment("2026-01-01 12:00")
        row.starts_at, row.ends_at = moment("2026-01-01 07:00"), moment("2026-01-01 12:00")
    await village.occasion()
    page = await browser.open("/jobs/10")
    assert "春季招聘会" in page
    assert "香菇分拣" not in page


async def test_in_english(village: Village, browser: Browser) -> None:
    await _three(village)
    page = await browser.open("/calendar?lang=en")
    assert "<h1>March 2026</h1>" in page
    assert "Job fair · free of charge" in page
    page = await browser.open("/jobs/11?lang=en")
    assert "20 yuan each" in page
    assert "I want to come" in page


async def test_nothing_of_a_person_is_on_the_calendar(village: Village, browser: Browser) -> None:
    await _three(village)
    await village.neighbour("王秀英", WANG)
    before = await browser.open("/calendar")
    await proved(browser, village, WANG)
    assert await browser.open("/calendar") == before
