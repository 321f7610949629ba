"""A text that was misread: its deeds are taken back, quietly, and the writer is told in one sentence."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.calls.calls import Call
from app.errors import Refused
from app.listings import signups
from app.listings.signups import SignupChange
from app.residents.residents import Resident
from app.sms import answers, consent
from app.sms.arrivals import Inbound
from app.sms.consent import ConsentRecord, Word
from app.sms.reading import Reading
from app.staff.audit import Audit
from tests.stories.acts import LI, STRANGER, WANG, moment, needed, signs_up, tasks, turn
from tests.village import Village

Meant = Callable[[Reading], None]


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _undo(village: Village) -> list[str]:
    """The deeds of the newest text are taken back; returns what its writer is to be told."""
    async with village.database.session() as db:
        text = await db.scalar(select(Inbound).order_by(Inbound.id.desc()).limit(1))
        assert text
        return await answers.undo(db, text.did, by=village.second)


async def _audited(village: Village) -> list[str]:
    async with village.database.reading() as db:
        return list(await db.scalars(select(Audit.verb).where(Audit.officer_id == village.second.id)
                                     .order_by(Audit.id)))


async def test_a_place_goes_back_and_the_next_who_waits_is_told(village: Village) -> None:
    job = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    for name, phone in (("王秀兰", WANG), ("李建国", LI)):
        await village.neighbour(name, phone)
    await village.says(WANG, "10")
    async with village.database.session() as db:
        await signups.sign_up(db, job, await db.get_one(Resident, 2), via=signups.Via.PAGE)
    assert await _undo(village) == ["10号香菇分拣没给您报名,想去回编号。"]
    assert await village.places(job) == [("王秀兰", "cancelled"), ("李建国", "taken")]
    assert len(await village.texts(WANG)) == 1  # what is told is for the caller to send
    assert (await village.texts(LI))[-1].startswith("【青龙泉就业站】有空位了!")
    assert await _audited(village) == ["take_off"]
    async with village.database.reading() as db:
        change = await db.scalar(select(SignupChange).where(SignupChange.officer_id == village.second.id))
        assert change
        assert (change.place, change.via) == ("cancelled", "staff")


async def test_several_places_go_back_in_one_sentence(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    jobs = [await village.job(starts_at=moment(f"2026-03-1{day} 14:00")) for day in (1, 2)]
    await village.says(WANG, "报名10和11")
    assert await _undo(village) == ["10号、11号没给您报名,想去回编号。"]
    assert [await village.places(job) for job in jobs] == [[("王秀兰", "cancelled")]] * 2


async def test_what_the_person_gave_back_since_stays_so(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.says(WANG, "10")
    async with village.database.session() as db:
        [place] = await signups.on(db, job)
        await signups.cancel(db, place, via=signups.Via.PAGE)
    assert await _undo(village) == []


async def test_a_place_given_up_is_given_again_or_else_a_turn_in_the_line(village: Village) -> None:
    job = await village.job(places=1, starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG))
    await village.says(WANG, "取消10")
    assert await _undo(village) == ["10号香菇分拣还给您报着。"]
    assert await village.places(job) == [("王秀兰", "cancelled"), ("王秀兰", "taken")]
    await signs_up(village, job, await village.neighbour("李建国", LI))
    await village.says(WANG, "取消10", id="again")
    assert await _undo(village) == ["10号香菇分拣满了,给您排第1位。"]
    assert [place for _name, place in await village.places(job)] == ["cancelled", "cancelled", "taken", "waiting"]
    assert await _audited(village) == ["sign_up", "sign_up"]
    assert len(await village.texts(WANG)) == 2


@pytest.mark.parametrize("since", [["报名10", "取消10"], ["取消10"], ["取消"]])
async def test_whoever_gave_it_up_again_since_is_not_signed_up(village: Village, since: list[str]) -> None:
    """Also where there was nothing left to give up: what the person said last is that they will not come."""
    await village.neighbour("王秀兰", WANG)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    for minute, said in enumerate(("10", "取消10", *since)):
        turn(f"2026-03-10 12:0{minute}")
        await village.says(WANG, said)
    async with village.database.reading() as db:
        second = (await db.scalars(select(Inbound).order_by(Inbound.id))).all()[1]
    before = await village.places(job)
    with pytest.raises(Refused, match="once more since"):
        async with village.database.session() as db:
            await answers.undo(db, second.did, by=village.second)
    assert await village.places(job) == before


async def test_a_later_no_to_something_else_leaves_the_place_to_be_given_again(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    jobs = [await village.job(starts_at=moment(f"2026-03-1{day} 14:00")) for day in (1, 2)]
    for said in ("报名10和11", "取消10"):
        await village.says(WANG, said)
    async with village.database.reading() as db:
        [_first, second] = await db.scalars(select(Inbound).order_by(Inbound.id))
    await village.says(WANG, "取消")
    async with village.database.session() as db:
        assert await answers.undo(db, second.did, by=village.second) == ["10号香菇分拣还给您报着。"]
    assert [(await village.places(job))[-1] for job in jobs] == [("王秀兰", "taken"), ("王秀兰", "cancelled")]


async def test_whoever_has_moved_away_is_not_signed_up_again(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    for said in ("10", "取消10"):
        await village.says(WANG, said)
    async with village.database.session() as db:
        (await db.get_one(Resident, wang.id)).left_at = moment("2026-03-10 13:00")
    with pytest.raises(Refused, match="moved away"):
        await _undo(village)
    assert await village.places(job) == [("王秀兰", "cancelled")]


@pytest.mark.parametrize("said", ["10", "取消10"])
async def test_once_it_has_started_nothing_is_changed(village: Village, said: str) -> None:
    job = await village.job(starts_at=moment("2026-03-10 14:00"))
    wang = await village.neighbour("王秀兰", WANG)
    if said != "10":
        await signs_up(village, job, wang)
    await village.says(WANG, said)
    before = await village.places(job)
    turn("2026-03-10 14:01")
    with pytest.raises(Refused, match="has started already"):
        await _undo(village)
    assert await village.places(job) == before
    assert await _audited(village) == []


async def test_an_exchange_is_taken_back_as_a_whole(village: Village, meant: Meant) -> None:
    old = await village.job(starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, old, await village.neighbour("王秀兰", WANG))
    new = await village.job("织袜", starts_at=moment("2026-03-11 15:00"))
    parts = (Reading("CANCEL", {"job": "10"}), Reading("SIGNUP", {"job": "11"}))
    meant(Reading("CANCEL+SIGNUP", {"job": "11"}, "by_hand", 1.0, parts))
    await village.says(WANG, "换成11号")
    assert await _undo(village) == ["11号织袜没给您报名,想去回编号。", "10号香菇分拣还给您报着。"]
    assert (await village.places(old))[-1] == ("王秀兰", "taken")
    assert await village.places(new) == [("王秀兰", "cancelled")]


@pytest.mark.parametrize(("agreed", "told", "after"), [
    (True, ["找活短信照常发给您。不想收了,请回TD。"], Word.AGREED), (False, [], None)])
async def test_a_stop_that_was_none(village: Village, agreed: bool, told: list[str], after: Word | None) -> None:
    """Whoever had agreed has agreed; whoever had not, has not."""
    await village.neighbour("王秀兰", WANG, agreed=agreed)
    await village.says(WANG, "TD")
    assert await _undo(village) == told
    async with village.database.reading() as db:
        assert await consent.word(db, "+86" + WANG) == after
        records = list(await db.scalars(select(ConsentRecord).order_by(ConsentRecord.id)))
    assert [one.word for one in records][-2:] == [Word.STOPPED, after or Word.UNSAID]
    assert (records[-1].source, records[-1].officer_id) == ("corrected", village.second.id)
    assert await _audited(village) == ["take_back_stopped"]


async def test_a_stop_that_was_said_again_since_stays(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.says(WANG, "恢复")  # nothing new, so nothing to take back
    assert await _undo(village) == []
    await village.says(WANG, "TD")
    async with village.database.session() as db:
        await consent.give(db, "+86" + WANG, source="form")
    assert await _undo(village) == []
    async with village.database.reading() as db:
        assert await consent.word(db, "+86" + WANG) == Word.AGREED


@pytest.mark.parametrize("source", ["text", "office"])
async def test_a_stop_outlives_the_undoing_of_an_earlier_one(village: Village, source: str) -> None:
    """The first was misread; the second, in the person's own words or entered by staff, holds."""
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.says(WANG, "莫发了")
    async with village.database.reading() as db:
        [first] = await db.scalars(select(Inbound))
    if source == "text":
        await village.says(WANG, "退订")
    else:
        async with village.database.session() as db:
            await consent.withdraw(db, "+86" + WANG, source=source, by=village.boss)
    async with village.database.session() as db:
        assert await answers.undo(db, first.did, by=village.second) == []
    async with village.database.reading() as db:
        assert await consent.stopped(db, "+86" + WANG)
    assert await _audited(village) == []


async def test_coming_back_that_was_not_meant(village: Village) -> None:
    await village.says(STRANGER, "TD")
    await village.says(STRANGER, "恢复")
    assert await _undo(village) == ['找活短信还是不发给您。想再收,请回"恢复"。']
    async with village.database.reading() as db:
        assert await consent.stopped(db, "+86" + STRANGER)


async def test_the_right_person_after_all(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    await village.says(WANG, "你打错了")
    assert await _undo(village) == ["有合适的活还发短信到这个号码。"]
    async with village.database.reading() as db:
        assert (await db.get_one(Resident, wang.id)).wrong_phone_at is None
        [call] = await db.scalars(select(Call))
    assert (call.result, call.done_by_id) == ("短信看错了意思", village.second.id)
    assert await _audited(village) == ["call_done", "unmark_wrong_phone"]


async def test_the_wrong_person_said_so_again(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    await village.says(WANG, "你打错了")
    async with village.database.reading() as db:
        [first] = await db.scalars(select(Inbound))
    turn("2026-03-10 12:05")
    await village.says(WANG, "我不是王秀兰,你们打错了")
    async with village.database.session() as db:
        assert await answers.undo(db, first.did, by=village.second) == []
    async with village.database.reading() as db:
        assert (await db.get_one(Resident, wang.id)).wrong_phone_at is not None


async def test_a_birth_date_that_was_none(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, None)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.says(WANG, "10")
    await village.says(WANG, "19680312")
    assert await _undo(village) == ["10号香菇分拣没给您报名,想去回编号。", "您的出生日期没记。"]
    assert await village.places(job) == [("王秀兰", "cancelled")]
    async with village.database.reading() as db:
        assert (await db.get_one(Resident, wang.id)).born_on is None


async def test_a_call_that_holds_the_words_of_other_texts_stays(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    for said in ("能带孙子去吗", "要带身份证吗"):
        await village.says(WANG, said)
    assert await _undo(village) == []
    async with village.database.reading() as db:
        assert [call.done_at for call in await db.scalars(select(Call))] == [None]
    await village.says(WANG, "电话")
    assert await _undo(village) == []
    async with village.database.reading() as db:
        assert [bool(call.done_at) for call in await db.scalars(select(Call).order_by(Call.id))] == [False, True]


async def test_a_call_that_another_text_joined_since_stays(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    await village.says(WANG, "能带孙子去吗")
    async with village.database.reading() as db:
        [first] = await db.scalars(select(Inbound))
    await village.says(WANG, "要带身份证吗")
    async with village.database.session() as db:
        assert await answers.undo(db, first.did, by=village.second) == []
    async with village.database.reading() as db:
        assert [call.done_at for call in await db.scalars(select(Call))] == [None]


async def test_a_call_of_somebody_else_stays(village: Village) -> None:
    """A task that was undone with its deed may leave its id to the next one; as many words say nothing."""
    await village.neighbour("王秀兰", WANG)
    await village.says(WANG, "能带孙子去吗")
    async with village.database.session() as db:
        [call] = await db.scalars(select(Call))
        call.phone = "+86" + LI
    assert await _undo(village) == []
    async with village.database.session() as db:
        [call] = await db.scalars(select(Call))
        assert call.done_at is None
        call.phone, call.said = "+86" + WANG, "能带孙女去吗"
    assert await _undo(village) == []
    async with village.database.reading() as db:
        assert [call.done_at for call in await db.scalars(select(Call))] == [None]


async def test_an_open_complaint_holds_back_pushes_until_it_is_dealt_with(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.says(WANG, "上次的工钱还没给,我要投诉")
    assert [why for _who, why, _said in await tasks(village)] == ["complaint"]
    with pytest.raises(Refused, match="nobody to tell"):
        await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))
    await _undo(village)
    assert (await village.push(await village.job("织袜", starts_at=moment("2026-03-12 14:00")))).texts == 1


@pytest.mark.parametrize(("said", "needs"), [
    ("老李晕倒了", "urgent"), ("我要投诉", "complaint"), ("你打错了", "complaint"), ("能带孙子去吗", "question"),
    ("嘎嘎嘎", "not_understood"), ("电话", "told"), ("我的积分", "told"), ("岗位", ""), ("帮助", ""), ("TD", "")])
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_staff_should_look_at_what_a_person_has_to_deal_with(village: Village, said: str, needs: str) -> None:
    await village.neighbour("王秀兰", WANG)
    await village.says(WANG, said)
    assert await needed(village) == [needs]


async def test_not_understood_needs_staff_the_first_time_and_the_second(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    for said in ("嘎嘎嘎", "咕咕咕"):
        await village.says(WANG, said)
    assert await needed(village) == ["not_understood", "not_understood"]


async def test_an_unknown_phone_that_wants_a_place_needs_staff(village: Village) -> None:
    await village.job()
    await village.says(STRANGER, "10")
    assert await needed(village) == ["told"]


async def test_a_question_answered_from_the_listing_needs_nobody(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))
    await village.says(WANG, "几点集合?")
    assert await needed(village) == [""]


async def test_what_staff_chose_is_done_without_asking_the_writer_again(village: Village, meant: Meant) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    meant(Reading("SIGNUP", {"job": "10"}, answers.BY_STAFF))
    assert (await village.says(WANG, "李桂香报名"))[0].startswith("已给您报上10号")
    assert await village.places(job) == [("王秀兰", "taken")]


async def test_a_number_that_says_what_to_give_up_is_kept_as_that(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    for day in (1, 2):
        await village.job(starts_at=moment(f"2026-03-1{day} 14:00"))
    for said in ("报名10和11", "取消", "11"):
        await village.says(WANG, said)
    async with village.database.reading() as db:
        [_both, asked, number] = await db.scalars(select(Inbound).order_by(Inbound.id))
    assert (asked.intent, number.intent, number.slots) == ("CANCEL", "CANCEL", {"job": "11"})
    assert await _undo(village) == ["11号香菇分拣还给您报着。"]
