"""Whose conversation it is: on a shared phone, after a phone changed hands, and of alarms."""


import pytest
from sqlalchemy import update

from app.desk import conversations, corrections, replies
from app.desk.corrections import Choice
from app.errors import NotFound, Refused
from app.org import areas
from app.org.areas import Level
from app.residents.residents import Resident
from app.sms import outbox
from app.sms.arrivals import Inbound
from app.sms.outbox import Purpose
from app.staff import accounts
from app.staff.accounts import Officer, Role
from tests.desk.acts import ASKS, ODD, PRESSING, pushed
from tests.desk.conftest import Desk
from tests.stories.acts import WANG, turn
from tests.village import Village, settle


async def _two_buildings(village: Village) -> tuple[Officer, Officer]:
    """Zhang of building 1 and Li of building 2 share a phone; the heads of both."""
    async with village.database.session() as db:
        other = await areas.add(db, level=Level.BUILDING, code="demo-2", name="2栋", parent=village.area)
        first, _password = await accounts.add(db, "first", role=Role.HEAD, area=village.building)
        second, _password = await accounts.add(db, "second", role=Role.HEAD, area=other)
    await village.neighbour("张秀兰", WANG, agreed=True)
    li = await village.neighbour("李建国", WANG, agreed=True)
    async with village.database.session() as db:
        await db.execute(update(Resident).where(Resident.id == li.id).values(area_id=other.id))
    return first, second


async def _choices(village: Village, text: Inbound, officer: Officer) -> list[str]:
    async with village.database.reading() as db:
        return [choice.key for choice in await corrections.choices(db, text, officer)]


async def _corrects(village: Village, text: Inbound, choice: Choice, *, by: Officer) -> None:
    async with village.database.session() as db:
        await corrections.correct(db, await db.get_one(Inbound, text.id), choice, by=by)


async def test_a_head_puts_right_for_their_own_building_alone(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    first, second = await _two_buildings(village)
    job = await village.job()
    await village.push(job, approved_by=village.second)
    await village.says(WANG, ODD)
    text = await desk.newest(WANG)
    assert {"SIGNUP|job=10|who=张秀兰", "SIGNUP|job=10|who=李建国"} <= set(await _choices(village, text, village.boss))
    assert (await _choices(village, text, second))[0] == "SIGNUP|job=10"
    await _corrects(village, text, Choice("SIGNUP", {"job": "10"}), by=second)
    assert await village.places(job) == [("李建国", "taken")]
    with pytest.raises(Refused, match="outside your area"):
        await _corrects(village, text, Choice("DECLINE"), by=first)
    assert await _choices(village, await desk.newest(WANG), first) == []
    assert await village.places(job) == [("李建国", "taken")]


async def test_the_same_number_of_two_communities_is_the_one_of_the_person(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    far = await settle(village.database, "far", "别的社区")
    job, other = await village.job(), await far.job("别处的活")
    assert job.number == other.number
    await village.neighbour("张秀兰", WANG, agreed=True)
    await far.neighbour("李建国", WANG, agreed=True)
    await village.push(job, approved_by=village.second)
    await far.push(other, approved_by=far.second)
    await village.says(WANG, ODD)
    text = await desk.newest(WANG)
    assert (await _choices(village, text, village.boss))[0] == "SIGNUP|job=10"
    [told] = await desk.corrects(text, "SIGNUP", job="10")
    assert told.startswith("张秀兰:已给您报上10号:香菇分拣")
    assert (await village.places(job), await far.places(other)) == ([("张秀兰", "taken")], [])


async def test_the_old_owners_text_signs_up_nobody_else(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    job = await pushed(village)
    await village.says(WANG, ODD)
    text = await desk.newest(WANG)
    async with village.database.session() as db:
        await db.execute(update(Resident).values(phone=None))
    turn("2026-03-10 13:00")
    await village.neighbour("李建国", WANG, agreed=True)
    assert await desk.choices(WANG) == []
    with pytest.raises(Refused, match="somebody else's then"):
        await desk.corrects(text, "SIGNUP", job="10")
    assert await village.places(job) == []


async def test_a_phone_that_changed_hands_is_two_conversations(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    first, second = await _two_buildings(village)
    async with village.database.session() as db:
        await db.execute(update(Resident).where(Resident.name == "李建国").values(phone=None))
    await village.says(WANG, ASKS)
    old = await desk.newest(WANG)
    turn("2026-03-20 12:00")
    async with village.database.session() as db:
        await db.execute(update(Resident).where(Resident.name == "张秀兰").values(phone=None))
        await db.execute(update(Resident).where(Resident.name == "李建国").values(phone="+86" + WANG))
    await village.says(WANG, ODD)
    new = await desk.newest(WANG)
    async with village.database.reading() as db:
        one = await conversations.load(db, new.id, second)
        bodies = [line.body for line in await conversations.lines(db, one, second)]
        assert bodies[0] == ODD
        assert len(bodies) == 2
        assert [talk.text.id for talk in await conversations.listed(db, first)] == [old.id]
        assert await conversations.waiting(db, first) == 1
        with pytest.raises(NotFound):
            await conversations.load(db, old.id, second)
    async with village.database.session() as db:
        await conversations.handled(db, await conversations.load(db, new.id, second), by=second)
    async with village.database.session() as db:
        with pytest.raises(Refused, match="outside your area"):
            await replies.answer(db, await conversations.load(db, old.id, first), "您好", by=first)
    async with village.database.reading() as db:
        assert await conversations.waiting(db, first) == 1


async def test_everybody_of_a_shared_phone_has_a_head_who_sees_it(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    first, second = await _two_buildings(village)
    far = await settle(village.database, "far", "别的社区")
    await village.says(WANG, ASKS)
    async with village.database.reading() as db:
        for head, name in ((first, "张秀兰"), (second, "李建国")):
            [talk] = await conversations.listed(db, head)
            assert [person.name for person in talk.people] == [name]
            assert len(await conversations.lines(db, talk, head)) == 2
        assert await conversations.listed(db, far.boss) == []


async def test_an_alarm_is_no_part_of_a_conversation(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.says(WANG, ODD)
    async with village.database.session() as db:
        await outbox.queue(db, to="+86" + WANG, text=f"张秀兰:{PRESSING}", purpose=Purpose.ANSWER,
                           memory={"alarm": True})
    async with village.database.reading() as db:
        one = await conversations.load(db, (await desk.newest(WANG)).id, village.boss)
        assert not any(PRESSING in line.body for line in await conversations.lines(db, one, village.boss))
