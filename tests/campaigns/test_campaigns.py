"""From a draft to texts: who gets what, who approves, what holds it back; the same on both engines."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app import clock
from app.audience.filters import Filter
from app.campaigns import campaigns, filling, plan, rows, sending
from app.campaigns.campaigns import Campaign, Kind
from app.db import Database
from app.errors import Refused, TemporarilyAway
from app.jobs import pushes
from app.residents.residents import Resident
from app.settings import Settings
from app.sms import batches, consent
from app.sms.batches import Batch, Reason, Recipient, State
from app.sms.outbox import Message, Status
from app.staff import accounts
from app.staff.accounts import Role
from tests.campaigns.acts import approved, counted, does, drafted, filled, handed_in, texts_of
from tests.conftest import PLAIN
from tests.stories.acts import LI, WANG, ZHAO, batch_now, drain, moment, turn
from tests.village import SIGNATURE, Village, settle

RARE = "14200000007"


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, approval_above=3)


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


@pytest.fixture
async def three(village: Village) -> Village:
    for name, phone in (("王秀兰", WANG), ("李建国", LI), ("赵大妈", ZHAO)):
        await village.neighbour(name, phone, agreed=True)
    return village


@pytest.fixture
async def many(three: Village) -> Village:
    """More than may be sent without a second officer."""
    for number in range(1, 8):
        await three.neighbour(f"孙{number}", f"1420000010{number}", agreed=True)
    return three


async def test_everybody_gets_the_text_with_their_own_name(three: Village) -> None:
    await three.neighbour("周一")
    batch = await handed_in(three, await drafted(three))
    assert (batch.state, batch.texts, batch.people, batch.left_out) == (State.QUEUED, 3, 3, {"no_phone": 1})
    told = await texts_of(three, batch)
    assert [text.body for text in told] == [
        f"{SIGNATURE}{name}您好,节后想干活吗?回1想外出 2想就近 3暂不" for name in ("王秀兰", "李建国", "赵大妈")]
    assert {(text.asks, text.segments, text.status) for text in told} == {("survey", 1, Status.QUEUED)}
    await drain(three)
    assert await counted(three, batch) == {Status.ACCEPTED: 3}


async def test_a_shared_phone_gets_one_text_with_both_names(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    li = await village.neighbour("李建国", WANG)
    batch = await handed_in(village, await drafted(village))
    [text] = await texts_of(village, batch)
    assert (batch.texts, batch.people) == (1, 2)
    assert text.body.startswith(f"{SIGNATURE}王秀兰、李建国您好")
    assert text.addressed == [wang.id, li.id]
    async with village.database.reading() as db:
        assert await pushes.why(db, li.id, batch.id) == ["“春季调查”是发给您这样的居民的。", "您同意收本站的短信。"]


async def test_segments_are_exact_also_for_rare_names(village: Village) -> None:
    text = "{姓名}" + "字" * 59  # with the signature of 8 and three characters: 70 units, or 71 where one counts twice
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.neighbour("李\U00020bb7国", LI, agreed=True)
    batch = await handed_in(village, await drafted(village, text))
    assert [text.segments for text in await texts_of(village, batch)] == [1, 2]
    assert (batch.segments, batch.price_fen) == (3, 15)


async def test_the_facts_of_the_listing_stand_in_it(three: Village) -> None:
    job = await three.job(starts_at=moment("2026-03-11 14:00"))
    words = "{姓名}:{编号}号{活},{时间}{地点},{工钱}。问{电话}"
    batch = await handed_in(three, await drafted(three, words, kind=Kind.NOTICE, listing_id=job.id))
    text = (await texts_of(three, batch))[0]
    assert text.body == f"{SIGNATURE}王秀兰:10号香菇分拣,明天下午2点2号厂房,80元/天。问0719-7221234"
    assert (text.asks, text.listing_id) == ("push:10", job.id)
    assert text.expires_at == moment("2026-03-11 00:00")  # it says "tomorrow"


async def test_somebody_without_a_building_is_not_told_theirs(three: Village) -> None:
    await three.neighbour("周一", "14200000005", agreed=True, area_id=three.area.id)
    batch = await handed_in(three, await drafted(three, "{楼栋}的{name}:明天停水"))
    assert (batch.texts, batch.left_out) == (3, {"no_building": 1})
    assert (await texts_of(three, batch))[0].body == f"{SIGNATURE}1栋的王秀兰:明天停水"


@pytest.mark.parametrize(("text", "why"), [
    ("", "write the text"), ("{生日}快乐", "no placeholder"), ("{编号}号来人", "needs a job"),
    ("好消息★", "Carriers refuse"), ("【别的站】好", "Carriers refuse"),
    ("好\U0001f600", "rare characters"), ("{姓名", "stands alone"),
    ("字" * 700, "segments")])
async def test_what_cannot_be_sent_is_refused(three: Village, text: str, why: str) -> None:
    campaign = await drafted(three, text)
    with pytest.raises(Refused, match=why):
        await handed_in(three, campaign)


async def test_nobody_to_tell_is_refused(village: Village) -> None:
    await village.neighbour("王秀兰", WANG)
    with pytest.raises(Refused, match="nobody to tell"):
        await handed_in(village, await drafted(village))


async def test_pressed_twice_it_is_sent_once(three: Village) -> None:
    campaign = await drafted(three)
    second = Database(three.database.settings)

    async def press(database: Database) -> int:
        async with database.session() as db:
            return (await sending.hand_in(db, await db.get_one(Campaign, campaign.id), by=three.boss)).id

    try:
        assert len(set(await asyncio.gather(press(three.database), press(second)))) == 1
    finally:
        await second.close()
    async with three.database.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Message)) == 3


async def test_the_same_text_within_a_day_asks_first(three: Village) -> None:
    await handed_in(three, await drafted(three))
    again = await drafted(three, title="再来")
    with pytest.raises(Refused, match="within the last day"):
        await handed_in(three, again)
    assert (await handed_in(three, again, sure=True)).texts == 3


async def test_what_was_handed_in_does_not_change(three: Village) -> None:
    campaign = await drafted(three)
    await handed_in(three, campaign)
    async with three.database.session() as db:
        with pytest.raises(Refused, match="does not change"):
            await campaigns.change(db, await db.get_one(Campaign, campaign.id), by=three.boss, text="别的")
    async with three.database.session() as db:
        copy = await campaigns.again(db, await db.get_one(Campaign, campaign.id), by=three.second)
        assert (copy.text, copy.batch_id, copy.author_id) == (campaign.text, None, three.second.id)


async def test_many_wait_for_a_second_officer(many: Village) -> None:
    campaign = await drafted(many)
    batch = await handed_in(many, campaign)
    assert (batch.state, batch.texts) == (State.AWAITING_APPROVAL, 10)
    assert await texts_of(many, batch) == []
    with pytest.raises(Refused, match="second officer"):
        await approved(many, campaign, by=many.boss)
    await approved(many, campaign)
    now = await batch_now(many, batch)
    assert (now.state, now.approved_by_id, now.filling) == (State.QUEUED, many.second.id, "")
    await drain(many)
    assert await counted(many, batch) == {Status.ACCEPTED: 10}


@pytest.mark.parametrize("what", ["text", "filter", "recipient"])
async def test_an_approval_is_for_what_was_handed_in(many: Village, what: str) -> None:
    campaign = await drafted(many)
    batch = await handed_in(many, campaign)
    async with many.database.session() as db:
        if what == "recipient":
            await db.execute(update(Recipient).where(Recipient.phone == "+86" + WANG).values(segments=9))
        else:
            await db.execute(update(Campaign).values({"text": "{姓名}中奖了"} if what == "text"
                                                     else {"filter": Filter(age_from=16).to_json()}))
    with pytest.raises(Refused, match="not what was handed in"):
        await approved(many, campaign)
    assert await texts_of(many, batch) == []


async def test_another_communitys_officer_and_a_clerk_cannot_approve(many: Village) -> None:
    other = await settle(many.database, "other", "柳陂社区")
    async with many.database.session() as db:
        clerk, _password = await accounts.add(db, "clerk", role=Role.CLERK, area=many.area, password="not-a-secret")
        head, _password = await accounts.add(db, "head", role=Role.HEAD, area=many.area, password="not-a-secret")
    campaign = await drafted(many)
    await handed_in(many, campaign)
    with pytest.raises(Refused, match="role"):
        await approved(many, campaign, by=clerk)
    with pytest.raises(Refused, match="outside your area"):
        await approved(many, campaign, by=other.second)
    with pytest.raises(Refused, match="role"):
        await drafted(many, by=head)


async def test_who_said_stop_or_moved_away_while_it_waited_is_counted_but_not_told(many: Village) -> None:
    campaign = await drafted(many)
    batch = await handed_in(many, campaign)
    async with many.database.session() as db:
        await consent.withdraw(db, "+86" + WANG, source="text")
        await db.execute(update(Resident).where(Resident.phone == "+86" + LI).values(left_at=clock.now()))
        await db.execute(update(Resident).where(Resident.phone == "+86" + ZHAO).values(wrong_phone_at=clock.now()))
    await approved(many, campaign)
    told = await texts_of(many, batch)
    assert [(text.status, text.reason) for text in told[:3]] == [
        (Status.WITHDRAWN, "stopped"), (Status.WITHDRAWN, "gone"), (Status.WITHDRAWN, "gone")]
    await drain(many)
    assert await counted(many, batch) == {Status.WITHDRAWN: 3, Status.ACCEPTED: 7}


async def test_two_campaigns_and_no_more_a_day(three: Village) -> None:
    for number in range(2):
        assert (await handed_in(three, await drafted(three, f"通知{number}"))).texts == 3
    with pytest.raises(Refused, match="nobody to tell"):
        await handed_in(three, await drafted(three, "通知3"))


async def test_slices_with_the_same_words_count_together_for_the_approval(many: Village) -> None:
    async with many.database.reading() as db:
        ids = list(await db.scalars(select(Resident.id).order_by(Resident.id)))
    first = await handed_in(many, await drafted(many, chosen=Filter(people=tuple(ids[:3]))))
    assert first.state == State.QUEUED
    await does(many, batches.pause, first)
    second = await handed_in(many, await drafted(many, chosen=Filter(people=tuple(ids[3:5]))), sure=True)
    assert second.state == State.AWAITING_APPROVAL


async def test_at_night_it_waits_for_the_morning(three: Village) -> None:
    turn("2026-03-10 21:00")
    batch = await handed_in(three, await drafted(three))
    assert batch.state == State.HELD
    assert {text.next_at for text in await texts_of(three, batch)} == {moment("2026-03-11 08:00")}
    await does(three, batches.pause, batch)
    turn("2026-03-11 08:01")
    await drain(three)
    assert await counted(three, batch) == {Status.QUEUED: 3}
    await does(three, batches.resume, batch)
    await drain(three)
    assert await counted(three, batch) == {Status.ACCEPTED: 3}


async def test_a_tomorrow_that_has_become_today_is_not_approved(many: Village) -> None:
    job = await many.job(starts_at=moment("2026-03-12 14:00"))
    campaign = await drafted(many, "{时间}有活", kind=Kind.NOTICE, listing_id=job.id)
    await handed_in(many, campaign)
    turn("2026-03-11 09:00")
    with pytest.raises(Refused, match="not what was handed in"):
        await approved(many, campaign)


async def test_the_preview_shows_the_longest_text_and_the_price(many: Village) -> None:
    await many.neighbour("欧阳秀兰", "14200000009", agreed=True)
    campaign = await drafted(many)
    async with many.database.reading() as db:
        loaded = await db.get_one(Campaign, campaign.id)
        seen = await plan.preview(db, await plan.of(db, loaded))
        assert (await sending.count(db, loaded)).people == 11
    assert (seen.people, seen.texts, seen.segments, seen.price_fen, seen.needs_approval) == (11, 11, 11, 55, True)
    assert (seen.examples[0].name, seen.examples[0].phone) == ("欧**兰", "142****0009")
    assert "欧阳秀兰您好" in seen.examples[0].text
    assert len(seen.examples) == 3


async def test_a_campaign_is_written_down_in_pieces(many: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, size in ((sending, "PIECE", 2), (filling, "PIECE", 3), (filling, "WALKED", 4)):
        monkeypatch.setattr(module, name, size)
    campaign = await drafted(many)
    batch = await handed_in(many, campaign)
    assert (batch.state, batch.filling) == (State.PREPARING, "people")
    async with many.database.session() as db:
        await batches.keep_up(db)
    await filled(many)
    now = await batch_now(many, batch)
    assert (now.state, now.texts, now.people, now.filling) == (State.AWAITING_APPROVAL, 10, 10, "")
    await approved(many, campaign)
    assert ((await batch_now(many, batch)).filling, len(await texts_of(many, batch))) == ("texts", 3)
    await filled(many)
    told = await texts_of(many, batch)
    assert len({text.phone for text in told}) == len(told) == 10
    assert (await batch_now(many, batch)).filling == ""


async def test_stopped_while_it_is_written_down_nobody_more_is_told(many: Village,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, size in ((filling, "PIECE", 4), (batches, "PIECE", 2)):
        monkeypatch.setattr(module, name, size)
    campaign = await drafted(many)
    batch = await handed_in(many, campaign)
    await approved(many, campaign)
    assert await does(many, batches.stop, batch) == 2
    await drain(many)
    assert await counted(many, batch) == {Status.WITHDRAWN: 2, Status.QUEUED: 2}
    await filled(many)
    await drain(many)
    assert await counted(many, batch) == {Status.WITHDRAWN: 10}
    now = await batch_now(many, batch)
    assert (now.state, now.filling) == (State.STOPPED, "")


async def test_pause_resume_and_stop(many: Village) -> None:
    campaign = await drafted(many)
    batch = await handed_in(many, campaign)
    with pytest.raises(Refused, match="nothing to pause"):
        await does(many, batches.pause, batch)
    await approved(many, campaign)
    await does(many, batches.pause, batch)
    other = await handed_in(many, await drafted(many, "只给王秀兰", Filter(people=(1,))))
    await drain(many)
    assert await counted(many, batch) == {Status.QUEUED: 10}
    assert await counted(many, other) == {Status.ACCEPTED: 1}
    with pytest.raises(Refused, match="nothing to pause"):
        await does(many, batches.pause, batch)
    await does(many, batches.resume, batch)
    with pytest.raises(Refused, match="not paused"):
        await does(many, batches.resume, batch)
    await does(many, batches.pause, batch)
    assert await does(many, batches.stop, batch) == 10
    await drain(many)
    assert await counted(many, batch) == {Status.WITHDRAWN: 10}
    with pytest.raises(Refused, match="nothing left to stop"):
        await does(many, batches.stop, batch)


async def test_it_is_finished_when_every_text_has_ended(three: Village) -> None:
    batch = await handed_in(three, await drafted(three))
    async with three.database.session() as db:
        await batches.keep_up(db)
    assert (await batch_now(three, batch)).state == State.QUEUED
    await drain(three)
    async with three.database.session() as db:
        await db.execute(update(Message).values(status=Status.DELIVERED))
        await batches.keep_up(db)
    assert (await batch_now(three, batch)).state == State.FINISHED


async def test_a_listing_that_closes_meanwhile_stops_it(many: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "PIECE", 4)
    job = await many.job(starts_at=clock.now() + timedelta(hours=5))
    campaign = await drafted(many, "{编号}号", kind=Kind.NOTICE, listing_id=job.id)
    batch = await handed_in(many, campaign)
    await approved(many, campaign)
    turn("2026-03-10 18:00")
    await filled(many)
    now: Batch = await batch_now(many, batch)
    assert now.state == State.STOPPED
    assert await counted(many, batch) == {Status.WITHDRAWN: 10}


async def test_a_process_that_dies_in_the_middle_of_a_piece_tells_nobody_twice_and_forgets_nobody(
        many: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, size in ((sending, "PIECE", 2), (filling, "PIECE", 2), (filling, "WALKED", 3)):
        monkeypatch.setattr(module, name, size)
    dies = [True, False, True, True, False, False, True]

    def mortal(verb: Any) -> Any:
        async def go(*words: Any, **named: Any) -> Any:
            done = await verb(*words, **named)
            if dies and dies.pop():
                raise ConnectionError("killed")
            return done
        return go

    for kind in (rows.People, rows.Texts):
        monkeypatch.setattr(kind, "write", mortal(kind.write))
    campaign = await drafted(many)
    batch = await handed_in(many, campaign)
    done = False
    while not done:
        try:
            await filled(many)
            now = await batch_now(many, batch)
            if now.state == State.AWAITING_APPROVAL:
                await approved(many, campaign)
            done = now.state == State.QUEUED and not now.filling
        except (ConnectionError, TemporarilyAway):
            continue
    told = await texts_of(many, batch)
    assert not dies
    assert [text.phone for text in told] == sorted({text.phone for text in told})
    assert len(told) == 10
    async with many.database.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Reason)) == 10
