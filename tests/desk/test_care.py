"""What staff press does not undo what came later, nor reach whoever they may not see."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import clock
from app.db import remember
from app.desk import conversations, corrections, replies, sentences
from app.desk.corrections import Choice
from app.errors import Refused
from app.jobs import jobs
from app.jobs.jobs import Job
from app.sms import consent, outbox
from app.sms.arrivals import Inbound
from app.sms.consent import ConsentRecord
from app.staff.accounts import Officer
from tests.desk.acts import ASKS, ODD, PRESSING, pushed
from tests.desk.conftest import Desk
from tests.stories.acts import WANG, drain, last, messages, moment, tasks, turn
from tests.village import Village


async def _corrects(village: Village, text: Inbound, choice: Choice, *, by: Officer) -> None:
    async with village.database.session() as db:
        await corrections.correct(db, await db.get_one(Inbound, text.id), choice, by=by)


async def _word(village: Village) -> str | None:
    async with village.database.reading() as db:
        return await consent.word(db, "+86" + WANG)


@pytest.mark.parametrize("deed", ["handled", "answer", "call"])
async def test_what_came_while_the_page_was_open_still_waits(village: Village, desk: Desk, deed: str) -> None:
    turn("2026-03-10 12:00")
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.says(WANG, ASKS)
    shown = await desk.newest(WANG)
    await village.says(WANG, PRESSING)
    async with village.database.session() as db:
        one = await conversations.load(db, shown.id, village.boss, seen=shown.id)
        if deed == "handled":
            await conversations.handled(db, one, by=village.boss)
        elif deed == "answer":
            await replies.answer(db, one, "可以带", by=village.boss)
        else:
            await replies.to_call(db, one, by=village.boss)
    assert (await desk.newest(WANG)).handled_at is None
    assert await desk.waiting() == 1
    if deed == "call":
        assert ("王桂香", "passed_on", ASKS) in await tasks(village)


async def test_putting_an_old_text_right_closes_that_one_alone(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.says(WANG, ODD)
    old = await desk.newest(WANG)
    await village.says(WANG, PRESSING)
    await desk.corrects(old, "SMALLTALK")
    assert (await desk.newest(WANG)).handled_at is None
    assert await desk.waiting() == 1


async def test_what_waits_is_handed_on_whole_and_once(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.says(WANG, ASKS)
    await village.says(WANG, "谢谢")
    for _press in range(2):
        async with village.database.session() as db:
            await replies.to_call(db, await conversations.load(
                db, (await desk.newest(WANG)).id, village.boss), by=village.boss)
    handed = [said for _name, why, said in await tasks(village) if why == "passed_on"]
    assert handed == [ASKS]


async def test_an_old_question_does_not_open_again(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    old = await pushed(village)
    await village.says(WANG, ODD)
    text = await desk.newest(WANG)
    turn("2026-03-11 09:00")
    new = await village.job("打包", hours=80)
    await village.push(new, approved_by=village.second)
    turn("2026-03-11 09:30")
    await desk.corrects(text, "QUESTION")
    await village.says(WANG, "1")
    assert await village.places(old) == []
    assert await village.places(new) == [("王桂香", "taken")]


async def test_a_newer_question_stays_open(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    await village.neighbour("王桂香", WANG, born_on=None, agreed=True)
    job = await village.job()
    await village.says(WANG, ODD)
    text = await desk.newest(WANG)
    turn("2026-03-10 12:01")
    await village.says(WANG, "报名10")
    turn("2026-03-10 12:05")
    await desk.corrects(text, "SMALLTALK")
    await village.says(WANG, "19680312")
    assert await village.places(job) == [("王桂香", "taken")]


@pytest.mark.parametrize(("wrote", "meant"), [("10", Choice("DECLINE")), (ODD, Choice("SIGNUP", {"job": "10"}))])
async def test_whose_place_changed_after_a_stop_is_telephoned(village: Village, desk: Desk, wrote: str,
                                                              meant: Choice) -> None:
    turn("2026-03-10 12:00")
    await pushed(village)
    await village.says(WANG, wrote)
    text = await desk.newest(WANG)
    turn("2026-03-10 12:05")
    await village.says(WANG, "退订")
    assert await desk.corrects(text, meant.intent, **meant.slots) == []
    [said] = [said for name, why, said in await tasks(village) if (name, why) == ("王桂香", "changed")]
    assert "10" in said or "香菇分拣" in said


@pytest.mark.parametrize("meant", ["RESUB", "UNSUB"])
async def test_an_old_text_is_not_the_newest_word_of_texts(village: Village, desk: Desk, meant: str) -> None:
    turn("2026-03-10 12:00")
    await pushed(village)
    await village.says(WANG, ODD)
    text = await desk.newest(WANG)
    turn("2026-03-10 13:00")
    await village.says(WANG, "退订")
    if meant == "UNSUB":
        await village.says(WANG, "恢复")
    before = await _word(village)
    with pytest.raises(Refused, match="newer word"):
        await desk.corrects(text, meant)
    assert await _word(village) == before


async def test_a_word_that_staff_read_is_logged_as_theirs(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    await village.neighbour("王桂香", WANG)
    await village.says(WANG, ODD)
    text = await desk.newest(WANG)
    for minute, meant in enumerate(("UNSUB", "SMALLTALK", "UNSUB", "RESUB"), start=1):
        turn(f"2026-03-10 12:0{minute}")
        await desk.corrects(text, meant)
    async with village.database.reading() as db:
        log = list(await db.scalars(select(ConsentRecord).order_by(ConsentRecord.id)))
    assert {(one.source, one.officer_id) for one in log} == {(consent.CORRECTED, village.boss.id)}
    assert await _word(village) == consent.Word.AGREED


async def test_a_stop_that_is_told_twice_is_one_stop(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.says(WANG, "退订", id="x1")
    turn("2026-03-10 12:01")
    await village.says(WANG, "退订", id="x1")
    await village.says(WANG, "【某某银行】您的验证码是123456,请勿告诉他人")
    assert (await desk.newest(WANG)).intent == "IGNORE"
    with pytest.raises(Refused, match="said stop"):
        await desk.answers(WANG, "您好")


async def test_what_leaves_in_the_morning_says_the_day_of_the_morning(village: Village, desk: Desk) -> None:
    turn("2026-03-10 19:00")
    await pushed(village, starts_at=moment("2026-03-11 14:00"))
    await village.says(WANG, ODD)
    text = await desk.newest(WANG)
    turn("2026-03-10 22:00")
    async with village.database.reading() as db:
        ready = await sentences.ready(db, await conversations.load(db, text.id, village.boss))
    assert "今天下午2点" in ready["when"]
    [told] = await desk.corrects(text, "SIGNUP", job="10")
    assert "明天" not in told
    [*_older, message] = await messages(village, WANG)
    assert (message.next_at, message.expires_at) == (moment("2026-03-11 08:00"), moment("2026-03-12 00:00"))
    answer = await desk.answers(WANG, "带个水杯就行")
    assert answer.expires_at == moment("2026-03-12 00:00")
    turn("2026-03-11 08:01")
    await drain(village)
    assert (await messages(village, WANG))[-2].status != outbox.Status.WITHDRAWN


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_of_two_officers_one_puts_it_right(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    job = await pushed(village)
    await village.says(WANG, ODD)
    text = await desk.newest(WANG)

    async def press(key: str, by: Officer) -> None:
        async with village.database.session() as db:
            mine = await db.get_one(Inbound, text.id)
            choice = await corrections.chosen(db, mine, by, key)
            await asyncio.sleep(0.2)
            await corrections.correct(db, mine, choice, by=by)

    done = await asyncio.gather(press("SIGNUP|job=10", village.boss), press("UNSUB", village.second),
                                return_exceptions=True)
    assert [type(one) for one in done if one] == [Refused]
    assert (await village.places(job) == []) is (await _word(village) == consent.Word.STOPPED)


async def test_a_page_that_is_out_of_date_puts_nothing_right(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    job = await pushed(village)
    await village.says(WANG, ODD)
    text = await desk.newest(WANG)
    seen = corrections.state_of(text)
    await desk.corrects(text, "SIGNUP", job="10")
    async with village.database.session() as db:
        with pytest.raises(Refused, match="not possible any more"):
            await corrections.correct(db, await db.get_one(Inbound, text.id), Choice("DECLINE"), by=village.boss,
                                      seen=seen)
    assert await village.places(job) == [("王桂香", "taken")]


@pytest.mark.parametrize("engine", ["postgresql"])
@pytest.mark.parametrize("deed", ["handled", "call"])
async def test_two_deeds_at_once_wait_for_each_other(village: Village, desk: Desk, deed: str,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    turn("2026-03-10 12:00")
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.says(WANG, ASKS)
    await village.says(WANG, "我想问一下要带啥子不?")
    text, tell = await desk.newest(WANG), corrections._tell

    async def slowly(*args: object, **facts: object) -> None:
        await asyncio.sleep(0.3)
        await tell(*args, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr(corrections, "_tell", slowly)

    async def other() -> None:
        await asyncio.sleep(0.1)
        async with village.database.session() as db:
            one = await conversations.load(db, text.id, village.second)
            await (conversations.handled if deed == "handled" else replies.to_call)(db, one, by=village.second)

    await asyncio.gather(_corrects(village, text, Choice("SMALLTALK"), by=village.boss), other())
    assert (await desk.newest(WANG)).handled_by_id == village.boss.id
    assert await desk.waiting() == 0


async def test_a_number_that_came_back_is_not_what_was_meant(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    old = await pushed(village)
    await village.says(WANG, ODD)
    text = await desk.newest(WANG)
    async with village.database.session() as db:
        await jobs.close(db, await db.get_one(Job, old.id), by=village.boss)
    turn("2026-04-20 12:00")
    new = await village.job("打包")
    assert new.number == old.number
    assert not any("job=10" in key for key in await desk.choices(WANG))
    with pytest.raises(Refused, match="not possible any more"):
        await desk.corrects(text, "SIGNUP", job="10")
    assert await village.places(new) == []


async def test_deeds_that_were_not_written_down_are_not_taken_back(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    job = await pushed(village)
    await village.says(WANG, "10")
    text = await desk.newest(WANG)
    async with village.database.session() as db:
        await remember(db, corrections.BEFORE_DESK, str(text.id))
        await db.execute(update(Inbound).values(did={}))
    assert await desk.choices(WANG) == []
    with pytest.raises(Refused, match="by hand"):
        await desk.corrects(text, "DECLINE")
    assert await village.places(job) == [("王桂香", "taken")]
    await village.says(WANG, ODD)
    assert await desk.choices(WANG) != []


async def test_what_was_given_back_already_is_not_said_to_be_undone(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    await pushed(village)
    await village.says(WANG, "10")
    text = await desk.newest(WANG)
    clock.turn(clock.now() + timedelta(minutes=1))
    await village.says(WANG, "取消10")
    await desk.corrects(text, "QUESTION")
    [audited] = await desk.audited("correct")
    assert audited.detail["undone"] == []
    assert await last(village, WANG)
