"""Staff sign somebody up or take them off, on the telephone or at the counter: the same rules, the same text."""

import pytest
from sqlalchemy import select

from app.errors import Refused
from app.listings import signups
from app.listings.signups import NeedsBirthDate, SignupChange, Via
from app.staff import accounts
from app.staff.accounts import Role
from app.staff.audit import Audit
from tests.stories.acts import LI, WANG, last, messages, moment, signs_up, tasks, turn
from tests.village import Village


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def test_the_person_gets_the_same_text_as_by_phone(village: Village) -> None:
    job = await village.job(places=1, starts_at=moment("2026-03-11 07:00"))
    wang, li = await village.neighbour("王秀兰", WANG), await village.neighbour("李建国", LI)
    await signs_up(village, job, wang, via=Via.STAFF)
    await signs_up(village, job, li, via=Via.STAFF)
    assert await last(village, WANG) == '已给您报上10号:香菇分拣,明早7点2号厂房集合。来不了请回"取消"'
    assert await last(village, LI) == '10号已报满,给您排第1位。有空位马上告诉您,不想等回"取消"'
    assert (await village.says(LI, "取消"))[0].startswith("10号香菇分拣已给您取消")


async def test_who_was_taken_off_is_told_and_the_next_moves_up(village: Village) -> None:
    job = await village.job(places=1, starts_at=moment("2026-03-11 07:00"))
    wang, li = await village.neighbour("王秀兰", WANG), await village.neighbour("李建国", LI)
    signup = await signs_up(village, job, wang)
    await signs_up(village, job, li)
    async with village.database.session() as db:
        held = await signups.held(db, job, wang)
        assert held
        assert held.id == signup.id
        await signups.cancel(db, held, via=Via.STAFF, by=village.boss)
    assert await last(village, WANG) == '就业站给您取消了10号香菇分拣的报名。还想去回"10"'
    assert (await last(village, LI)).startswith("有空位了!给您报上10号")
    async with village.database.reading() as db:
        verbs = list(await db.scalars(select(Audit.verb).where(Audit.verb == "take_off")))
        states = [(row.place, row.via, row.officer_id) for row in await db.scalars(
            select(SignupChange).where(SignupChange.signup_id == signup.id).order_by(SignupChange.id))]
    assert verbs == ["take_off"]
    assert states == [("taken", "page", None), ("cancelled", "staff", village.boss.id)]


async def test_the_rules_are_the_same(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 07:00"))
    child = await village.neighbour("王小明", WANG, moment("2011-03-12 00:00").date())
    unborn = await village.neighbour("李建国", LI, None)
    with pytest.raises(Refused, match="only for people of"):
        await signs_up(village, job, child, via=Via.STAFF)
    with pytest.raises(NeedsBirthDate):
        await signs_up(village, job, unborn, via=Via.STAFF)
    assert await village.places(job) == []


async def test_somebody_at_the_counter_without_a_phone_needs_no_call(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 07:00"))
    await signs_up(village, job, await village.neighbour("李奶奶"), via=Via.STAFF)
    assert await village.places(job) == [("李奶奶", "taken")]
    assert await tasks(village) == []


async def test_in_the_quiet_hours_the_text_waits(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    wang = await village.neighbour("王秀兰", WANG)
    turn("2026-03-10 21:00")
    await signs_up(village, job, wang, via=Via.STAFF)
    [text] = await messages(village, WANG)
    assert text.next_at == moment("2026-03-11 08:00")
    assert "今天下午2点" in text.body


async def test_who_came_and_who_did_not_is_marked_after_the_start_only(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 07:00"))
    wang, li = await village.neighbour("王秀兰", WANG), await village.neighbour("李建国", LI)
    for person in (wang, li):
        await signs_up(village, job, person)
    async with village.database.session() as db:
        first, second = await signups.on(db, job)
        with pytest.raises(Refused, match="not started"):
            await signups.no_show(db, first, by=village.boss)
        turn("2026-03-11 08:00")
        await signups.attended(db, first, by=village.boss)
        await signups.no_show(db, second, by=village.boss)
    assert await village.places(job) == [("王秀兰", "attended"), ("李建国", "no_show")]
    async with village.database.session() as db:
        first, _second = await signups.on(db, job)
        with pytest.raises(Refused):
            await signups.cancel(db, first, via=Via.STAFF, by=village.boss)


async def test_a_text_after_the_start_takes_nobody_off(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 07:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG))
    turn("2026-03-11 07:30")
    assert await village.says(WANG, "取消") == ["10号已经开始了,请打就业站电话。"]
    assert await village.places(job) == [("王秀兰", "taken")]


async def test_somebody_without_the_right_changes_nothing(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 07:00"))
    wang = await village.neighbour("王秀兰", WANG)
    async with village.database.session() as db:
        visitor, _password = await accounts.add(db, "visitor", role=Role.HEAD, area=village.area,
                                                password="not-a-secret")
    visitor.role = "nobody"
    accounts.ROLES["nobody"] = frozenset()
    try:
        with pytest.raises(Refused, match="role"):
            async with village.database.session() as db:
                await signups.sign_up(db, job, wang, via=Via.STAFF, by=visitor)
    finally:
        del accounts.ROLES["nobody"]
    assert await village.places(job) == []
