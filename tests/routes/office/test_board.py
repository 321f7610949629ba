"""The notice board at a desk: which work stands on whose sheet, and what is read aloud; without scripts."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app import clock
from app.jobs import jobs
from app.jobs.jobs import Job, PayPer
from app.listings import signups
from app.listings.listings import Listing
from app.listings.signups import Via
from app.nearby import spots
from app.nearby.walking import Point
from app.org import areas
from app.org.areas import Area, Level
from app.settings import Settings
from app.staff import accounts
from app.staff.accounts import Officer, Role
from tests.conftest import PLAIN
from tests.routes.office.conftest import PASSWORD, Desk
from tests.village import Village

NOON = datetime.fromisoformat("2026-03-11T12:00:00+08:00")
TODAY, TOMORROW = "/office/board/sheets", "/office/board/sheets?day=tomorrow"


@pytest.fixture(autouse=True)
def _noon() -> None:
    clock.turn(NOON)


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, quiet_hours=None, public_url="http://jobs.example", sms_gateway="kannel",
                   kannel_from="+8614200000099")


@pytest.fixture
async def other(village: Village) -> Area:
    """A second building."""
    async with village.database.session() as db:
        return await areas.add(db, level=Level.BUILDING, code="demo-2", name="2栋", parent=village.area)


async def _job(village: Village, title: str, hours: float, **facts: Any) -> Job:
    return await village.job(title, starts_at=NOON + timedelta(hours=hours), **facts)


def _numbers(page: str) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*>(\d+)</th>', page)


def _buildings(page: str) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]+)</h2>", page)


async def test_there_is_a_sheet_for_each_building_and_one_for_the_station(desk: Desk, village: Village,
                                                                          other: Area) -> None:
    await _job(village, "香菇分拣", 2, place="西门")
    await desk.open("/office/board")
    assert "今天 · 1" in desk.page
    assert "共3份" in desk.page
    await desk.open(TODAY)
    assert _buildings(desk.page) == ["家门口的活", "1栋", "2栋"]
    assert _numbers(desk.page) == ["10"] * 3
    for said in ("香菇分拣", "西门", "80元/天", "当天结", "下午2点到晚上6点", "3月11日 周三", "还要12人",
                 "0719-7221234", "把编号发到 14200000099", "告诉楼栋长，或到就业站说", "3月11日 周三 中午12点"):
        assert said in desk.page, said


async def test_the_code_leads_to_the_list_as_seen_from_the_building(desk: Desk, village: Village, other: Area) -> None:
    await desk.open(f"{TODAY}?building={other.id}")
    assert _buildings(desk.page) == ["2栋"]
    assert "<title>http://jobs.example/jobs?area=demo&amp;from=demo-2</title>" in desk.page
    await desk.open(f"{TODAY}?building=station")
    assert _buildings(desk.page) == ["家门口的活"]
    assert "<title>http://jobs.example/jobs?area=demo</title>" in desk.page


async def test_a_sheet_is_of_one_day(desk: Desk, village: Village) -> None:
    await _job(village, "今天的", 3)
    await _job(village, "明天的", 20)
    await _job(village, "后天的", 40)
    for address, there in ((TODAY, "今天的"), (TOMORROW, "明天的"), (f"{TODAY}?day=never", "今天的")):
        await desk.open(address)
        assert {title for title in ("今天的", "明天的", "后天的") if title in desk.page} == {there}


async def test_what_one_cannot_sign_up_for_does_not_stand_on_it(desk: Desk, village: Village) -> None:
    wang, li = await village.neighbour("王秀兰", "14200000001"), await village.neighbour("李四", "14200000002")
    begun, full, closed, off = [await _job(village, title, 1 + index / 10) for index, title in
                                enumerate(("开始的", "报满的", "关闭的", "取消的"))]
    await _job(village, "还缺人的", 5, places=3)
    async with village.database.session() as db:
        for number, neighbour in ((11, wang), (14, li)):
            listing = await jobs.by_number(db, number, area_id=village.area.id)
            assert listing
            listing.places = 1 if number == 11 else 3
            await signups.sign_up(db, listing, neighbour, via=Via.PAGE)
        for job, end in ((closed, jobs.close), (off, jobs.call_off)):
            loaded = await jobs.get(db, job.id)
            assert loaded
            await end(db, loaded, by=village.boss)
        (await db.get_one(Listing, begun.id)).starts_at = NOON - timedelta(minutes=1)
    await desk.open(f"{TODAY}?building=station")
    assert _numbers(desk.page) == ["14"]
    assert "还要2人" in desk.page
    assert full.title not in desk.page
    assert "李四" not in desk.page


async def test_a_day_without_work_says_so_and_shows_what_comes(desk: Desk, village: Village) -> None:
    await _job(village, "剪线头", 43)
    await desk.open(f"{TODAY}?building=station")
    assert "这天没有能报名的活。" in desk.page
    assert "后面几天有这些活：" in desk.page
    assert "3月13日 周五 早上7点" in desk.page
    await desk.open("/office/board")
    assert "并列出后面几天的活" in desk.page


async def test_without_any_work_it_says_how_to_ask(desk: Desk, village: Village) -> None:
    await desk.open("/office/board")
    assert "现在没有还能报名的活" in desk.page
    await desk.open(TODAY)
    assert desk.page.count("来问一声，我们帮您找。") == 2
    assert "把“岗位”发到 14200000099" in desk.page
    assert "<table" not in desk.page


async def test_of_forty_works_those_that_fit_on_two_pages(desk: Desk, village: Village) -> None:
    for number in range(40):
        await _job(village, f"活{number}", 1 + number / 10)
    await desk.open(f"{TODAY}?building=station")
    assert _numbers(desk.page) == [str(number) for number in range(10, 21)]
    assert desk.page.count("<article") == 2
    assert "还有29个活写不下" in desk.page
    await desk.open("/office/board/script")
    assert "一共有40个活。" in desk.page
    assert "还有30个活没有念。" in desk.page


async def test_nobody_is_named_on_it(desk: Desk, village: Village, head: Officer) -> None:
    async with village.database.session() as db:
        (await db.get_one(Officer, head.id)).phone = "+8614200000077"
    await _job(village, "香菇分拣", 2, contact="李班长")
    for address in (TODAY, "/office/board/script"):
        await desk.open(address)
        for personal in ("王楼长", "14200000077", "李班长", village.boss.name):
            assert personal not in desk.page


async def test_the_head_prints_for_the_own_building_only(desk: Desk, village: Village, head: Officer,
                                                         other: Area) -> None:
    await _job(village, "香菇分拣", 2)
    await desk.log_in("head")
    await desk.open("/office/board")
    assert "2栋" not in desk.page
    assert "building=station" not in desk.page
    await desk.open(TODAY)
    assert _buildings(desk.page) == ["1栋"]
    assert _numbers(desk.page) == ["10"]
    await desk.open("/office/board/script")
    assert "社区1栋的通知。" in desk.page
    for page in ("sheets", "script"):
        for asked in (f"building={other.id}", "building=station" if page == "sheets" else "building=x"):
            await desk.open(f"/office/board/{page}?{asked}")
            assert desk.status == 404, (page, asked)


async def test_another_communitys_work_and_buildings_stay_there(desk: Desk, village: Village,
                                                                elsewhere: Village) -> None:
    await _job(village, "这里的", 2)
    await _job(elsewhere, "那里的", 2)
    await desk.open(TODAY)
    assert "这里的" in desk.page
    assert "那里的" not in desk.page
    for asked in (f"area={elsewhere.area.id}", f"building={elsewhere.building.id}", f"building={village.area.id}",
                  "area=x", "building=99999999999999999999", "building=²"):
        await desk.open(f"{TODAY}?{asked}")
        assert desk.status == 404, asked


async def test_who_has_several_communities_chooses_one(desk: Desk, village: Village) -> None:
    async with village.database.session() as db:
        street = await areas.add(db, level=Level.STREET, code="street", name="龙泉街道")
        for name in ("东社区", "西社区"):
            await areas.add(db, level=Level.COMMUNITY, code=name, name=name, parent=street)
        await accounts.add(db, "above", role=Role.ADMIN, area=street, password=PASSWORD)
    await desk.log_in("above")
    await desk.open("/office/board")
    there = re.findall(r'<a href="(\?area=\d+)">', desk.page)
    assert len(there) == 2
    await desk.open(f"/office/board{there[0]}")
    assert "换一个社区" in desk.page
    await desk.open(f"{TODAY}{there[1]}")
    assert desk.status == 200
    await desk.open(TODAY)
    assert desk.status == 404


async def test_it_is_printed_in_the_language_that_was_chosen(desk: Desk, village: Village) -> None:
    await _job(village, "香菇分拣", 2)
    await desk.open(f"{TODAY}?lang=en")
    assert '<html lang="zh-Hans">' in desk.page
    assert "把编号发到" in desk.page
    for page, said in (("sheets", "14:00 to 18:00"), ("script", "The first job: number 1 0.")):
        await desk.open(f"/office/board/{page}?in=en&lang=zh")
        assert '<html lang="en">' in desk.page
        assert said in desk.page


async def test_the_script_is_read_in_minutes_and_can_be_copied(desk: Desk, village: Village) -> None:
    await _job(village, "香菇分拣", 2)
    await desk.open("/office/board/script")
    assert "大约1分钟念完" in desk.page or "大约2分钟念完" in desk.page
    assert "第一个活，编号：一，零。\n香菇分拣，工钱80元一天，当天结。\n" in desk.page
    assert 'data-copy="script-text"' in desk.page


async def test_today_and_the_jobs_lead_to_it(desk: Desk, village: Village) -> None:
    for page in ("/office/", "/office/jobs"):
        await desk.open(page)
        assert 'href="/office/board"' in desk.page


async def test_a_local_address_is_warned_of(desk: Desk, village: Village) -> None:
    await desk.open("/office/board")
    assert "PUBLIC_URL" not in desk.page


async def test_the_nearest_work_comes_first_with_the_minutes_from_that_building(desk: Desk, village: Village,
                                                                                 other: Area) -> None:
    far, near = await _job(village, "远处的", 2, place="西门"), await _job(village, "近处的", 3, place="东门")
    await _job(village, "不知道的", 1, place="桥头")
    async with village.database.session() as db:
        here, there = await areas.get(db, village.area.id), await areas.get(db, village.building.id)
        for name, lng in (("西门", 110.795), ("东门", 110.801)):
            await spots.put(db, here, name=name, point=Point(32.83, lng), by=village.boss)
        await spots.locate(db, here, there, Point(32.83, 110.8), by=village.boss)
    await desk.open(f"{TODAY}?building={there.id}")
    assert _numbers(desk.page) == [str(near.number), str(far.number), "12"]
    assert re.findall(r"走(\d+)分钟", desk.page) == ["3", "11"]
    await desk.open("/office/board/script")
    assert "走路" not in desk.page
    await desk.open(f"{TODAY}?building={other.id}")
    assert _numbers(desk.page) == ["12", "10", "11"]
    assert "分钟" not in desk.page
    await desk.open(f"/office/board/script?building={there.id}")
    assert "走路3分钟。\n还要12个人。" in desk.page


async def test_of_pay_by_the_hour_the_day_stands_there_too(desk: Desk, village: Village) -> None:
    await _job(village, "洗碗", 2, pay_fen=1800, pay_per=PayPer.HOUR)
    await desk.open(f"{TODAY}?building=station")
    assert "18元/时" in desk.page
    assert "一天72元" in desk.page
