"""Finding work on the pages: nearest first, filters that combine, search, the drawn way."""

import re
from datetime import datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from app import clock
from app.jobs import jobs
from app.jobs.jobs import Job
from app.listings import signups
from app.listings.signups import Via
from app.nearby import spots
from app.nearby.walking import Point
from app.org import areas
from app.org.areas import Area, Level
from app.routes.phone.jobs import PER_PAGE
from tests.routes.phone.conftest import Browser
from tests.village import Village, settle

SEVEN = clock.at(datetime(2026, 11, 23).date(), time(7))  # a Monday, with the day before us
HOME, STATION = Point(32.8300, 110.8100), Point(32.8300, 110.8110)
PLACES = {"西门": Point(32.8303, 110.8101), "东门车间": Point(32.8330, 110.8120), "菌棒厂": Point(32.8450, 110.8100)}


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    """Pages that only look are the same on both; where not, a test names the engines itself."""
    return str(request.param)


@pytest.fixture(autouse=True)
def _monday_morning() -> None:
    clock.turn(SEVEN)


@pytest.fixture
async def ground(village: Village) -> Village:
    """The village with its places entered."""
    async with village.database.session() as db:
        community = await db.get_one(Area, village.area.id)
        building = await db.get_one(Area, village.building.id)
        await spots.locate(db, community, community, STATION, by=village.boss)
        await spots.locate(db, community, building, HOME, by=village.boss)
        for name, point in PLACES.items():
            await spots.put(db, community, name=name, point=point, by=village.boss)
    return village


def at(days: int, hour: float) -> dict[str, Any]:
    return {"starts_at": SEVEN + timedelta(days=days, hours=hour - 7)}


def titles(page: str) -> list[str]:
    """The titles of the cards, in their order."""
    return re.findall(r'<div class="title"><b class="number">\d+</b> ([^<]+)</div>', page)


def links(page: str) -> dict[str, tuple[str, bool]]:
    """Filters by their words: where the link leads, and whether it is chosen."""
    found = re.findall(r'<li><a href="(/jobs[^"]*)"( aria-current="true")?>(?:<b[^>]*>&#8730;</b> )?([^<]+)</a></li>',
                       page)
    return {words: (href.replace("&amp;", "&"), bool(chosen)) for href, chosen, words in found}


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_home_shows_todays_work_the_nearest_first(ground: Village, browser: Browser) -> None:
    await ground.job("远的活", place="菌棒厂", **at(0, 8))
    await ground.job("近的活", place="西门", **at(0, 14))
    await ground.job("不知哪里的活", place="某处", **at(0, 8))
    await ground.job("明天的活", place="西门", **at(1, 8))
    page = await browser.open("/?from=demo-1")
    assert titles(page) == ["近的活", "远的活", "不知哪里的活"]
    assert "西门 · 走路1分钟" in page
    assert "<h2>明天</h2>" not in page
    assert "看全部4个活" in page


async def test_little_today_is_followed_by_tomorrow(ground: Village, browser: Browser) -> None:
    await ground.job("今天的活", **at(0, 14))
    await ground.job("后天的活", **at(2, 8))
    await ground.job("明天的活", **at(1, 8))
    page = await browser.open("/")
    assert titles(page) == ["今天的活", "明天的活", "后天的活"]
    assert page.index("今天的活</div>") < page.index("<h2>明天</h2>") < page.index("<h2>以后</h2>")


async def test_a_day_without_work_is_said_kindly_and_what_comes_is_shown(ground: Village, browser: Browser) -> None:
    await ground.job("完了的活", **at(0, 8))
    await ground.job("下周的活", **at(7, 8))
    clock.turn(SEVEN + timedelta(hours=3))
    page = await browser.open("/")
    assert "今天没有新开工的活了" in page
    assert titles(page) == ["下周的活"]


async def test_home_prefers_what_still_has_places(village: Village, browser: Browser) -> None:
    full = await village.job("满了", places=1, **at(0, 9))
    await village.job("还有", **at(0, 15))
    person = await village.neighbour("王秀英", "14200000001")
    async with village.database.session() as db:
        await signups.sign_up(db, await db.merge(full), await db.merge(person), via=Via.STAFF)
    assert titles(await browser.open("/")) == ["还有"]
    assert titles(await browser.open("/jobs")) == ["满了", "还有"]


@pytest.mark.parametrize(("name", "words", "facts"), [
    ("seated", "坐着干", {"seated": True}), ("home", "能在家干", {"at_home": True}), ("meals", "管饭", {"meals": True}),
    ("bus", "有车接送", {"bus": True}), ("paid", "当天结", {"paid_same_day": True}),
    ("school", "孩子上学时", at(1, 8)), ("near", "走路15分钟内", {"place": "西门"}), ("day", "明天", at(1, 6)),
])
async def test_each_filter_is_a_link_on_and_off(ground: Village, browser: Browser, name: str, words: str,
                                                facts: dict[str, Any]) -> None:
    plain = {"place": "菌棒厂", "paid_same_day": False, **at(2, 6)}
    await ground.job("别的活", **plain)
    await ground.job("要找的活", **{**plain, **facts})
    page = await browser.open("/jobs")
    assert set(titles(page)) == {"别的活", "要找的活"}
    href, chosen = links(page)[words]
    assert not chosen
    page = await browser.open(href)
    assert titles(page) == ["要找的活"], name
    back, chosen = links(page)[words]
    assert chosen
    assert re.search(r'aria-current="true"><b aria-hidden="true">&#8730;</b> ' + words, page)
    assert set(titles(await browser.open(back))) == {"别的活", "要找的活"}


@pytest.mark.parametrize(("start", "hours", "fits"), [
    (8, 4, True), (7.5, 4, False), (8, 8.5, True), (8, 8.6, False), (12.5, 4, True), (9, 24 + 4, False)])
async def test_school_hours_are_from_eight_to_half_past_four(village: Village, browser: Browser, start: float,
                                                             hours: float, fits: bool) -> None:
    begins = SEVEN + timedelta(days=1, hours=start - 7)
    await village.job("活", starts_at=begins, ends_at=begins + timedelta(hours=hours))
    assert titles(await browser.open("/jobs?school=1")) == (["活"] if fits else [])


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_filters_combine_and_go_on_to_the_next_page(ground: Village, browser: Browser) -> None:
    for number in range(PER_PAGE + 5):
        await ground.job(f"坐着{number}", seated=True, place="西门", **at(1, 8))
    await ground.job("站着", place="西门", **at(1, 8))
    await ground.job("坐着但远", seated=True, place="菌棒厂", **at(1, 8))
    page = await browser.open("/jobs?seated=1&near=1&day=tomorrow")
    assert f"共{PER_PAGE + 5}个" in page
    assert len(titles(page)) == PER_PAGE
    page = await browser.open("/jobs?seated=1&near=1&day=tomorrow&page=2")
    assert len(titles(page)) == 5
    assert re.search(r'href="/jobs\?day=tomorrow&amp;near=1&amp;seated=1&amp;page=1"', page)
    page = await browser.open(links(page)["走路15分钟内"][0])
    assert f"共{PER_PAGE + 6}个" in page


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_search_understands_sounds_initials_and_other_names(village: Village, browser: Browser) -> None:
    await village.job("香菇分拣", place="2号厂房", **at(1, 8))
    await village.job("夜班看门", trade="看门", place="北门岗亭", **at(2, 19))
    for typed in ("看门", "kanmen", "km", "KM", "门卫", "baoan", "看門", "北门岗亭", "bmgt", "11", "kan men",
                  "我想找看门的活"):
        page = await browser.open(f"/jobs?q={typed}")
        assert titles(page) == ["夜班看门"], typed
        assert f'value="{typed}"' in page
    assert titles(await browser.open("/jobs?q=xghzs")) == ["香菇分拣", "夜班看门"]  # whose employer both are


async def test_search_goes_together_with_filters(village: Village, browser: Browser) -> None:
    await village.job("夜班看门", trade="看门", seated=True, **at(1, 19))
    await village.job("白班看门", trade="看门", **at(1, 8))
    page = await browser.open("/jobs?q=km&seated=1")
    assert titles(page) == ["夜班看门"]
    assert set(titles(await browser.open(links(page)["坐着干"][0]))) == {"夜班看门", "白班看门"}
    page = await browser.open("/jobs?q=km&bus=1")
    assert "现在没有这样的活" in page


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_no_address_is_an_error(village: Village, browser: Browser) -> None:
    await village.job()
    for query in ("day=xx&page=99999", "page=0", "page=-1", "near=2&seated=yes", "q=%00", "q=%ff%fe",
                  "q=%25_%5C'%22;--", "q=" + "x" * 3000, "q=%F0%9F%98%80", "from=nowhere&near=1", "from=%00",
                  "from=", "q=&page=２",
                  "day=today&day=tomorrow", "q=%ED%A0%80", "q=99999999999999999999", "near=1&q=%E3%80%80&bus=1"):
        for path in ("/jobs", "/", "/jobs/10"):
            await browser.open(f"{path}?{query}")
            assert browser.status == 200, (path, query)


async def test_a_page_behind_the_last_is_the_last(village: Village, browser: Browser) -> None:
    for _ in range(PER_PAGE + 1):
        await village.job()
    assert "第2页" in await browser.open("/jobs?page=99999")


async def test_where_i_live_is_remembered_and_changes_order_and_minutes_only(ground: Village,
                                                                             browser: Browser) -> None:
    async with ground.database.session() as db:
        far = await areas.add(db, level=Level.BUILDING, code="demo-2", name="2栋",
                              parent=await db.get_one(Area, ground.area.id))
        far.lat, far.lng = 32.8448, 110.8100
    await ground.job("西门的活", place="西门", **at(1, 8))
    await ground.job("菌棒厂的活", place="菌棒厂", **at(1, 8))
    page = await browser.open("/jobs")
    assert "从就业站走路算" in page
    assert '<option value="demo-2">2栋</option>' in page
    assert titles(page) == ["西门的活", "菌棒厂的活"]
    page = await browser.open("/jobs?from=demo-2")
    assert '<option value="demo-2" selected>2栋</option>' in page
    assert titles(page) == ["菌棒厂的活", "西门的活"]
    page = await browser.open("/jobs")
    assert "从2栋走路算" in page
    assert titles(await browser.open("/jobs?near=1")) == ["菌棒厂的活"]
    assert "从2栋走路1分钟" in await browser.open("/jobs/11")
    await browser.open("/jobs?from=")
    assert "从就业站走路算" in await browser.open("/jobs")


async def test_near_without_any_place_known_says_what_to_do(village: Village, browser: Browser) -> None:
    await village.job("香菇分拣")
    page = await browser.open("/jobs?near=1")
    assert "还不知道哪里离您近" in page
    assert titles(page) == ["香菇分拣"]


async def test_the_page_of_a_job_says_everything_in_this_order(ground: Village, browser: Browser) -> None:
    await ground.job("洗碗", trade="洗碗", place="西门", pay_fen=1800, pay_per="hour", bring="围裙", contact="陈姐",
                     **at(1, 10))
    page = (await browser.open("/jobs/10?from=demo-1")).partition('<main id="main">')[2]
    told = ["一天72元", "18元/时", "洗碗</h1>", "西门", "从1栋走路1分钟", '<img class="map"', "明天上午10点", "围裙",
            "陈姐", "没有保险", "还有12个名额", 'href="tel:07197221234"', "我要报名", "就回10"]
    assert [words for words in told if words not in page] == []
    places = [page.index(words) for words in told]
    assert places == sorted(places)


async def test_insurance_is_named(village: Village, browser: Browser) -> None:
    await village.job(insured="意外险")
    page = await browser.open("/jobs/10")
    assert "意外险" in page
    assert "没有保险" not in page


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_drawn_way_is_an_image_of_our_own(ground: Village, browser: Browser, language: str) -> None:
    await ground.job(place="西门")
    page = await browser.open(f"/jobs/10?from=demo-1&lang={language}")
    found = re.search(r'<img class="map" src="([^"]+)" width="300" height="340" alt="([^"]+)"', page)
    assert found
    assert "1栋" in found[2]
    answer = await browser.client.get(found[1].replace("&amp;", "&"))
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert len(answer.content) < 4096
    said = [node.text for node in ElementTree.fromstring(answer.content).iter() if node.tag.endswith("}text")]
    assert said[:2] == ["西门", "1栋"]
    assert said[-2] == {"zh": "北", "en": "N"}[language]


async def test_a_place_that_nobody_has_entered_has_no_map(ground: Village, browser: Browser) -> None:
    await ground.job(place="某处")
    assert "<img" not in await browser.open("/jobs/10")
    for path in ("/jobs/10/map.svg", "/jobs/99/map.svg", "/jobs/x/map.svg?area=%00"):
        await browser.open(path)
        assert browser.status == 404, path


async def test_what_is_closed_called_off_or_changed_is_found_as_it_is(village: Village, browser: Browser) -> None:
    first, second, third = [await village.job(title, **at(1, 8)) for title in ("一", "二", "三")]
    async with village.database.session() as db:
        await jobs.close(db, await db.get_one(Job, first.id), by=village.boss)
        await jobs.call_off(db, await db.get_one(Job, second.id), by=village.boss)
        await jobs.change(db, await db.get_one(Job, third.id), village.draft("夜班看门", **at(2, 19)), by=village.boss)
    assert titles(await browser.open("/jobs")) == ["夜班看门"]
    assert titles(await browser.open("/jobs?q=km")) == ["夜班看门"]
    assert titles(await browser.open("/jobs?day=tomorrow")) == []


async def test_another_communitys_work_is_not_found(village: Village, browser: Browser) -> None:
    other = await settle(village.database, "other", "柳陂社区")
    await other.job("织袜挡车", **at(0, 9))
    await village.job("香菇分拣", **at(0, 9))
    for path in ("/", "/jobs", "/jobs?q=zhiwa"):
        assert "织袜挡车" not in await browser.open(f"{path}{'&' if '?' in path else '?'}area=demo")
    assert titles(await browser.open("/jobs?area=other")) == ["织袜挡车"]
