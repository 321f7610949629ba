"""Beyond numbers and key words: danger, wrong people, complaints, questions, and stop in people's own words."""

from datetime import datetime

import pytest
from sqlalchemy import select

from app import clock
from app.calls.calls import Call
from app.org import areas
from app.org.areas import Level
from app.residents import residents
from app.residents.residents import Resident
from app.staff import accounts
from app.staff.accounts import Role
from tests.stories.acts import tasks
from tests.village import Village

WANG, LI, HEAD = "14200000001", "14200000002", "14200000007"


@pytest.fixture(autouse=True)
def _noon() -> None:
    clock.turn(datetime.fromisoformat("2026-03-10T12:00:00+08:00"))


async def _offered(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(starts_at=datetime.fromisoformat("2026-03-11T07:00:00+08:00"), meals=True)
    await village.push(job)


async def _calls(village: Village) -> list[tuple[str, str]]:
    async with village.database.reading() as db:
        return [(call.why, call.said) for call in await db.scalars(select(Call).order_by(Call.id))]


async def test_somebody_in_danger_reaches_the_head_at_once_also_at_night(village: Village) -> None:
    await _offered(village)
    async with village.database.session() as db:
        await accounts.add(db, "head", role=Role.HEAD, area=village.building, phone="+86" + HEAD,
                           password="not-a-secret")
    clock.turn(datetime.fromisoformat("2026-03-11T02:00:00+08:00"))
    assert (await village.says(WANG, "老李晕倒了快来人"))[0].startswith("已马上告诉工作人员和楼栋长。人有危险先打120")
    assert await village.texts(HEAD) == ['【青龙泉就业站】急:王秀兰14200000001发来"老李晕倒了快来人",请马上联系']
    assert await _calls(village) == [("urgent", "老李晕倒了快来人")]


@pytest.mark.parametrize(("said", "who", "called"), [
    ("我是李建国,我晕倒了快来人", "李建国", "李建国"), ("有人晕倒了快来人", "张秀兰、李建国", "张秀兰")])
async def test_danger_on_a_phone_of_two_buildings_reaches_both_heads(village: Village, said: str, who: str,
                                                                     called: str) -> None:
    await village.neighbour("张秀兰", WANG)
    li = await village.neighbour("李建国", WANG)
    async with village.database.session() as db:
        other = await areas.add(db, level=Level.BUILDING, code="b-2", name="2栋", parent=village.area)
        (await db.get_one(Resident, li.id)).area_id = other.id
        for name, area, phone in (("head", village.building, HEAD), ("head2", other, LI)):
            await accounts.add(db, name, role=Role.HEAD, area=area, phone="+86" + phone, password="not-a-secret")
    await village.says(WANG, said)
    for head in (HEAD, LI):
        assert await village.texts(head) == [f'【青龙泉就业站】急:{who}14200000001发来"{said}",请马上联系']
    assert await tasks(village) == [(called, "urgent", said)]


async def test_an_alarm_leaves_open_what_the_heads_own_phone_was_asked(village: Village) -> None:
    """The building's head looks for work, too: 1 still answers the push that came before the alarm."""
    job = await village.job(starts_at=datetime.fromisoformat("2026-03-12T07:00:00+08:00"))
    await village.neighbour("李楼长", HEAD, agreed=True)
    await village.neighbour("王秀兰", WANG)
    async with village.database.session() as db:
        await accounts.add(db, "head", role=Role.HEAD, area=village.building, phone="+86" + HEAD,
                           password="not-a-secret")
    await village.push(job)
    await village.says(WANG, "老李晕倒了快来人")
    assert (await village.texts(HEAD))[-1].startswith("【青龙泉就业站】急")
    assert (await village.says(HEAD, "1"))[0].startswith("已给您报上10号")


async def test_danger_from_an_unknown_phone_reaches_the_only_community(village: Village) -> None:
    said = "着火了快来人"
    assert (await village.says(LI, said))[0].startswith("我们记下了,工作人员一看到就联系您。人有危险先打120,着火119")
    async with village.database.session() as db:
        await accounts.add(db, "clerk", role=Role.CLERK, area=village.area, phone="+86" + HEAD, password="not-a-secret")
    assert (await village.says(LI, said, id="again"))[0].startswith("已马上告诉工作人员和楼栋长")
    assert await village.texts(HEAD) == [f'【青龙泉就业站】急:{LI}发来"{said}",请马上联系']


@pytest.mark.parametrize("words", ["莫发了", "以后不要发给我", "把我电话删了", "别再给我发短信了", "老打扰我，不要发"])
async def test_stop_in_peoples_own_words(village: Village, words: str) -> None:
    await _offered(village)
    assert (await village.says(WANG, words))[0].startswith("找活短信和通知都停发了")


async def test_a_wrong_number_gets_no_further_pushes_and_is_checked(village: Village) -> None:
    await _offered(village)
    assert (await village.says(WANG, "你打错了，我不认识她"))[0].startswith("对不起,打扰了")
    assert await _calls(village) == [("wrong_person", "你打错了，我不认识她")]
    async with village.database.reading() as db:
        assert all(person.wrong_phone_at for person in await residents.by_phone(db, "+86" + WANG))


async def test_a_question_is_answered_from_the_job_and_the_push_stays_open(village: Village) -> None:
    await _offered(village)
    await village.conversation("""
        14200000001 > 几点集合?
        14200000001 < 10号香菇分拣:明早7点到上午11点。想去回10
        14200000001 > 管饭不
        14200000001 < 10号香菇分拣:管饭。想去回10
        14200000001 > 一天好多钱
        14200000001 < 10号香菇分拣:80元/天,当天结。想去回10
        14200000001 > 要得，我去
        14200000001 < 已给您报上10号:…
    """)
    assert await _calls(village) == []


async def test_another_question_and_a_complaint_become_calls(village: Village) -> None:
    await _offered(village)
    assert (await village.says(WANG, "能带孙子去吗"))[0].startswith("您问的我们记下了")
    assert (await village.says(WANG, "上次的钱还没给"))[0].startswith(
        "您说的我们记下了,工作人员会打电话给您。要不到工钱")
    assert await _calls(village) == [("question", "能带孙子去吗"), ("complaint", "上次的钱还没给")]


async def test_two_polite_machines_fall_silent(village: Village) -> None:
    await village.neighbour("李建国", LI)
    told = [await village.says(LI, text) for text in ("你好", "您好", "你好", "早上好")]
    assert [len(one) for one in told] == [1, 0, 0, 0]
