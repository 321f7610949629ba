"""Now, later, or spread over hours; never at night; and when it will be done."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy import update

from app import clock, rounds
from app.campaigns import campaigns, pace, plan
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.pace import Pace
from app.errors import Refused
from app.settings import Settings
from app.sms import batches, quiet
from app.sms.batches import State
from app.sms.outbox import Message, Status
from tests.campaigns.acts import approved, counted, does, drafted, handed_in, texts_of
from tests.conftest import PLAIN
from tests.stories.acts import LI, WANG, batch_now, drain, moment, turn
from tests.village import Village

HOURS = PLAIN.quiet_hours


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, approval_above=30)


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def timed(village: Village, leaves: datetime | None = None, minutes: int = 0, **facts: object) -> Campaign:
    campaign = await drafted(village, **facts)  # type: ignore[arg-type]
    async with village.database.session() as db:
        await campaigns.set_time(db, await db.get_one(Campaign, campaign.id), leaves_at=leaves, spread_minutes=minutes,
                                 by=village.boss)
    return campaign


async def test_it_leaves_at_the_hour_that_was_chosen(ten: Village) -> None:
    batch = await handed_in(ten, await timed(ten, moment("2026-03-11 09:30")))
    assert (batch.state, batch.leaves_at) == (State.HELD, moment("2026-03-11 09:30"))
    await drain(ten)
    assert await counted(ten, batch) == {Status.QUEUED: 10}
    turn("2026-03-11 09:31")
    await rounds.go(ten.database)
    assert (await batch_now(ten, batch)).state == State.QUEUED
    await drain(ten)
    assert await counted(ten, batch) == {Status.ACCEPTED: 10}


async def test_a_chosen_hour_at_night_becomes_the_morning(ten: Village) -> None:
    batch = await handed_in(ten, await timed(ten, moment("2026-03-10 23:00")))
    assert {text.next_at for text in await texts_of(ten, batch)} == {moment("2026-03-11 08:00")}


async def test_spread_over_hours_they_leave_one_after_the_other(ten: Village) -> None:
    batch = await handed_in(ten, await timed(ten, minutes=60))
    due = sorted(text.next_at for text in await texts_of(ten, batch))
    gaps = {round((later - earlier).total_seconds()) for earlier, later in pairwise(due)}
    assert gaps == {360}
    assert due[0] - clock.now() < timedelta(minutes=1)
    await drain(ten)
    assert await counted(ten, batch) == {Status.ACCEPTED: 1, Status.QUEUED: 9}
    turn("2026-03-10 12:31")
    await drain(ten)
    assert (await counted(ten, batch))[Status.ACCEPTED] == 6


async def test_what_is_spread_into_the_night_goes_on_in_the_morning(ten: Village) -> None:
    turn("2026-03-10 19:30")  # an hour before the quiet hours
    batch = await handed_in(ten, await timed(ten, minutes=120))
    due = sorted(clock.local(text.next_at) for text in await texts_of(ten, batch))
    assert [f"{at:%d %H:%M}" for at in due] == [
        "10 19:30", "10 19:42", "10 19:54", "10 20:06", "10 20:18", "11 08:00", "11 08:12", "11 08:24", "11 08:36",
        "11 08:48"]


@pytest.mark.parametrize(("starts", "minutes", "ends"), [
    ("2026-03-10 12:00", 60, "2026-03-10 13:00"), ("2026-03-10 20:00", 60, "2026-03-11 08:30"),
    ("2026-03-10 12:00", 12 * 60, "2026-03-11 11:30"), ("2026-03-10 23:00", 30, "2026-03-11 08:30"),
    ("2026-03-10 12:00", 20 * 60, "2026-03-11 19:30")])
def test_time_passes_in_waking_hours_only(starts: str, minutes: int, ends: str) -> None:
    assert quiet.passed(HOURS, moment(starts), timedelta(minutes=minutes)) == moment(ends)
    assert quiet.passed(None, moment(starts), timedelta(minutes=minutes)) == moment(starts) + timedelta(minutes=minutes)


async def test_the_estimate_follows_the_carriers_rate_and_what_waits_before(ten: Village) -> None:
    slow = replace(ten.database.settings, sms_per_second=Decimal(1))
    await handed_in(ten, await drafted(ten))
    async with ten.database.session() as db:
        db.info["settings"] = slow
        ends = await pace.finished_by(db, Pace(clock.now(), 0, 50, HOURS))
        assert round((ends - clock.now()).total_seconds()) == 60  # ten wait before
        evening = moment("2026-03-10 20:29")
        assert await pace.finished_by(db, Pace(evening, 0, 110, HOURS)) == moment("2026-03-11 08:01")
        db.info["settings"] = ten.database.settings


async def test_the_preview_says_that_the_night_lies_between(ten: Village) -> None:
    campaign = await timed(ten, moment("2026-03-10 20:00"), 120)
    async with ten.database.reading() as db:
        planned = await plan.of(db, await db.get_one(Campaign, campaign.id))
        times = await plan.times(db, planned, 10)
    assert (times.starts, times.ends, times.carried) == (
        moment("2026-03-10 20:00"), moment("2026-03-11 09:30"), True)


@pytest.mark.parametrize(("leaves", "minutes", "why"), [
    ("2026-03-10 11:59", 0, "has passed"), ("2026-09-10 12:00", 0, "within the next"),
    ("2026-03-10 13:00", 13 * 60, "hours at the most"), ("2026-03-10 13:00", -1, "hours at the most")])
async def test_a_time_that_cannot_be_is_refused(ten: Village, leaves: str, minutes: int, why: str) -> None:
    with pytest.raises(Refused, match=why):
        await timed(ten, moment(leaves), minutes)


async def test_a_moment_that_has_passed_meanwhile_is_chosen_anew(ten: Village) -> None:
    campaign = await timed(ten, moment("2026-03-10 13:00"))
    turn("2026-03-10 15:00")
    with pytest.raises(Refused, match="has passed"):
        await handed_in(ten, campaign)


async def test_the_last_text_must_still_be_true(ten: Village) -> None:
    job = await ten.job(starts_at=moment("2026-03-11 14:00"))  # the text may say "tomorrow"
    campaign = await timed(ten, moment("2026-03-10 19:30"), 120, text="{活}:{时间}", kind=Kind.JOB, listing_id=job.id)
    with pytest.raises(Refused, match="too late for what they say"):
        await handed_in(ten, campaign)


async def test_an_approval_that_comes_later_than_the_hour_lets_it_go_at_once(ten: Village) -> None:
    for number in range(25):
        await ten.neighbour(f"周{number}", f"142000020{number:02}", agreed=True)
    campaign = await timed(ten, moment("2026-03-10 13:00"))
    batch = await handed_in(ten, campaign)
    assert batch.state == State.AWAITING_APPROVAL
    turn("2026-03-10 15:00")
    await approved(ten, campaign)
    now = await batch_now(ten, batch)
    assert now.state == State.QUEUED
    assert now.leaves_at is not None
    assert abs(now.leaves_at - clock.now()) < timedelta(minutes=1)


async def test_a_paused_one_that_is_not_due_yet_waits_again_when_it_goes_on(ten: Village) -> None:
    batch = await handed_in(ten, await timed(ten, moment("2026-03-11 09:30")))
    await does(ten, batches.pause, batch)
    await does(ten, batches.resume, batch)
    assert (await batch_now(ten, batch)).state == State.HELD


async def test_it_is_finished_only_when_nobody_can_say_more_of_any_text(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.neighbour("李建国", LI, agreed=True)
    batch = await handed_in(village, await drafted(village))
    async with village.database.session() as db:
        await db.execute(update(Message).where(Message.phone == "+86" + WANG).values(status=Status.DELIVERED))
        await db.execute(update(Message).where(Message.phone == "+86" + LI).values(
            status=Status.UNKNOWN, reason="unsure", sent_at=clock.now()))
    await rounds.go(village.database)
    assert (await batch_now(village, batch)).state == State.QUEUED  # a receipt may still come
    turn("2026-03-13 12:01")
    await rounds.go(village.database)
    assert (await batch_now(village, batch)).state == State.FINISHED
