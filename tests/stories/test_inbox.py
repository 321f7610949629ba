"""The inbox: kept first, the same call answered once, a bug loses nothing, and two machines never keep talking."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.errors import Refused, TemporarilyAway
from app.residents.residents import Resident
from app.sms import arrivals
from app.sms.answers import Answer, Said, help, mine, signup
from app.sms.arrivals import Inbound, State
from app.sms.gateways.base import Incoming
from app.sms.reading import Reading, _message
from tests.stories.acts import LI, WANG, ZHAO, last, moment, tasks, turn
from tests.village import Village

NOT_UNDERSTOOD = '没看懂您的意思。要报名回活的编号,要人帮忙回"电话",我们打给您'


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _rows(village: Village) -> list[Inbound]:
    async with village.database.reading() as db:
        return list(await db.scalars(select(Inbound).order_by(Inbound.id)))


async def _arrive(village: Village, *texts: tuple[str, str]) -> None:
    """Texts that are stored together and answered afterwards, by a process that is as careful as the real one."""
    await arrivals.store(village.database, [
        ("simulator", Incoming("+86" + phone, said, raw=said)) for phone, said in texts])
    working = village.inbox()
    while await working.answer_once():
        pass


async def test_a_text_is_kept_with_what_it_was_taken_for(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))
    await village.says(WANG, "报名")
    [row] = await _rows(village)
    assert (row.text, row.raw, row.state, row.context, row.intent, row.slots, row.resident_id) == (
        "报名", "报名", State.ANSWERED, "push:10", "SIGNUP", {"job": "10"}, wang.id)
    assert row.rule
    assert row.answered_at


async def test_the_same_call_is_answered_once_and_another_one_again(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    await village.job(starts_at=moment("2026-03-11 14:00"))
    assert len(await village.says(WANG, "岗位")) == 1
    clock.turn(clock.now() + timedelta(seconds=8))
    assert await village.says(WANG, "岗位") == []
    clock.turn(clock.now() + timedelta(seconds=20))
    assert len(await village.says(WANG, "岗位")) == 1
    assert len(await village.says(WANG, "帮助")) == 1
    assert len(await village.says(WANG, "岗位")) == 1  # something else came between
    assert [row.state for row in await _rows(village)].count(State.DUPLICATE) == 1


async def test_with_a_providers_id_only_the_id_counts(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    assert len(await village.says(WANG, "帮助", id="SM1")) == 1
    assert len(await village.says(WANG, "帮助", id="SM2")) == 1
    clock.turn(clock.now() + timedelta(days=2))
    assert await village.says(WANG, "帮助", id="SM1") == []


async def test_the_same_calls_in_one_go_are_answered_once(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await _arrive(village, (WANG, "报名10"), (WANG, "报名10"), (WANG, "报名10"))
    assert len(await village.texts(WANG)) == 1
    assert await village.places(job) == [("王秀兰", "taken")]


async def test_two_texts_of_one_phone_in_one_go_know_of_each_other(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    await village.neighbour("李建国", LI)
    job = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    await _arrive(village, (WANG, "10"), (WANG, "取消"), (LI, "10"), (WANG, "10"))
    assert [body.split("】")[1][:5] for body in await village.texts(WANG)] == ["已给您报上", "10号香菇", "10号已报"]
    assert await village.places(job) == [("王秀兰", "cancelled"), ("李建国", "taken"), ("王秀兰", "waiting")]


async def test_places_go_in_the_order_in_which_texts_were_stored(village: Village) -> None:
    phones = [f"1420000{n:04}" for n in range(100, 130)]
    for phone in phones:
        await village.neighbour(f"王{phone[-3:]}", phone)
    job = await village.job(places=12, starts_at=moment("2026-03-11 14:00"))
    await _arrive(village, *((phone, "10") for phone in reversed(phones)))
    assert await village.places(job) == [
        (f"王{phone[-3:]}", "taken" if n < 12 else "waiting") for n, phone in enumerate(reversed(phones))]


async def test_not_understood_is_asked_back_once_then_the_head_of_the_building_calls(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    assert await village.says(WANG, "嘎嘎嘎") == [NOT_UNDERSTOOD]
    for said in ("咕咕", "呱呱", "喵喵"):
        assert await village.says(WANG, said) == []
    assert await tasks(village) == [("王秀兰", "not_understood", "咕咕\n呱呱\n喵喵")]
    assert [row.state for row in await _rows(village)] == [State.ANSWERED, *[State.SILENT] * 3]
    async with village.database.reading() as db:
        area = await db.scalar(text("SELECT area_id FROM call"))
    assert area == village.building.id


async def test_what_is_understood_is_always_answered_and_asking_back_is_allowed_after_it(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    assert await village.says(WANG, "嘎嘎嘎") == [NOT_UNDERSTOOD]
    assert await village.says(WANG, "咕咕咕") == []
    assert (await village.says(WANG, "帮助"))[0].startswith("回编号报名")
    assert await village.says(WANG, "嘎嘎嘎") == [NOT_UNDERSTOOD]


async def test_never_two_within_twelve_hours(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    await village.says(WANG, "嘎嘎嘎")
    clock.turn(moment("2026-03-10 23:55"))
    assert await village.says(WANG, "咕咕咕") == []
    clock.turn(moment("2026-03-11 00:05"))
    assert await village.says(WANG, "呱呱呱") == [NOT_UNDERSTOOD]


async def test_two_machines_do_not_keep_each_other_talking(village: Village) -> None:
    for n in range(50):
        await village.says(ZHAO, f"Ihre Nachricht {n} ist angekommen, wir melden uns")
    assert len(await village.texts(ZHAO)) == 1


async def test_what_was_asked_stays_asked_after_a_text_that_was_not_understood(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    await village.conversation("""
        14200000001 > 嘎嘎嘎
        14200000001 < 没看懂您的意思。要报名回10,…
        14200000001 > 1
        14200000001 < 已给您报上10号:…
    """)


async def _breaks(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    raise KeyError("a bug")


async def _breaks_after_writing(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    said.people[0].name = "写坏了"
    await db.execute(update(Resident).values(name="写坏了"))
    await db.flush()
    raise KeyError("a bug")


async def _writes_what_cannot_be(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    db.add(Resident(area_id=987654321, name="谁"))
    await db.flush()
    return Answer("never said")


async def _leaves_what_cannot_be(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    db.add(Resident(area_id=village_of_nobody, name=None))
    return Answer("never said")


village_of_nobody = 987654321


@pytest.mark.parametrize("bug", [_breaks, _breaks_after_writing, _writes_what_cannot_be, _leaves_what_cannot_be])
async def test_a_bug_in_an_answer_loses_nothing_and_holds_up_nobody(
        village: Village, monkeypatch: pytest.MonkeyPatch, bug: Any) -> None:
    monkeypatch.setattr(mine, "answer", bug)
    for name, phone in (("王秀兰", WANG), ("李建国", LI), ("赵大妈", ZHAO)):
        await village.neighbour(name, phone)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await _arrive(village, (LI, "10"), (WANG, "我的"), (ZHAO, "10"), (WANG, "10"))
    assert [row.state for row in await _rows(village)] == [
        State.ANSWERED, State.FAILED, State.ANSWERED, State.ANSWERED]
    assert await village.places(job) == [("李建国", "taken"), ("赵大妈", "taken"), ("王秀兰", "taken")]
    assert (await village.texts(WANG))[0].endswith("出了点问题,我们记下了您的短信,会打电话给您")
    assert await tasks(village) == [("王秀兰", "trouble", "我的")]
    async with village.database.reading() as db:
        assert list(await db.scalars(select(Resident.name).order_by(Resident.id))) == ["王秀兰", "李建国", "赵大妈"]


async def test_a_bug_in_reading_holds_up_nobody_either(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    simplified = _message.simplified

    def breaks(said: str) -> str:
        if said == "呱":
            raise RecursionError
        return simplified(said)

    monkeypatch.setattr(_message, "simplified", breaks)
    await village.neighbour("王秀兰", WANG)
    await village.neighbour("李建国", LI)
    await _arrive(village, (WANG, "呱"), (LI, "帮助"))
    assert [row.state for row in await _rows(village)] == [State.FAILED, State.ANSWERED]
    assert await tasks(village) == [("王秀兰", "trouble", "呱")]


async def test_a_text_that_a_bug_met_can_be_sent_again(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    await village.neighbour("王秀兰", WANG)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    with monkeypatch.context() as patched:
        patched.setattr(signup, "answer", _breaks)
        await village.says(WANG, "10")
    clock.turn(clock.now() + timedelta(seconds=30))
    assert (await village.says(WANG, "10"))[0].startswith("已给您报上10号")
    assert await village.places(job) == [("王秀兰", "taken")]


async def test_a_circle_of_waiting_is_no_bug_the_texts_come_again(
        village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    class Deadlock(Exception):
        sqlstate = "40P01"

    async def waits_in_a_circle(db: AsyncSession, said: Said, reading: Reading) -> Answer:
        raise DBAPIError("SELECT 1", {}, Deadlock())

    await village.neighbour("王秀兰", WANG)
    with monkeypatch.context() as patched:
        patched.setattr(help, "answer", waits_in_a_circle)
        with pytest.raises(TemporarilyAway):
            await _arrive(village, (WANG, "帮助"))
    assert [row.state for row in await _rows(village)] == [State.STORED]
    await _arrive(village)
    assert (await last(village, WANG)).startswith("回编号报名")


async def test_a_rules_no_after_something_was_written_holds_up_nobody(
        village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a deed wrote and took back must not be looked at any more; the no is said all the same."""
    async def refuses_after_writing(db: AsyncSession, said: Said, reading: Reading) -> Answer:
        said.people[0].name = "写坏了"
        await db.flush()
        raise Refused("Number {number} is closed.", number=10)

    monkeypatch.setattr(mine, "answer", refuses_after_writing)
    await village.neighbour("王秀兰", WANG)
    await village.neighbour("李建国", LI)
    await _arrive(village, (WANG, "我的"), (LI, "帮助"))
    assert (await last(village, WANG)) == "10号停止报名了。"
    assert (await last(village, LI)).startswith("回编号报名")
    async with village.database.reading() as db:
        assert "写坏了" not in list(await db.scalars(select(Resident.name)))


async def test_the_texts_of_an_hour_without_a_database_are_answered_when_it_is_back(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await arrivals.store(village.database, [("simulator", Incoming("+86" + WANG, "10", raw="10"))])
    clock.turn(clock.now() + timedelta(hours=1))
    await _arrive(village, (WANG, "我的"))
    assert await village.places(job) == [("王秀兰", "taken")]
    assert (await last(village, WANG)).startswith("10号香菇分拣")
