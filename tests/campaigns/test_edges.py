"""What a sceptic found: moments that fall between two steps, and choices that quietly became others."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.audience import reach
from app.audience.filters import Filter
from app.audience.query import audience
from app.campaigns import campaigns, filling, options, sending, wording
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.pace import Pace
from app.errors import Refused
from app.settings import Settings
from app.sms import batches, handover
from app.sms.batches import STOPPING, TEXTS, Batch, State
from app.sms.dispatch import Dispatch
from app.sms.gateways.base import Made, Outbound, Outcome, Reason, Sent
from app.sms.outbox import Message, Status
from app.sms.replies import Reply
from tests.campaigns.acts import approved, counted, does, drafted, filled, handed_in, texts_of
from tests.campaigns.test_fuse import Sulky
from tests.campaigns.test_times import timed
from tests.conftest import PLAIN
from tests.stories.acts import WANG, batch_now, drain, moment, turn
from tests.village import Village


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, approval_above=30)


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def test_a_city_can_be_told_over_twelve_hours(village: Village) -> None:
    pace = Pace(moment("2026-03-10 08:00"), 720, 1_000_000, None)
    async with village.database.reading() as db:
        due = await db.scalar(select(pace.due(literal(999_999))))
    assert due is not None
    assert abs((due - pace.ends).total_seconds()) < 2


async def test_a_stop_sees_what_the_filler_has_done_meanwhile(ten: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "PIECE", 4)
    batch = await handed_in(ten, await drafted(ten))
    async with ten.database.session() as db:
        loaded = await db.get_one(Batch, batch.id)
        set_committed_value(loaded, "filling", TEXTS)  # as it was loaded before the last piece was written
        await batches.stop(db, loaded, by=ten.boss)
        assert loaded.filling == STOPPING
    monkeypatch.setattr(filling, "PIECE", 4)
    await filled(ten)
    assert await counted(ten, batch) == {Status.WITHDRAWN: 10}


async def test_what_the_account_kept_from_leaving_stays_stopped(ten: Village) -> None:
    batch = await handed_in(ten, await drafted(ten))

    class Stopped(Sulky):
        async def send(self, texts: Sequence[Outbound]) -> list[Sent]:
            await does(ten, batches.stop, batch)
            return await super().send(texts)

    made = Made(ten.database.settings, ten.database, {"simulator": Stopped(Outcome.REFUSED, Reason.ACCOUNT)})
    await Dispatch(ten.database, made, ten.inbox()).drain_once()
    await drain(ten)
    assert await counted(ten, batch) == {Status.FAILED: 10}


async def test_an_answer_finds_the_text_that_came_last_not_the_one_that_was_written_last(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    batch = await handed_in(village, await timed(village, moment("2026-03-14 09:30")))  # four days ahead
    turn("2026-03-14 09:00")
    await village.says(WANG, "帮助")
    await drain(village)
    turn("2026-03-14 09:31")
    await drain(village)
    await village.says(WANG, "2")
    async with village.database.reading() as db:
        assert [(one.batch_id, one.choice) for one in await db.scalars(select(Reply).where(
            Reply.resident_id == wang.id))] == [(batch.id, 2)]


async def test_a_paused_survey_has_asked_nothing_yet(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    first = await handed_in(village, await drafted(village))
    await drain(village)
    turn("2026-03-10 13:00")
    second = await handed_in(village, await drafted(village, "想学什么?回1做饭 2缝纫", title="培训"))
    await does(village, batches.pause, second)
    await village.says(WANG, "1")
    async with village.database.reading() as db:
        assert list(await db.scalars(select(Reply.batch_id))) == [first.id]


async def test_used_again_after_a_stop_it_asks_about_those_who_have_it(ten: Village) -> None:
    batch = await handed_in(ten, await timed(ten, minutes=60))
    turn("2026-03-10 12:31")
    await drain(ten)  # six of ten
    await does(ten, batches.stop, batch)
    with pytest.raises(Refused, match="within the last day") as refused:
        await handed_in(ten, await drafted(ten, title="再来"))
    assert refused.value.values == {"again": 6, "texts": 10}


async def test_whoever_changed_it_last_is_no_second_officer(ten: Village) -> None:
    for number in range(25):
        await ten.neighbour(f"周{number}", f"142000020{number:02}", agreed=True)
    campaign = await drafted(ten)
    async with ten.database.session() as db:
        await campaigns.change(db, await db.get_one(Campaign, campaign.id), chosen=Filter(age_from=16), by=ten.second)
    await handed_in(ten, campaign)
    with pytest.raises(Refused, match="cannot approve it"):
        await approved(ten, campaign)


async def test_an_approval_on_a_later_day_is_none(ten: Village) -> None:
    for number in range(25):
        await ten.neighbour(f"周{number}", f"142000020{number:02}", agreed=True)
    campaign = await timed(ten, moment("2026-03-10 15:00"))
    await handed_in(ten, campaign)
    turn("2026-03-11 09:00")
    with pytest.raises(Refused, match="is over"):
        await approved(ten, campaign)


async def test_what_waits_for_next_month_takes_nothing_of_today(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    for title in ("一", "二"):
        await handed_in(village, await timed(village, moment("2026-04-10 10:00"), text=f"{title}月开会",
                                             kind=Kind.NOTICE))
    async with village.database.reading() as db:
        whom = await audience(db, Filter(), village.area)
        assert (await reach.count(db, whom, clock.now())).left_out == {}
        assert (await reach.count(db, whom, moment("2026-04-10 15:00"))).left_out == {"told_today": 1}


@pytest.mark.parametrize(("text", "asks"), [
    ("包车初八走。回1坐车 2不坐", "bus"), ("去东莞回1上午车 2下午车", "survey"), ("回1不坐 2坐车", "survey")])
async def test_only_yes_and_no_in_this_order_is_a_question_about_a_ride(village: Village, text: str, asks: str) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    batch = await handed_in(village, await drafted(village, text, kind=Kind.TRANSPORT))
    assert {one.asks for one in await texts_of(village, batch)} == {asks}


async def test_a_campaign_that_cannot_be_written_down_holds_up_no_other(ten: Village,
                                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PIECE", 3)
    broken = await handed_in(ten, await drafted(ten))
    sound = await handed_in(ten, await drafted(ten, "开会", title="二"))
    real = filling.People.piece

    async def breaks(stage: filling.People, db: AsyncSession, batch: Batch) -> None:
        if batch.id == broken.id:
            raise ZeroDivisionError
        await real(stage, db, batch)

    monkeypatch.setattr(filling.People, "piece", breaks)
    with pytest.raises(ZeroDivisionError):
        await filled(ten)
    await filled(ten)
    assert (await batch_now(ten, broken)).trouble == filling.OURS
    assert await counted(ten, sound) == {Status.QUEUED: 10}


async def test_what_was_never_written_can_be_told_after_a_stop(ten: Village) -> None:
    for number in range(25):
        await ten.neighbour(f"周{number}", f"142000020{number:02}", agreed=True)
    batch = await handed_in(ten, await drafted(ten))
    assert batch.state == State.AWAITING_APPROVAL
    await does(ten, batches.stop, batch)
    async with ten.database.reading() as db:
        whom = await audience(db, Filter(batch_id=batch.id, outcome="kept_back"), ten.area)
        assert (await reach.count(db, whom, clock.now())).matching == 35


async def test_nobody_asks_for_ever_what_became_of_a_text(ten: Village) -> None:
    batch = await handed_in(ten, await drafted(ten))
    async with ten.database.session() as db:
        await db.execute(update(Message).where(Message.batch_id == batch.id).values(
            status=Status.UNKNOWN, reason="unsure", sent_at=clock.now()))
    turn("2026-03-13 12:01")
    async with ten.database.session() as db:
        await handover.give_up_waiting(db)
        assert await handover.unsure(db, "simulator", most=100) == []


def test_a_text_about_a_listing_counts_no_answers() -> None:
    assert options.counted("回1去 2不去", 5) == []
    assert len(options.counted("回1去 2不去", None)) == 2


def test_what_was_shown_is_taken_apart_again() -> None:
    parts: list[wording.Part] = ["【站】", wording.Hole("name"), "您好,", wording.Hole("building"), "停水{其他}"]
    assert wording.parts_of(wording.shown(parts)) == parts
