"""Posting, changing and calling off jobs on the page."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.jobs import jobs
from app.jobs.jobs import Job
from app.listings import signups
from app.listings.signups import Via
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village


def typed(village: Village, **other: Any) -> dict[str, Any]:
    day = (clock.today() + timedelta(days=1)).isoformat()
    return {"employer": village.employer.id, "title": "剪线头", "trade": "缝纫", "place": "东门车间", "day": day,
            "from": "08:00", "until": "17:00", "places": "8", "pay": "90.5", "pay_per": "day", "paid_same_day": "1",
            "demands": ["standing", "reading"], "details": "管工具", **other}


async def test_a_posted_job_has_a_number_and_what_was_typed(desk: Desk, village: Village) -> None:
    await desk.open("/office/jobs/new")
    await desk.send("/office/jobs/new", **typed(village))
    assert desk.status == 200
    assert "岗位已发布" in desk.page
    [job] = await rows(village.database, select(Job))
    assert desk.path == f"/office/jobs/{job.id}?said=posted"
    assert (job.number, job.title, job.pay_fen, job.places) == (10, "剪线头", 9050, 8)
    assert (job.demands, job.paid_same_day, job.meals) == (["reading", "standing"], True, False)
    assert f"{clock.local(job.starts_at):%H:%M}–{clock.local(job.ends_at):%H:%M}" == "08:00–17:00"


async def test_a_fee_is_refused_beside_its_field_and_everything_typed_is_kept(desk: Desk, village: Village) -> None:
    await desk.open("/office/jobs/new")
    page = await desk.send("/office/jobs/new", **typed(village, details="先交押金50元"))
    assert desk.status == 409
    beside = page.split('id="details"')[1].split("</div>")[0]
    assert 'class="wrong"' in beside
    assert "押金" in beside.split('class="wrong"')[1]
    for kept in ('value="剪线头"', 'value="东门车间"', 'value="90.5"', "先交押金50元", 'value="08:00"',
                 'value="standing" checked', 'name="paid_same_day" value="1" checked',
                 f'value="{village.employer.id}" selected', 'value="缝纫" selected'):
        assert kept in page, kept
    assert 'value="heavy" checked' not in page
    assert await rows(village.database, select(Job)) == []


async def test_each_field_that_cannot_be_read_has_its_own_sentence(desk: Desk, village: Village) -> None:
    for field, wrong in {"employer": "", "day": "soon", "from": "early", "places": "many", "pay": "a lot",
                         "title": "", "pay_per": "dozen"}.items():
        await desk.open("/office/jobs/new")
        page = await desk.send("/office/jobs/new", **typed(village, **{field: wrong}))
        assert desk.status == 409
        assert f'id="{field}-wrong"' in page, field
    assert await rows(village.database, select(Job)) == []


async def test_work_past_midnight_ends_on_the_next_day(desk: Desk, village: Village) -> None:
    await desk.open("/office/jobs/new")
    await desk.send("/office/jobs/new", **typed(village, **{"from": "22:00", "until": "06:00"}))
    [job] = await rows(village.database, select(Job))
    assert job.ends_at - job.starts_at == timedelta(hours=8)


async def test_the_length_of_the_text_is_told_while_typing(desk: Desk, village: Village) -> None:
    await desk.open("/office/jobs/new")
    page = await desk.send("/office/jobs/length", **typed(village))
    assert "东门车间集合" in page
    assert "70字里用了" in page
    await desk.open("/office/jobs/new")
    page = await desk.send("/office/jobs/length", **typed(village, title="一个长得不得了的名字" * 5))
    assert "超出" in page


async def test_another_communitys_job_does_not_exist(desk: Desk, village: Village, elsewhere: Village) -> None:
    job = await elsewhere.job()
    mine = await village.job()
    for path in ("", "/change", "/end", "/push", "/signups"):
        await desk.open(f"/office/jobs/{job.id}{path}")
        assert desk.status == 404, path
    await desk.open(f"/office/jobs/{mine.id}/end")
    for path in ("/call-off", "/close", "/change", "/push", "/signups"):
        await desk.open(f"/office/jobs/{mine.id}/end")
        await desk.send(f"/office/jobs/{job.id}{path}", resident="1")
        assert desk.status == 404, path
    assert [job.state for job in await rows(village.database, select(Job))] == ["open", "open"]


async def test_another_communitys_employer_cannot_be_chosen(desk: Desk, village: Village, elsewhere: Village) -> None:
    await desk.open("/office/jobs/new")
    await desk.send("/office/jobs/new", **typed(village, employer=elsewhere.employer.id))
    assert desk.status == 404


async def test_calling_off_asks_first_and_then_tells_everybody(desk: Desk, village: Village) -> None:
    job = await village.job()
    wang = await village.neighbour("王桂香", "14200000001")
    async with village.database.session() as db:
        await signups.sign_up(db, job, wang, via=Via.TEXT)
    page = await desk.open(f"/office/jobs/{job.id}/end")
    assert "1人已报上" in page
    await desk.send(f"/office/jobs/{job.id}/call-off")
    assert "已取消" in desk.page
    assert "取消了" in (await village.texts("14200000001"))[-1]


async def test_a_changed_place_is_told(desk: Desk, village: Village) -> None:
    job = await village.job()
    wang = await village.neighbour("王桂香", "14200000001")
    async with village.database.session() as db:
        await signups.sign_up(db, job, wang, via=Via.TEXT)
    page = await desk.open(f"/office/jobs/{job.id}/change")
    assert 'value="2号厂房"' in page
    await desk.send(f"/office/jobs/{job.id}/change", **typed(village, place="3号厂房"))
    assert desk.status == 200
    assert "3号厂房" in (await village.texts("14200000001"))[-1]


async def test_the_head_of_a_building_sees_the_communitys_jobs_and_changes_none(
        desk: Desk, village: Village, head: object) -> None:
    job = await village.job()
    await desk.log_in("head")
    assert "香菇分拣" in await desk.open("/office/jobs")
    page = await desk.open(f"/office/jobs/{job.id}")
    assert desk.status == 200
    assert "/change" not in page
    await desk.send(f"/office/jobs/{job.id}/close")
    assert desk.status == 403


async def test_of_two_who_change_a_job_the_second_is_told_and_keeps_what_was_typed(
        desk: Desk, village: Village) -> None:
    job = await village.job()
    mine = re.findall(r'name="seen" value="(\w+)"', await desk.open(f"/office/jobs/{job.id}/change"))
    assert len(mine) == 1
    async with village.database.session() as db:  # meanwhile, at another desk
        loaded = await jobs.get(db, job.id)
        assert loaded
        await jobs.change(db, loaded, village.draft(starts_at=job.starts_at, place="5号厂房"), by=village.second)
    page = await desk.send(f"/office/jobs/{job.id}/change", **typed(village, place="3号厂房", seen=mine[0]))
    assert desk.status == 409
    assert "别人已经改过这个岗位" in page
    assert 'value="3号厂房"' in page
    assert await rows(village.database, select(Job.place)) == ["5号厂房"]
    now = re.findall(r'name="seen" value="(\w+)"', page)
    assert now != mine
    await desk.send(f"/office/jobs/{job.id}/change", **typed(village, place="3号厂房", seen=now[0]))
    assert desk.status == 200
    assert await rows(village.database, select(Job.place)) == ["3号厂房"]


async def test_a_mistake_in_the_form_does_not_make_it_look_new(desk: Desk, village: Village) -> None:
    job = await village.job()
    [mine] = re.findall(r'name="seen" value="(\w+)"', await desk.open(f"/office/jobs/{job.id}/change"))
    page = await desk.send(f"/office/jobs/{job.id}/change", **typed(village, places="many", seen=mine))
    assert desk.status == 409
    async with village.database.session() as db:
        loaded = await jobs.get(db, job.id)
        assert loaded
        await jobs.change(db, loaded, village.draft(starts_at=job.starts_at, details="带手套"), by=village.second)
    [kept] = re.findall(r'name="seen" value="(\w+)"', page)
    page = await desk.send(f"/office/jobs/{job.id}/change", **typed(village, seen=kept))
    assert desk.status == 409
    assert "别人已经改过这个岗位" in page
    assert await rows(village.database, select(Job.details)) == ["带手套"]


@pytest.mark.parametrize("wrong", [
    {"day": "0001-01-01"}, {"day": "9999-12-31"}, {"last_day": "9999-12-31"}, {"insured": "天下第一保险公司" * 10},
    {"details": "管\x00饭", "places": "0"}, {"pay": "NaN"}, {"pay": "1e999999999"},
])
async def test_odd_input_is_a_sentence(desk: Desk, village: Village, wrong: dict[str, str]) -> None:
    await desk.open("/office/jobs/new")
    page = await desk.send("/office/jobs/new", **typed(village, **wrong))
    assert desk.status == 409
    assert 'class="wrong"' in page
    assert await rows(village.database, select(Job)) == []


async def test_a_character_that_no_database_takes_is_left_out(desk: Desk, village: Village) -> None:
    await desk.open("/office/jobs/new")
    await desk.send("/office/jobs/new", **typed(village, details="管\x00饭"))
    assert await rows(village.database, select(Job.details)) == ["管饭"]


@pytest.mark.parametrize("path", ["/office/jobs/new?like=99999999999999999999", "/office/jobs/new?like=9",
                                  "/office/jobs/99999999999999999999", "/office/jobs/99999999999999999999/change"])
async def test_a_number_too_large_for_any_job_is_no_job(desk: Desk, village: Village, path: str) -> None:
    await desk.open(path)
    assert desk.status == 404


async def test_what_people_look_for_is_entered_and_kept(desk: Desk, village: Village) -> None:
    await desk.open("/office/jobs/new")
    await desk.send("/office/jobs/new", **typed(village, demands=["reading"], seated="1", at_home="1", bring="老花镜"))
    [job] = await rows(village.database, select(Job))
    assert (job.seated, job.at_home, job.bring) == (True, True, "老花镜")
    assert "老花镜" in desk.page
    page = await desk.open(f"/office/jobs/{job.id}/change")
    assert 'value="老花镜"' in page
    assert len(re.findall(r'name="(?:seated|at_home)" value="1" checked', page)) == 2


@pytest.mark.parametrize(("facts", "field"), [
    ({"seated": "1"}, "seated"),  # and standing for long
    ({"bring": "带" * 61}, "bring"), ({"bring": "押金100元"}, "bring")])
async def test_what_does_not_fit_is_refused_beside_its_field(desk: Desk, village: Village, facts: dict[str, str],
                                                             field: str) -> None:
    await desk.open("/office/jobs/new")
    page = await desk.send("/office/jobs/new", **typed(village, **facts))
    assert desk.status == 409
    assert f'id="{field}-wrong"' in page
