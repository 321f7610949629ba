"""A sign-up from an unknown phone becomes a call task with the text, and the person is told what happens next."""

import pytest

from app.access import codes
from tests.stories.acts import STRANGER, WANG, last, moment, tasks, turn
from tests.village import Village, settle


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def test_somebody_calls_and_the_stranger_knows(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    assert await village.says(STRANGER, "报名10 我是王桂香") == ["您的号码还没登记。我们记下了,会打电话给您"]
    assert await tasks(village) == [("+86" + STRANGER, "unknown_phone", "报名10 我是王桂香")]
    assert await village.places(job) == []


async def test_a_second_text_joins_the_same_task(village: Village) -> None:
    await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.says(STRANGER, "报名10")
    await village.says(STRANGER, "我要报名10")
    assert await tasks(village) == [("+86" + STRANGER, "unknown_phone", "报名10\n我要报名10")]


async def test_where_there_are_several_communities_the_top_of_the_tree_gets_the_task(village: Village) -> None:
    await settle(village.database, "other", "柳陂社区")
    await village.job(starts_at=moment("2026-03-11 14:00"))
    assert await village.says(STRANGER, "报名10") == ["您的号码还没登记。我们记下了,会打电话给您"]
    assert len(await tasks(village)) == 1


async def test_a_stranger_may_ask_for_help_work_and_a_call(village: Village) -> None:
    await village.job(starts_at=moment("2026-03-11 14:00"))
    assert (await village.says(STRANGER, "帮助"))[0].startswith("回编号报名")
    assert (await village.says(STRANGER, "电话"))[0].startswith("好的,工作人员会打电话给您")
    assert await tasks(village) == [("+86" + STRANGER, "asked", "电话")]
    assert await village.says(STRANGER, "我的") == ['您现在没有报名。看看有什么活请回"岗位"']


async def test_a_code_says_the_same_to_everybody(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    for phone, address in ((WANG, "192.0.2.1"), (STRANGER, "192.0.2.2")):
        async with village.database.session() as db:
            await codes.ask(db, "+86" + phone, address=address)
    known, unknown = [(await last(village, phone)).replace(await village.code(phone), "") for phone in (WANG, STRANGER)]
    assert known == unknown
