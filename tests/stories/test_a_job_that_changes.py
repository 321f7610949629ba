"""A job that changes in time, place or pay, or is called off: everybody with a place or waiting is told."""

from typing import Any

import pytest

from app.errors import Refused
from app.jobs.jobs import Job
from app.listings import signups
from app.sms.outbox import Status
from tests.stories.acts import (
    LI,
    WANG,
    ZHAO,
    calls_off,
    changes,
    closes,
    last,
    messages,
    moment,
    signs_up,
    tasks,
    turn,
)
from tests.village import Village


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _job(village: Village, *, places: int = 1, starts: str = "2026-03-11 14:00", **facts: Any) -> Job:
    """Wang has the place, Li waits."""
    wang, li = await village.neighbour("王秀兰", WANG), await village.neighbour("李建国", LI)
    job = await village.job(places=places, starts_at=moment(starts), **facts)
    await signs_up(village, job, wang)
    await signs_up(village, job, li)
    return job


@pytest.mark.parametrize(("facts", "said"), [
    ({"starts_at": moment("2026-03-11 15:30"), "ends_at": moment("2026-03-11 19:00")},
     '10号香菇分拣改为明天下午3点半2号厂房,80元/天日结。来不了回"取消"'),
    ({"place": "5号厂房"}, '10号香菇分拣改为明天下午2点5号厂房,80元/天日结。来不了回"取消"'),
    ({"pay_fen": 9050}, '10号香菇分拣改为明天下午2点2号厂房,90.5元/天日结。来不了回"取消"'),
    ({"paid_same_day": False}, '10号香菇分拣改为明天下午2点2号厂房,80元/天。来不了回"取消"'),
])
async def test_who_has_a_place_and_who_waits_are_told_of_time_place_and_pay(
        village: Village, facts: dict[str, Any], said: str) -> None:
    job = await _job(village)
    await changes(village, job, **facts)
    assert [await village.texts(phone) for phone in (WANG, LI)] == [["【青龙泉就业站】" + said]] * 2


async def test_a_change_of_words_disturbs_nobody(village: Village) -> None:
    job = await _job(village)
    await changes(village, job, details="自带手套", contact="李师傅")
    assert await village.texts(WANG) == await village.texts(LI) == []


async def test_called_off_is_told_and_nobody_has_to_come(village: Village) -> None:
    job = await _job(village)
    await calls_off(village, job)
    said = '10号香菇分拣(明天下午2点)取消了,请不要去。对不住。别的活回"岗位"'
    assert [await last(village, phone) for phone in (WANG, LI)] == [said, said]
    assert await village.says(WANG, "我的") == ['您现在没有报名。看看有什么活请回"岗位"']
    assert await village.says(LI, "10") == ['10号取消了。看看别的活回"岗位"']


async def test_who_cannot_be_texted_becomes_a_call_task(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    wang, li, zhao = (await village.neighbour("王秀兰", WANG), await village.neighbour("李奶奶"),
                      await village.neighbour("赵大妈", ZHAO))
    for person in (wang, li, zhao):
        await signs_up(village, job, person)
    await village.says(ZHAO, "退订")
    await changes(village, job, place="5号厂房")
    said = '10号香菇分拣改为明天下午2点5号厂房,80元/天日结。来不了回"取消"'
    assert await last(village, WANG) == said
    assert await tasks(village) == [("李奶奶", "changed", said), ("赵大妈", "changed", said)]
    assert (await last(village, ZHAO)).startswith("找活短信和通知都停发了")


async def test_a_change_at_night_waits_for_the_morning_and_says_the_day_on_which_it_is_read(village: Village) -> None:
    job = await _job(village)
    turn("2026-03-10 22:00")
    await changes(village, job, place="5号厂房")
    [text] = await messages(village, WANG)
    assert text.body == '【青龙泉就业站】10号香菇分拣改为今天下午2点5号厂房,80元/天日结。来不了回"取消"'
    assert text.next_at == moment("2026-03-11 08:00")
    assert text.expires_at == moment("2026-03-11 14:00")


async def test_what_starts_before_ten_is_told_at_once_also_at_night(village: Village) -> None:
    job = await _job(village, starts="2026-03-11 07:00")
    now = turn("2026-03-10 23:00")
    await calls_off(village, job)
    [text] = await messages(village, WANG)
    assert text.body.startswith("【青龙泉就业站】10号香菇分拣(明早7点)取消了")
    assert (text.next_at - now).total_seconds() < 60


async def test_cancel_after_a_change_means_the_job_that_changed(village: Village) -> None:
    job = await _job(village, places=2)
    other = await village.job("织袜", starts_at=moment("2026-03-12 08:00"))
    assert (await village.says(WANG, "11"))[0].startswith("已给您报上11号")
    await changes(village, job, place="5号厂房")
    assert (await village.says(WANG, "去不了"))[0].startswith("10号香菇分拣已给您取消")
    assert await village.places(other) == [("王秀兰", "taken")]


async def test_a_job_under_way_that_changes_is_told_to_those_who_work_there(village: Village) -> None:
    job = await _job(village, ends_at=moment("2026-03-20 18:00"))
    turn("2026-03-12 12:00")
    await changes(village, job, place="5号厂房")
    [text] = await messages(village, WANG)
    assert text.expires_at
    assert text.expires_at > moment("2026-03-12 13:00")
    assert await village.texts(LI) == []  # after the start nobody waits any more
    await calls_off(village, job)
    assert "取消了" in await last(village, WANG)


async def test_a_closed_job_keeps_its_places_and_can_still_change_and_be_called_off(village: Village) -> None:
    job = await _job(village, places=2)
    await closes(village, job)
    assert (await village.says(WANG, "我的"))[0].startswith("10号香菇分拣明天下午2点")
    assert (await village.says(LI, "取消"))[0].startswith("10号香菇分拣已给您取消")
    clash = await village.job("织袜", starts_at=moment("2026-03-11 15:00"))
    assert await village.says(WANG, str(clash.number)) == ["那个时间您已经报了10号:香菇分拣。想换,先取消那个。"]
    await calls_off(village, job)
    assert "取消了" in await last(village, WANG)
    with pytest.raises(Refused, match="was called off"):
        await calls_off(village, job)


async def test_every_reader_is_told_in_the_own_language(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, job, await village.neighbour("Li", LI, language="en"))
    await changes(village, job, pay_fen=9000)
    assert await last(village, LI) == ("10, 香菇分拣, has changed: tomorrow 14:00, 2号厂房, 90 yuan/day paid that day. "
                                       "Cannot come? Reply CANCEL")


async def test_pushes_that_say_what_was_are_taken_back(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    await changes(village, job, title="木耳分拣")
    [text] = await messages(village, WANG)
    assert (text.status, text.reason) == (Status.WITHDRAWN, "changed")
    await village.push(job)  # and may be pushed anew
    assert "木耳分拣" in await last(village, WANG)


async def test_fewer_places_than_people_is_refused(village: Village) -> None:
    job = await _job(village, places=2)
    with pytest.raises(Refused, match="there cannot be fewer"):
        await changes(village, job, places=1)
    assert await village.places(job) == [("王秀兰", "taken"), ("李建国", "taken")]


async def test_more_places_let_people_move_up_and_tell_them(village: Village) -> None:
    job = await _job(village)
    await changes(village, job, places=2)
    assert await village.places(job) == [("王秀兰", "taken"), ("李建国", "taken")]
    assert (await last(village, LI)).startswith("有空位了!给您报上10号")
    async with village.database.reading() as db:
        assert (await signups.counts(db, [job.id]))[job.id].waiting == 0
