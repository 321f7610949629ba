"""Putting right how a text was read: what it did is undone, what was meant is done, and its writer is told."""

from datetime import date, timedelta

import pytest

from app import clock
from app.errors import Refused
from app.jobs.jobs import Job
from app.sms import consent
from tests.desk.conftest import Desk
from tests.stories.acts import LI, WANG, last, messages, moment, tasks, turn
from tests.village import Village

SORRY = "刚才没看懂您的意思"


async def _pushed(village: Village, *, places: int = 1) -> Job:
    """A job with few places that Wang and Li were told of."""
    job = await village.job(places=places)
    for name, phone in (("王桂香", WANG), ("李大山", LI)):
        await village.neighbour(name, phone, agreed=True)
    await village.push(job, approved_by=village.second)
    return job


async def test_a_sign_up_that_was_a_question_gives_the_place_to_the_next(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    job = await _pushed(village)
    await village.says(WANG, "10")
    await village.says(LI, "10")
    assert await village.places(job) == [("王桂香", "taken"), ("李大山", "waiting")]
    told = await desk.corrects(await desk.newest(WANG), "QUESTION")
    assert await village.places(job) == [("王桂香", "cancelled"), ("李大山", "taken")]
    assert (await last(village, LI)).startswith("有空位了")
    assert told[0].startswith(SORRY)
    assert "工作人员会打电话" in told[-1]
    assert sum(SORRY in one for one in told) == 1
    assert len(told) <= 2
    assert ("王桂香", "question", "10") in await tasks(village)


async def test_a_question_that_was_a_sign_up_gets_the_place(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    job = await _pushed(village)
    await village.says(WANG, "那个要带啥子不")
    assert await tasks(village) != []
    told = await desk.corrects(await desk.newest(WANG), "SIGNUP", job="10")
    assert await village.places(job) == [("王桂香", "taken")]
    assert "10号" in told[-1]
    assert await desk.waiting() == 0
    text = await desk.newest(WANG)
    assert (text.intent, text.slots, text.rule) == ("SIGNUP", {"job": "10"}, "corrected")
    [audited] = await desk.audited("correct")
    assert (audited.detail["was"], audited.detail["now"]) == ("QUESTION", "SIGNUP")
    assert WANG not in str(audited.detail)


async def test_what_was_no_stop_lets_texts_go_again(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    await _pushed(village)
    await village.says(WANG, "莫发了")
    text = await desk.newest(WANG)
    assert text.intent == "UNSUB"
    told = await desk.corrects(text, "DECLINE")
    async with village.database.reading() as db:
        assert await consent.word(db, "+86" + WANG) == consent.Word.AGREED
    assert len(told) >= 1


async def test_what_was_a_stop_after_all_is_one(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    job = await _pushed(village)
    await village.says(WANG, "10")
    told = await desk.corrects(await desk.newest(WANG), "UNSUB")
    assert await village.places(job) == [("王桂香", "cancelled")]
    assert "停发" in told[-1]
    async with village.database.reading() as db:
        assert await consent.stopped(db, "+86" + WANG)


async def test_it_can_be_put_right_twice(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    job = await _pushed(village)
    await village.says(WANG, "10")
    text = await desk.newest(WANG)
    await desk.corrects(text, "DECLINE")
    await desk.corrects(text, "SIGNUP", job="10")
    assert await village.places(job) == [("王桂香", "cancelled"), ("王桂香", "taken")]
    with pytest.raises(Refused, match="like that already"):
        await desk.corrects(text, "SIGNUP", job="10")
    assert len(await desk.audited("correct")) == 2


async def test_what_cannot_be_done_changes_nothing(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    job = await village.job()
    heavy = await village.job("搬运", hours=50, demands=["heavy"])
    await village.neighbour("王小明", WANG, agreed=True, born_on=date(2008, 6, 1))
    await village.push(job)
    await village.says(WANG, "10")
    text, before = await desk.newest(WANG), await village.texts(WANG)
    assert text.did
    with pytest.raises(Refused):
        await desk.corrects(text, "SIGNUP", job=str(heavy.number))
    now = await desk.newest(WANG)
    assert (now.intent, now.slots, now.did) == (text.intent, text.slots, text.did)
    assert await village.places(job) == [("王小明", "taken")]
    assert await village.texts(WANG) == before
    assert await desk.audited("correct") == []


async def test_a_place_on_what_has_started_is_not_taken_back(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    job = await _pushed(village)
    await village.says(WANG, "10")
    clock.turn(job.starts_at + timedelta(minutes=5))
    with pytest.raises(Refused):
        await desk.corrects(await desk.newest(WANG), "QUESTION")
    assert await village.places(job) == [("王桂香", "taken")]


async def test_whoever_said_stop_since_is_told_nothing(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    job = await _pushed(village)
    await village.says(WANG, "10")
    text = await desk.newest(WANG)
    turn("2026-03-10 12:05")
    await village.says(WANG, "退订")
    assert await desk.corrects(text, "QUESTION") == []
    assert ("王桂香", "taken") not in await village.places(job)


async def test_at_night_it_is_told_in_the_morning(village: Village, desk: Desk) -> None:
    turn("2026-03-10 19:00")
    await _pushed(village)
    await village.says(WANG, "10")
    turn("2026-03-10 22:00")
    await desk.corrects(await desk.newest(WANG), "DECLINE")
    assert (await messages(village, WANG))[-1].next_at == moment("2026-03-11 08:00")


async def test_numbers_in_the_words_and_places_that_are_held_are_offered(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    await _pushed(village)
    await village.job("打包", hours=80)
    await village.says(LI, "10")
    await village.says(LI, "那个11号的事咋搞的哦,还有98号")
    keys = await desk.choices(LI)
    assert "SIGNUP|job=11" in keys
    assert "CANCEL|job=10" in keys
    assert not any("98" in key for key in keys)


async def test_what_the_text_did_itself_is_no_choice(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    await _pushed(village)
    await village.says(WANG, "10")
    keys = await desk.choices(WANG)
    assert keys[0] == "QUESTION"
    assert not any("job=10" in key for key in keys)


async def test_on_a_shared_phone_each_choice_names_the_person(village: Village, desk: Desk) -> None:
    turn("2026-03-10 12:00")
    job = await village.job()
    await village.neighbour("张秀兰", WANG, agreed=True)
    await village.neighbour("李建国", WANG, agreed=True)
    await village.push(job, approved_by=village.second)
    await village.says(WANG, "我看看再说咯")
    keys = await desk.choices(WANG)
    assert "SIGNUP|job=10|who=张秀兰" in keys
    assert "SIGNUP|job=10|who=李建国" in keys
    await desk.corrects(await desk.newest(WANG), "SIGNUP", job="10", who="李建国")
    assert await village.places(job) == [("李建国", "taken")]
