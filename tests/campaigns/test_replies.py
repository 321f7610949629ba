"""A survey by text: what people answer is counted for whoever it is from, can be changed, and can be put right."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from app.calls.calls import Call
from app.campaigns.campaigns import Kind
from app.settings import Settings
from app.sms import replies
from app.sms.arrivals import Inbound
from app.sms.batches import Batch
from app.sms.outbox import Message, Status
from tests.campaigns.acts import TEXT, drafted, handed_in
from tests.conftest import PLAIN
from tests.stories.acts import LI, WANG, ZHAO, drain, turn
from tests.village import Village

RIDE = "去东莞的包车初八早上6点走。回1坐车 2不坐"
FIVE = "想学什么?回1做饭 2缝纫 3电焊 4开叉车 5都不学"


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, approval_above=30)


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def told(village: Village, text: str = TEXT, kind: Kind = Kind.SURVEY) -> Batch:
    """Everybody got the text on their phone."""
    batch = await handed_in(village, await drafted(village, text, kind=kind))
    await drain(village)
    async with village.database.session() as db:
        await db.execute(update(Message).where(Message.batch_id == batch.id).values(status=Status.DELIVERED))
    return batch


async def answers(village: Village, batch: Batch) -> dict[int, int]:
    async with village.database.reading() as db:
        return {row.resident_id: row.choice for row in await db.scalars(
            select(replies.Reply).where(replies.Reply.batch_id == batch.id))}


@pytest.mark.parametrize(("said", "choice"), [
    ("1", 1), ("2", 2), ("③", 3), ("第二个", 2), ("想就近", 2), ("想出去打工", 1), ("暂时不想干", 3),
    ("屋跟前找个活", 2)])
async def test_an_answer_is_counted_and_confirmed(village: Village, said: str, choice: int) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    batch = await told(village)
    [answer] = await village.says(WANG, said)
    assert answer == f"记下了:{choice} {('想外出', '想就近', '暂不')[choice - 1]}。想改就再回一次数字"
    assert await answers(village, batch) == {wang.id: choice}
    async with village.database.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Call)) == 0  # nobody has to telephone


async def test_another_number_takes_its_place(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    batch = await told(village)
    await village.says(WANG, "1")
    [answer] = await village.says(WANG, "3")
    assert answer.startswith("记下了:3 暂不")
    assert await answers(village, batch) == {wang.id: 3}


async def test_a_survey_may_have_other_answers(village: Village) -> None:
    wang, li = await village.neighbour("王秀兰", WANG, agreed=True), await village.neighbour("李建国", LI, agreed=True)
    batch = await told(village, FIVE)
    await village.conversation(f"""
        {WANG} > 4
        {WANG} < 记下了:4 开叉车。…
        {LI} > 我想学缝纫
        {LI} < 记下了:2 缝纫。…
        {LI} > 7
        {LI} < 没看懂…
        {LI} > 5
        {LI} < 记下了:5 都不学。…
    """)
    assert await answers(village, batch) == {wang.id: 4, li.id: 5}


async def test_who_rides_may_bring_others(village: Village) -> None:
    wang, li = await village.neighbour("王秀兰", WANG, agreed=True), await village.neighbour("李建国", LI, agreed=True)
    batch = await told(village, RIDE, Kind.TRANSPORT)
    assert (await village.says(WANG, "坐车,3个人"))[0].startswith("记下了:1 坐车,共3人")
    assert (await village.says(LI, "2"))[0].startswith("记下了:2 不坐")
    assert await answers(village, batch) == {wang.id: 1, li.id: 2}


async def test_on_a_shared_phone_we_ask_whose_answer_it_is(village: Village) -> None:
    wang, li = await village.neighbour("王秀兰", WANG, agreed=True), await village.neighbour("李建国", WANG)
    batch = await told(village)
    await village.conversation(f"""
        {WANG} > 2
        {WANG} < 刚才是谁答的?回1 王秀兰 回2 李建国
        {WANG} > 李建国
        {WANG} < 记下了:李建国,2 想就近。想改就再回一次数字
        {WANG} > 1
        {WANG} < 刚才是谁答的?回1 王秀兰 回2 李建国
        {WANG} > 王秀兰
        {WANG} < 记下了:王秀兰,1 想外出。想改就再回一次数字
    """)
    assert await answers(village, batch) == {wang.id: 1, li.id: 2}


async def test_a_stop_is_a_stop_and_no_answer(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    batch = await told(village)
    assert (await village.says(WANG, "退订"))[0].startswith("找活短信和通知都停发了")
    assert await answers(village, batch) == {}


async def test_an_answer_a_week_later_to_something_else_is_none(village: Village) -> None:
    await village.neighbour("赵大妈", ZHAO, agreed=True)
    batch = await told(village)
    turn("2026-03-18 12:00")
    await village.says(ZHAO, "1")
    assert await answers(village, batch) == {}


async def test_what_was_misread_is_taken_back(village: Village) -> None:
    from app.sms.answers import survey

    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    batch = await told(village)
    await village.says(WANG, "1")
    await village.says(WANG, "2")
    async with village.database.session() as db:
        done = list(await db.scalars(select(Inbound.did).order_by(Inbound.id)))
        # They have said something else since the first one.
        assert await survey.undo_replied(db, done[0]["replied"], by=village.boss) == ""
        assert "那个回答记错了" in await survey.undo_replied(db, done[1]["replied"], by=village.boss)
    assert await answers(village, batch) == {wang.id: 1}
