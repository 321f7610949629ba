"""The list of who has a place; signing up and taking off at the counter."""

from datetime import timedelta

from sqlalchemy import select

from app import clock
from app.listings import signups
from app.listings.signups import Signup, SignupChange, Via
from app.org import areas
from app.org.areas import Level
from app.residents.residents import Resident
from app.staff.audit import Audit
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

WANG, LI = "14200000001", "14200000002"


async def test_somebody_on_the_telephone_is_found_signed_up_and_told(desk: Desk, village: Village) -> None:
    job = await village.job()
    wang = await village.neighbour("王桂香", WANG)
    await desk.open(f"/office/jobs/{job.id}/signups")
    page = await desk.send(f"/office/jobs/{job.id}/signups/search", q="0001")
    assert f'name="resident" value="{wang.id}"' in page
    page = await desk.send(f"/office/jobs/{job.id}/signups", resident=wang.id)
    assert "报上了" in page
    assert "王桂香" in page
    assert WANG not in page
    assert await village.places(job) == [("王桂香", "taken")]
    assert "已给您报上10号" in (await village.texts(WANG))[-1]
    changes = await rows(village.database, select(SignupChange))
    assert [(one.via, one.officer_id) for one in changes] == [("staff", village.boss.id)]


async def test_a_rules_no_is_said_on_the_list(desk: Desk, village: Village) -> None:
    job = await village.job()
    wang = await village.neighbour("王桂香", WANG)
    await desk.open(f"/office/jobs/{job.id}/signups")
    await desk.send(f"/office/jobs/{job.id}/signups", resident=wang.id)
    await desk.send(f"/office/jobs/{job.id}/signups", resident=wang.id)
    assert desk.status == 409
    assert 'role="alert"' in desk.page
    assert await village.places(job) == [("王桂香", "taken")]


async def test_a_missing_birth_date_is_asked_and_kept(desk: Desk, village: Village) -> None:
    job = await village.job()
    wang = await village.neighbour("王桂香", WANG, None)
    await desk.open(f"/office/jobs/{job.id}/signups")
    page = await desk.send(f"/office/jobs/{job.id}/signups", resident=wang.id)
    assert "王桂香是哪天生的" in page
    await desk.send(f"/office/jobs/{job.id}/signups", resident=wang.id, born_on="1968-03-12")
    assert await village.places(job) == [("王桂香", "taken")]
    [person] = await rows(village.database, select(Resident))
    assert person.born_on.isoformat() == "1968-03-12"


async def test_a_birth_date_of_a_child_is_not_kept_with_the_refusal(desk: Desk, village: Village) -> None:
    job = await village.job()
    wang = await village.neighbour("王桂香", WANG, None)
    await desk.open(f"/office/jobs/{job.id}/signups")
    child = clock.today().replace(day=1) - timedelta(days=12 * 365)
    await desk.send(f"/office/jobs/{job.id}/signups", resident=wang.id, born_on=child.isoformat())
    assert desk.status == 409
    assert await village.places(job) == []
    [person] = await rows(village.database, select(Resident))
    assert person.born_on is None


async def test_who_comes_too_late_waits_and_moves_up_when_somebody_is_taken_off(
        desk: Desk, village: Village) -> None:
    clock.turn(clock.at(clock.today(), clock.local(clock.now()).time().replace(hour=10)))
    job = await village.job(places=1, hours=48)
    wang, li = await village.neighbour("王桂香", WANG), await village.neighbour("李大山", LI)
    await desk.open(f"/office/jobs/{job.id}/signups")
    await desk.send(f"/office/jobs/{job.id}/signups", resident=wang.id)
    page = await desk.send(f"/office/jobs/{job.id}/signups", resident=li.id)
    assert "已排上队" in page
    first = (await rows(village.database, select(Signup).order_by(Signup.id)))[0]
    await desk.send(f"/office/signups/{first.id}/off")
    assert desk.status == 200
    assert await village.places(job) == [("王桂香", "cancelled"), ("李大山", "taken")]


async def test_after_the_start_somebody_came_or_did_not(desk: Desk, village: Village) -> None:
    job = await village.job(hours=3)
    wang = await village.neighbour("王桂香", WANG)
    async with village.database.session() as db:
        signup = await signups.sign_up(db, job, wang, via=Via.TEXT)
    page = await desk.open(f"/office/jobs/{job.id}/signups")
    assert f"/office/signups/{signup.id}/no-show" not in page
    clock.turn(clock.now() + timedelta(hours=4))
    page = await desk.open(f"/office/jobs/{job.id}/signups")
    assert f"/office/signups/{signup.id}/off" not in page
    await desk.send(f"/office/signups/{signup.id}/no-show")
    assert await village.places(job) == [("王桂香", "no_show")]
    await desk.send(f"/office/signups/{signup.id}/attended")
    assert await village.places(job) == [("王桂香", "attended")]


async def test_a_head_sees_and_moves_only_the_people_of_the_own_building(
        desk: Desk, village: Village, head: object) -> None:
    job = await village.job()
    wang, li = await village.neighbour("王桂香", WANG), await village.neighbour("李大山", LI)
    async with village.database.session() as db:
        other = await areas.add(db, level=Level.BUILDING, code="demo-2", name="2栋", parent=village.area)
        (await db.get_one(Resident, li.id)).area_id = other.id
        await signups.sign_up(db, job, wang, via=Via.TEXT)
        theirs = await signups.sign_up(db, job, li, via=Via.TEXT)
    await desk.log_in("head")
    page = await desk.open(f"/office/jobs/{job.id}/signups")
    assert "王桂香" in page
    assert "李大山" not in page
    assert "<b>2</b> / 12" in page
    await desk.send(f"/office/signups/{theirs.id}/off")
    assert desk.status == 404
    await desk.open(f"/office/jobs/{job.id}/signups")
    await desk.send(f"/office/jobs/{job.id}/signups", resident=li.id)
    assert desk.status == 404


async def test_a_known_birth_date_is_not_changed_on_the_way(desk: Desk, village: Village, head: object) -> None:
    """Whoever signs people up need not have the right to correct the register."""
    job = await village.job()
    wang = await village.neighbour("王桂香", WANG)
    assert wang.born_on
    await desk.log_in("head")
    await desk.open(f"/office/jobs/{job.id}/signups")
    await desk.send(f"/office/jobs/{job.id}/signups", resident=wang.id, born_on="1999-01-01")
    assert await village.places(job) == [("王桂香", "taken")]
    assert await rows(village.database, select(Resident.born_on)) == [wang.born_on]
    assert "set_birth_date" not in await rows(village.database, select(Audit.verb))


async def test_a_birth_date_that_staff_fill_in_is_audited(desk: Desk, village: Village, head: object) -> None:
    job = await village.job()
    wang = await village.neighbour("王桂香", WANG, None)
    await desk.log_in("head")
    await desk.open(f"/office/jobs/{job.id}/signups")
    await desk.send(f"/office/jobs/{job.id}/signups", resident=wang.id, born_on="1968-03-12")
    [noted] = await rows(village.database, select(Audit).where(Audit.verb == "set_birth_date"))
    assert (noted.subject, noted.subject_id) == ("resident", wang.id)
    assert "1968" not in str(noted.detail)
