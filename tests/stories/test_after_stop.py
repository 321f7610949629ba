"""After STOP: places stay; answers and codes still come; changes to a held place become call tasks."""

import pytest
from sqlalchemy import select

from app.access import codes
from app.desk import corrections
from app.desk.corrections import Choice
from app.sms import consent, outbox
from app.sms.arrivals import Inbound
from app.sms.outbox import Purpose, Status
from tests.stories.acts import (
    LI,
    STRANGER,
    WANG,
    calls_off,
    changes,
    drain,
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


async def test_places_stay_and_own_texts_are_answered(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG, agreed=True))
    await village.conversation("""
        14200000001 > 退订
        14200000001 < 找活短信和通知都停发了。想再收,请回"恢复"。有事打0719-7221234
        14200000001 > 我的
        14200000001 < 10号香菇分拣明天下午2点;来不了回"取消"
    """)
    assert await village.places(job) == [("王秀兰", "taken")]


async def test_a_code_asked_for_still_comes(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.says(WANG, "TD")
    async with village.database.session() as db:
        await codes.ask(db, "+86" + WANG, address="192.0.2.1")
    await drain(village)
    assert [text.status for text in await messages(village, WANG)] == [Status.ACCEPTED] * 2
    async with village.database.session() as db:
        assert await codes.check(db, "+86" + WANG, await village.code(WANG))


async def test_changes_become_call_tasks(village: Village) -> None:
    job = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG, agreed=True))
    await village.says(WANG, "TD")
    await changes(village, job, place="5号厂房")
    await calls_off(village, job)
    [(who, why, said)] = await tasks(village)  # one task, both pieces of news
    assert (who, why) == ("王秀兰", "changed")
    assert "5号厂房" in said
    assert "取消了" in said
    assert len(await village.texts(WANG)) == 1


async def test_moving_up_becomes_a_call_task(village: Village) -> None:
    job = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG))
    await signs_up(village, job, await village.neighbour("李建国", LI))
    await village.says(LI, "TD")
    await village.says(WANG, "取消")
    assert await village.places(job) == [("王秀兰", "cancelled"), ("李建国", "taken")]
    [(who, why, said)] = await tasks(village)
    assert (who, why, said[:4]) == ("李建国", "promoted", "有空位了")


async def test_a_push_that_waits_in_the_outbox_is_taken_back(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))
    await village.says(WANG, "退订")
    push, confirmation = await messages(village, WANG)
    assert (push.status, push.reason) == (Status.WITHDRAWN, "stopped")
    assert confirmation.status == Status.QUEUED


async def test_the_carriers_word_between_queueing_and_sending_counts(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))
    async with village.database.session() as db:
        await consent.withdraw(db, "+86" + WANG, source="carrier")
    await drain(village)
    [push] = await messages(village, WANG)
    assert (push.status, push.reason) == (Status.WITHDRAWN, "stopped")


async def test_news_that_waits_for_the_morning_becomes_a_call_when_somebody_stops_at_night(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG))
    turn("2026-03-10 22:00")
    await changes(village, job, place="5号厂房")
    assert (await village.says(WANG, "退订"))[0].startswith("找活短信和通知都停发了")
    turn("2026-03-11 08:01")
    await drain(village)
    news, stopped = await messages(village, WANG)
    assert (news.status, news.reason) == (Status.WITHDRAWN, "stopped")
    assert stopped.status == Status.ACCEPTED
    [(who, why, said)] = await tasks(village)
    assert (who, why) == ("王秀兰", "failed_text")
    assert "5号厂房" in said


@pytest.mark.parametrize(("meant", "about_a_place"), [("DECLINE", True), ("HELP", False)])
async def test_what_was_put_right_at_night_does_not_leave_after_a_stop(village: Village, meant: str,
                                                                       about_a_place: bool) -> None:
    """She is told by telephone that her place is gone; nobody telephones about how to look for jobs."""
    await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.says(WANG, "10" if about_a_place else "你好")
    await drain(village)
    turn("2026-03-10 22:00")
    async with village.database.session() as db:
        [text] = await db.scalars(select(Inbound))
        await corrections.correct(db, text, Choice(meant), by=village.second)
    turn("2026-03-10 22:30")
    await village.says(WANG, "退订")
    turn("2026-03-11 08:01")
    await drain(village)
    _answer, *put_right, stopped = await messages(village, WANG)
    assert put_right
    assert {(one.status, one.reason) for one in put_right} == {(Status.WITHDRAWN, "stopped")}
    assert stopped.status == Status.ACCEPTED
    assert [why for _who, why, _said in await tasks(village)] == ["failed_text"] * about_a_place


async def test_what_staff_wrote_at_night_does_not_leave_after_a_second_stop(village: Village) -> None:
    """She had stopped, wrote again, and was answered for the morning; the alarm for the officer she is leaves."""
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.says(WANG, "退订")
    await village.says(WANG, "能带孙子去吗?")
    async with village.database.session() as db:
        for text, memory, not_before in (("可以带", {}, "2026-03-11 08:00"), ("急", {outbox.ALARM: True}, None)):
            await outbox.queue(db, to="+86" + WANG, text=text, purpose=Purpose.ANSWER, memory=memory,
                               not_before=moment(not_before) if not_before else None)
    await village.says(WANG, "TD")
    *_before, words, alarm, _stopped = await messages(village, WANG)
    assert (words.status, alarm.status) == (Status.WITHDRAWN, Status.QUEUED)


async def test_nothing_is_pushed_until_somebody_comes_back(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.neighbour("李建国", LI, agreed=True)
    await village.says(WANG, "R")
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    assert not any("10号活" in text for text in await village.texts(WANG))
    await village.says(WANG, "恢复")
    await village.push(job)
    assert "10号活" in await last(village, WANG)


async def test_a_number_that_nobody_knows_can_stop_and_stays_stopped_when_it_is_registered(village: Village) -> None:
    assert (await village.says(STRANGER, "T"))[0].startswith("找活短信和通知都停发了")
    await village.neighbour("李建国", LI, agreed=True)
    async with village.database.reading() as db:
        assert await consent.stopped(db, "+86" + STRANGER)
    await village.neighbour("赵大妈", STRANGER)
    await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))
    assert not any("10号活" in text for text in await village.texts(STRANGER))


@pytest.mark.parametrize("text", ["Endurance", "不要退订", "TDD", "R2", "退订是什么意思"])
async def test_stop_is_a_whole_message(village: Village, text: str) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.says(WANG, text)
    async with village.database.reading() as db:
        assert not await consent.stopped(db, "+86" + WANG)
