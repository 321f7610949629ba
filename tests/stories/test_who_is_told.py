"""The push: whom it suits and why, why not the others, and only for a verified employer's open job."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app import clock, i18n
from app.employers import employers
from app.errors import Refused
from app.jobs import jobs, pushes
from app.jobs.jobs import Demand, Job
from app.jobs.pushes import Preview
from app.org import areas
from app.org.areas import Level
from app.residents.residents import NOT_LOOKING, Resident
from app.sms import consent
from app.staff import accounts
from app.staff.accounts import Officer, Role
from tests.stories.acts import LI, WANG, ZHAO, calls_off, closes, moment, signs_up, tasks, turn
from tests.village import Village, settle


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _preview(village: Village, job: Job, *, by: Officer | None = None, limit: int | None = None) -> Preview:
    async with village.database.session() as db:
        loaded = await jobs.get(db, job.id)
        assert loaded
        return await pushes.preview(db, loaded, by=by or village.boss, limit=limit)


@pytest.mark.parametrize(("reason", "person", "job"), [
    ("no_birth_date", {"born_on": None}, {}),
    ("too_young", {"born_on": date(2010, 3, 12)}, {}),
    ("too_young", {"born_on": date(2009, 1, 1)}, {"demands": [Demand.HEIGHTS]}),
    ("no_phone", {"phone": ""}, {}),
    ("wrong_phone", {"wrong_phone_at": moment("2026-03-01 12:00")}, {}),
    ("no_consent", {"agreed": False}, {}),
    *(("not_looking", {"work_status": status}, {}) for status in sorted(NOT_LOOKING)),
    ("wish", {"wishes": ["焊工"]}, {}),
    ("skill", {}, {"skill": "电工"}),
    ("skill", {"skills": ["木工"]}, {"skill": "电工"}),
    ("limits", {"limits": [Demand.STANDING, Demand.HEAVY]}, {"demands": [Demand.STANDING]}),
])
async def test_who_is_left_out_and_why(village: Village, reason: str, person: dict[str, Any],
                                       job: dict[str, Any]) -> None:
    await village.neighbour(**{"name": "王秀兰", "phone": WANG, "agreed": True, **person})
    seen = await _preview(village, await village.job(starts_at=moment("2026-03-11 14:00"), **job))
    assert (seen.people, seen.texts, seen.left_out) == (0, 0, {reason: 1})


@pytest.mark.parametrize(("person", "job"), [
    ({}, {}),
    ({"wishes": ["香菇", "焊工"]}, {}),
    ({"wishes": ["零工"]}, {}),
    ({"skills": ["电工"]}, {"skill": "电工"}),
    ({"limits": [Demand.HEAVY]}, {"demands": [Demand.STANDING]}),
    ({"born_on": date(2010, 3, 11)}, {}),
    ({"born_on": date(2008, 2, 29)}, {}),
    ({"work_status": "flexible"}, {}),
    ({"work_status": "unknown"}, {}),
])
async def test_whom_it_suits(village: Village, person: dict[str, Any], job: dict[str, Any]) -> None:
    await village.neighbour("王秀兰", WANG, **{"agreed": True, **person})
    seen = await _preview(village, await village.job(starts_at=moment("2026-03-11 14:00"), **job))
    assert (seen.people, seen.left_out) == (1, {})


async def test_who_said_stop_is_left_out(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.says(WANG, "退订")
    assert (await _preview(village, await village.job())).left_out == {"stopped": 1}


async def test_who_has_this_place_or_another_at_that_time_is_left_out(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    li = await village.neighbour("李建国", LI, agreed=True)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    other = await village.job("织袜", starts_at=moment("2026-03-11 15:00"))
    await signs_up(village, job, wang)
    await signs_up(village, other, li)
    assert (await _preview(village, job)).left_out == {"busy": 1, "signed_up": 1}
    await closes(village, other)
    assert (await _preview(village, job)).left_out == {"busy": 1, "signed_up": 1}
    await calls_off(village, other)
    assert (await _preview(village, job)).left_out == {"signed_up": 1}


async def test_who_was_told_is_not_told_again(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job()
    await village.push(job)
    await village.neighbour("李建国", LI, agreed=True)
    seen = await _preview(village, job)
    assert (seen.people, seen.left_out) == (1, {"told_already": 1})


async def test_who_moved_away_or_lives_elsewhere_is_not_even_left_out(village: Village) -> None:
    other = await settle(village.database, "other", "柳陂社区")
    await other.neighbour("李建国", LI, agreed=True)
    await village.neighbour("王秀兰", WANG, agreed=True, left_at=clock.now())
    await village.neighbour("赵大妈", ZHAO, agreed=True)
    seen = await _preview(village, await village.job())
    assert (seen.people, seen.left_out) == (1, {})


async def test_fewer_than_it_suits_on_request(village: Village) -> None:
    for name, phone in (("王秀兰", WANG), ("李建国", LI), ("赵大妈", ZHAO)):
        await village.neighbour(name, phone, agreed=True)
    seen = await _preview(village, await village.job(), limit=2)
    assert (seen.texts, seen.left_out) == (2, {"over_the_given_number": 1})


async def test_it_is_shown_before_it_goes_and_nothing_is_written(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True, wishes=["香菇"])
    await village.neighbour("李建国", WANG)
    await village.neighbour("赵大妈", ZHAO, agreed=True)
    seen = await _preview(village, await village.job(starts_at=moment("2026-03-11 14:00")))
    assert (seen.people, seen.texts, seen.segments, seen.price_fen) == (3, 2, 2, 10)
    assert not seen.needs_approval
    assert seen.held_until is None
    for example in seen.examples:
        assert "明天下午2点2号厂房" in example.text
        assert "142****000" in example.phone
        assert not {"王秀兰", "李建国", "赵大妈"} & set(example.name.split("、"))
    assert await village.texts(WANG) == []
    assert await tasks(village) == []


async def test_why_each_of_them_is_kept_and_said_in_words(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True, wishes=["香菇"], skills=["质检"])
    li = await village.neighbour("李建国", LI, agreed=True, skills=["质检"])
    zhao = await village.neighbour("赵大妈", ZHAO, agreed=True)
    batch = await village.push(await village.job(skill="质检"))
    async with village.database.reading() as db:
        assert await pushes.why(db, wang.id, batch.id) == [
            "您住在青龙泉社区。", "您说过想做香菇。", "您会质检。", "那个时间您没有报别的活。", "您同意收找活的短信。"]
        assert (await pushes.why(db, li.id, batch.id))[1] == "您没说过不想干这种活。"
        assert await pushes.why(db, zhao.id, batch.id) == []
        with i18n.speaking("en"):
            assert (await pushes.why(db, wang.id, batch.id))[0] == "You live in 青龙泉社区."


async def test_only_a_verified_employers_job(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    async with village.database.session() as db:
        unknown = await employers.add(db, village.area, name="新来的厂", by=village.boss)
    other = replace(village, employer=unknown)
    job = await other.job()
    with pytest.raises(Refused, match="Only a verified employer"):
        await _preview(village, job)
    with pytest.raises(Refused, match="Only a verified employer"):
        await village.push(job)
    assert await village.texts(WANG) == []


async def test_not_for_a_job_that_is_full_closed_or_over_before_a_text_may_leave(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    full = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, full, await village.neighbour("李建国", LI))
    with pytest.raises(Refused, match="is full"):
        await village.push(full)
    closed = await village.job(starts_at=moment("2026-03-11 20:00"))
    await closes(village, closed)
    with pytest.raises(Refused, match="is closed"):
        await village.push(closed)
    early = await village.job(starts_at=moment("2026-03-11 07:00"))
    turn("2026-03-10 21:00")
    with pytest.raises(Refused, match="begins before"):
        await village.push(early)
    assert await village.texts(WANG) == []


async def test_nobody_to_tell_is_said(village: Village) -> None:
    with pytest.raises(Refused, match="nobody to tell"):
        await village.push(await village.job())


async def test_an_officer_of_a_building_tells_that_building_and_nobody_elsewhere(village: Village) -> None:
    other = await settle(village.database, "other", "柳陂社区")
    await other.neighbour("李建国", LI, agreed=True)
    async with village.database.session() as db:
        second = await areas.add(db, level=Level.BUILDING, code="demo-2", name="2栋", parent=village.area)
        clerk, _password = await accounts.add(db, "clerk-1", role=Role.CLERK, area=village.building,
                                              password="not-a-secret")
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    zhao = await village.neighbour("赵大妈", ZHAO, agreed=True)
    async with village.database.session() as db:
        (await db.get_one(Resident, zhao.id)).area_id = second.id
    job = await village.job()
    assert (await _preview(village, job)).people == 2
    seen = await _preview(village, job, by=clerk)
    assert (seen.people, seen.left_out) == (1, {})
    assert wang.id
    with pytest.raises(Refused, match="outside your area"):
        await _preview(village, job, by=other.boss)


async def test_consent_is_the_numbers_and_reaches_whoever_shares_it(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    async with village.database.session() as db:
        await consent.give(db, "+86" + WANG, source="form")
    assert (await _preview(village, await village.job())).people == 1


async def test_each_reads_the_own_language(village: Village) -> None:
    await village.neighbour("Li", LI, agreed=True, language="en")
    await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))
    assert (await village.texts(LI))[0].startswith("【青龙泉就业站】Job 10 香菇分拣,tomorrow 14:00 2号厂房,80 yuan/day")
