"""Fairs, courses and buses at the desk: posting, changing, calling off, who comes, and a month on paper."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.listings import signups
from app.listings.signups import Via
from app.occasions import occasions
from app.occasions.occasions import Bus, Course, Draft, Kind, Occasion
from app.org import areas
from app.org.areas import Level
from app.staff import accounts
from app.staff.accounts import Role
from app.staff.audit import Audit
from tests.routes.conftest import rows
from tests.routes.office.conftest import PASSWORD, Desk
from tests.stories.acts import moment
from tests.village import Village

WANG, LI = "14200000001", "14200000002"
NEW = "/office/occasions/new"


def typed(**other: Any) -> dict[str, Any]:
    day = (clock.today() + timedelta(days=3)).isoformat()
    return {"kind": "bus", "title": "返岗大巴", "place": "南门", "destination": "汉口", "day": day, "from": "06:30",
            "until": "11:00", "places": "45", "cost": "30.5", "bring": "身份证", "details": "中途停一次",
            "contact": "李班长", "min_age": "16", **other}


async def _signed_up(village: Village, occasion: Occasion, name: str, phone: str) -> None:
    person = await village.neighbour(name, phone)
    async with village.database.session() as db:
        await signups.sign_up(db, occasion, person, via=Via.TEXT)


async def test_a_posted_bus_has_a_number_and_what_was_typed(desk: Desk, village: Village) -> None:
    await village.job()
    await desk.open(NEW)
    await desk.send(NEW, **typed())
    [bus] = await rows(village.database, select(Occasion))
    assert desk.path == f"/office/occasions/{bus.id}?said=on_the_calendar"
    assert isinstance(bus, Bus)
    assert (bus.number, bus.title, bus.place, bus.destination, bus.places) == (11, "返岗大巴", "南门", "汉口", 45)
    assert (bus.cost_fen, bus.min_age, bus.bring, bus.details, bus.contact) == (
        3050, 16, "身份证", "中途停一次", "李班长")
    assert f"{clock.local(bus.starts_at):%H:%M}–{clock.local(bus.ends_at):%H:%M}" == "06:30–11:00"
    for said in ("已放到日历上", "返岗大巴", "汉口", "每人30.5元", "/jobs/11?area=demo"):
        assert said in desk.page, said
    assert "返岗大巴" in await desk.open("/office/occasions")
    [noted] = await rows(village.database, select(Audit).where(Audit.verb == "post_occasion"))
    assert (noted.subject, noted.subject_id, noted.detail) == ("occasion", bus.id, {"number": 11, "kind": "bus"})


async def test_what_may_stay_empty_is_free_and_for_everybody(desk: Desk, village: Village) -> None:
    await desk.open(NEW)
    for kind, cost in (("fair", ""), ("course", "0")):
        await desk.send(NEW, **typed(kind=kind, destination="", cost=cost, min_age="", bring="", details="",
                                     contact=""))
        assert desk.status == 200
        await desk.open(NEW)
    found = await rows(village.database, select(Occasion))
    assert {(one.cost_fen, one.min_age, one.destination) for one in found} == {(0, 0, "")}


@pytest.mark.parametrize(("field", "wrong"), [
    ("kind", ""), ("kind", "party"), ("title", ""), ("title", "字" * 13), ("place", ""), ("destination", ""),
    ("day", "soon"), ("day", "2001-01-01"), ("from", "early"), ("places", "0"), ("cost", "a lot"), ("cost", "-3"),
    ("min_age", "old"), ("bring", "物" * 81),
])
async def test_each_field_that_cannot_be_has_its_own_sentence_and_keeps_what_was_typed(
        desk: Desk, village: Village, field: str, wrong: str) -> None:
    await desk.open(NEW)
    page = await desk.send(NEW, **typed(**{field: wrong}))
    assert desk.status == 409
    assert f'id="{field}-wrong"' in page
    for kept in ({"返岗大巴", "南门", "06:30", "11:00"} - {wrong}) if field not in ("title", "place", "from") else ():
        assert f'value="{kept}"' in page, kept
    assert await rows(village.database, select(Occasion)) == []


async def test_a_fair_that_costs_something_is_refused(desk: Desk, village: Village) -> None:
    await desk.open(NEW)
    page = await desk.send(NEW, **typed(kind="fair"))
    assert desk.status == 409
    assert "招聘会一律免费" in page.split('id="cost"')[1].split("</div>")[0]


async def test_a_change_of_place_is_told_and_the_form_shows_what_there_was(desk: Desk, village: Village) -> None:
    course = await village.occasion(Kind.COURSE, "编织课", starts_at=moment("2099-03-14 09:00"),
                                    ends_at=moment("2099-03-15 17:00"), cost_fen=2000)
    await _signed_up(village, course, "王桂香", WANG)
    change = f"/office/occasions/{course.id}/change"
    page = await desk.open(change)
    for said in ('value="社区广场"', 'value="20"', 'value="2099-03-14"', 'value="2099-03-15"', 'value="17:00"'):
        assert said in page, said
    [seen] = re.findall(r'name="seen" value="(\w+)"', page)
    await desk.send(change, **typed(kind="fair", title="编织课", place="文化站", destination="", day="2099-03-14",
                                    last_day="2099-03-15", until="17:00", seen=seen, **{"from": "09:00"}))
    assert desk.path.endswith("?said=moved")
    [changed] = await rows(village.database, select(Occasion))
    assert isinstance(changed, Course)
    assert changed.ends_at == course.ends_at
    assert "文化站" in (await village.texts(WANG))[-1]


async def test_of_two_who_change_it_the_second_is_told_and_keeps_what_was_typed(desk: Desk, village: Village) -> None:
    bus = await village.occasion(Kind.BUS, "返岗大巴", hours=72)
    change = f"/office/occasions/{bus.id}/change"
    [mine] = re.findall(r'name="seen" value="(\w+)"', await desk.open(change))
    async with village.database.session() as db:  # meanwhile, at another desk
        loaded = await occasions.get(db, bus.id)
        assert loaded
        was = {name: getattr(loaded, name) for name in Draft.__dataclass_fields__}
        await occasions.change(db, loaded, Draft(**{**was, "place": "北门"}), by=village.second)
    page = await desk.send(change, **typed(place="东门", seen=mine))
    assert desk.status == 409
    assert "别人已经改过了" in page
    assert 'value="东门"' in page
    [now] = re.findall(r'name="seen" value="(\w+)"', page)
    await desk.send(change, **typed(place="东门", seen=now))
    assert await rows(village.database, select(Occasion.place)) == ["东门"]


async def test_calling_off_asks_first_and_then_tells_everybody(desk: Desk, village: Village) -> None:
    fair = await village.occasion(hours=72)
    await _signed_up(village, fair, "王桂香", WANG)
    assert "1人已报上" in await desk.open(f"/office/occasions/{fair.id}/end")
    await desk.send(f"/office/occasions/{fair.id}/call-off")
    assert "已取消，报过名的人都已通知" in desk.page
    assert "取消了" in (await village.texts(WANG))[-1]
    assert "春季招聘会" in await desk.open("/office/occasions?show=past")
    verbs = await rows(village.database, select(Audit.verb).where(Audit.subject == "occasion"))
    assert verbs == ["post_occasion", "called_off_occasion"]


async def test_closing_keeps_the_places(desk: Desk, village: Village) -> None:
    fair = await village.occasion(hours=72)
    await _signed_up(village, fair, "王桂香", WANG)
    await desk.open(f"/office/occasions/{fair.id}/end")
    await desk.send(f"/office/occasions/{fair.id}/close")
    assert "已停止报名" in desk.page
    assert await village.places(fair) == [("王桂香", "taken")]
    assert await village.texts(WANG) == []


async def test_somebody_on_the_telephone_is_signed_up_also_a_child(desk: Desk, village: Village) -> None:
    course = await village.occasion(Kind.COURSE, "编织课", hours=72)
    child = await village.neighbour("王小明", WANG, date(2015, 5, 1))
    at = f"/office/occasions/{course.id}/signups"
    await desk.open(at)
    page = await desk.send(f"{at}/search", q="0001")
    assert f'name="resident" value="{child.id}"' in page
    page = await desk.send(at, resident=child.id)
    assert desk.path == f"{at}?said=signed_up"
    assert "不要钱" in page
    assert await village.places(course) == [("王小明", "taken")]
    assert "已给您报上10号" in (await village.texts(WANG))[-1]
    [signup] = re.findall(r"/office/signups/(\d+)/off", page)
    await desk.send(f"/office/signups/{signup}/off")
    assert desk.path == f"{at}?said=taken_off"
    assert await village.places(course) == [("王小明", "cancelled")]


async def test_who_came_is_noted(desk: Desk, village: Village) -> None:
    fair = await village.occasion(hours=3)
    await _signed_up(village, fair, "王桂香", WANG)
    clock.turn(clock.now() + timedelta(hours=4))
    page = await desk.open(f"/office/occasions/{fair.id}/signups")
    [signup] = re.findall(r"/office/signups/(\d+)/attended", page)
    await desk.send(f"/office/signups/{signup}/attended")
    assert desk.path == f"/office/occasions/{fair.id}/signups?said=attended"
    assert await village.places(fair) == [("王桂香", "attended")]


async def test_the_card_of_a_person_leads_to_what_they_signed_up_for(desk: Desk, village: Village) -> None:
    fair = await village.occasion(hours=72)
    wang = await village.neighbour("王桂香", WANG)
    await village.says(WANG, "10")
    page = await desk.open(f"/office/residents/{wang.id}")
    assert f'href="/office/occasions/{fair.id}"' in page
    [talk] = set(re.findall(r"/office/inbox/\d+", await desk.open("/office/inbox?need=all")))
    page = await desk.open(talk)
    assert f'href="/office/occasions/{fair.id}"' in page
    assert "春季招聘会" in await desk.open(f"/office/occasions/{fair.id}")


async def test_another_communitys_fair_does_not_exist(desk: Desk, village: Village, elsewhere: Village) -> None:
    theirs, mine = await elsewhere.occasion(), await village.occasion()
    for path in ("", "/change", "/end", "/signups"):
        await desk.open(f"/office/occasions/{theirs.id}{path}")
        assert desk.status == 404, path
    for path in ("/call-off", "/close", "/change", "/signups", "/signups/search"):
        await desk.open(f"/office/occasions/{mine.id}/end")
        await desk.send(f"/office/occasions/{theirs.id}{path}", resident="1")
        assert desk.status == 404, path
    await desk.open(f"/office/occasions/month?area={elsewhere.area.id}")
    assert desk.status == 404
    await desk.open("/office/occasions/new")
    await desk.send(NEW, **typed(community=elsewhere.area.id))
    assert desk.status == 409
    assert [one.state for one in await rows(village.database, select(Occasion))] == ["open", "open"]


async def test_the_page_of_a_job_is_no_occasion(desk: Desk, village: Village) -> None:
    job, fair = await village.job(), await village.occasion()
    for path in (f"/office/occasions/{job.id}", f"/office/jobs/{fair.id}", f"/office/jobs/{fair.id}/push",
                 "/office/occasions/99999999999999999999", f"/office/occasions/new?like={job.id}"):
        await desk.open(path)
        assert desk.status == 404, path


async def test_the_head_of_a_building_sees_them_and_changes_none(desk: Desk, village: Village, head: object) -> None:
    fair = await village.occasion()
    await desk.log_in("head")
    assert "春季招聘会" in await desk.open("/office/occasions")
    page = await desk.open(f"/office/occasions/{fair.id}")
    assert "/change" not in page
    await desk.send(f"/office/occasions/{fair.id}/close")
    assert desk.status == 403
    await desk.open("/office/occasions/month")
    assert desk.status == 200


async def test_whoever_has_several_communities_chooses_one(desk: Desk, village: Village, elsewhere: Village) -> None:
    async with village.database.session() as db:
        street = await areas.add(db, level=Level.STREET, code="street", name="龙泉街道")
        for place in ("demo", "far"):
            area = await areas.by_code(db, place)
            assert area
            area.parent_id, area.path = street.id, f"{street.path}{area.id}/"
        await accounts.add(db, "wide", role=Role.CLERK, area=street, password=PASSWORD)
    await desk.log_in("wide")
    page = await desk.open(NEW)
    assert "别的社区" in page
    page = await desk.send(NEW, **typed())
    assert 'id="community-wrong"' in page
    await desk.send(NEW, **typed(community=elsewhere.area.id))
    assert desk.status == 200
    assert await rows(village.database, select(Occasion.area_id)) == [elsewhere.area.id]
    await desk.open("/office/occasions/month")
    assert desk.status == 404
    assert "别的社区" in await desk.open(f"/office/occasions/month?area={elsewhere.area.id}")


async def test_a_month_on_paper_has_all_that_takes_place_in_it(desk: Desk, village: Village) -> None:
    clock.turn(moment("2026-03-10 12:00"))
    await desk.log_in(village.boss.username)
    await village.occasion(Kind.FAIR, "春季招聘会", starts_at=moment("2026-03-14 09:00"))
    await village.occasion(Kind.COURSE, "编织课", starts_at=moment("2026-03-14 14:00"), cost_fen=2000)
    gone = await village.occasion(Kind.COURSE, "不办的课", starts_at=moment("2026-03-16 14:00"))
    await village.occasion(Kind.BUS, "返岗大巴", starts_at=moment("2026-04-02 06:30"))
    async with village.database.session() as db:
        await occasions.call_off(db, await db.get_one(Occasion, gone.id), by=village.boss)
    assert f"/office/occasions/month?area={village.area.id}&amp;month=2026-04" in await desk.open("/office/occasions")
    page = await desk.open(f"/office/occasions/month?area={village.area.id}&month=2026-03")
    for said in ("青龙泉社区", "2026年3月", "3月14日", "周六", "春季招聘会", "编织课", "每人20元",
                 "0719-7221234", "<svg"):
        assert said in page, said
    assert page.count("3月14日") == 1
    assert "返岗大巴" not in page
    assert "不办的课" not in page
    page = await desk.open("/office/occasions/month?month=2026-04&in=en")
    assert "April 2026" in page
    assert "社区广场 → 汉口" in page
    assert "这个月还没有安排" in await desk.open("/office/occasions/month?month=2026-07")


async def test_what_does_not_fit_on_the_sheet_is_counted(desk: Desk, village: Village) -> None:
    clock.turn(moment("2026-03-10 12:00"))
    await desk.log_in(village.boss.username)
    for number in range(24):
        await village.occasion(Kind.COURSE, f"第{number}课", starts_at=moment("2026-03-14 14:00"))
    page = await desk.open("/office/occasions/month")
    shown = page.count('class="nr"')
    assert 15 <= shown < 24
    assert f"还有{24 - shown}个" in page
