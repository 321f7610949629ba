"""Above APPROVAL_ABOVE a batch waits until a second officer with the right approves exactly that text for exactly
those people; the author cannot."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from app.errors import Refused
from app.jobs import jobs, pushes
from app.jobs.jobs import Job
from app.settings import Settings
from app.sms import batches
from app.sms.batches import Batch, Recipient, State
from app.sms.outbox import Purpose, Status
from app.staff import accounts
from app.staff.accounts import Officer, Role
from tests.conftest import PLAIN
from tests.stories.acts import (
    LI,
    WANG,
    ZHAO,
    batch_now,
    calls_off,
    changes,
    drain,
    messages,
    moment,
    signs_up,
    turn,
)
from tests.village import Village, settle

APPROVAL_ABOVE = 2


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, approval_above=APPROVAL_ABOVE)


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


@pytest.fixture
async def batch(village: Village) -> Batch:
    """Three texts, waiting."""
    for name, phone in (("王秀兰", WANG), ("李建国", LI), ("赵大妈", ZHAO)):
        await village.neighbour(name, phone, agreed=True)
    return await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))


async def _job(village: Village, batch: Batch) -> Job:
    async with village.database.reading() as db:
        job = await jobs.get(db, batch.listing_id or 0)
    assert job
    return job


async def _approves(village: Village, batch: Batch, officer: Officer) -> None:
    async with village.database.session() as db:
        await pushes.approve(db, await db.get_one(Batch, batch.id), by=officer)


async def _sent(village: Village) -> int:
    await drain(village)
    return len([text for phone in (WANG, LI, ZHAO) for text in await messages(village, phone)
                if text.status == Status.ACCEPTED and text.purpose == Purpose.PUSH])


async def test_nothing_leaves_before_and_everything_after(village: Village, batch: Batch) -> None:
    assert batch.state == State.AWAITING_APPROVAL
    assert await _sent(village) == 0
    await _approves(village, batch, village.second)
    assert await _sent(village) == 3
    now = await batch_now(village, batch)
    assert (now.state, now.approved_by_id) == (State.QUEUED, village.second.id)
    assert now.approved_at


async def test_as_many_as_are_allowed_need_nobody(village: Village) -> None:
    for name, phone in (("王秀兰", WANG), ("李建国", LI)):
        await village.neighbour(name, phone, agreed=True)
    assert (await village.push(await village.job())).state == State.QUEUED


async def test_the_author_cannot_not_even_at_once(village: Village, batch: Batch) -> None:
    with pytest.raises(Refused, match="second officer"):
        await _approves(village, batch, village.boss)
    job = await village.job("织袜")
    with pytest.raises(Refused, match="second officer"):
        await village.push(job, approved_by=village.boss)
    assert await _sent(village) == 0


async def test_a_second_officer_may_say_yes_at_once(village: Village, batch: Batch) -> None:
    assert batch
    made = await village.push(await village.job("织袜"), approved_by=village.second)
    assert made.state == State.QUEUED
    assert await _sent(village) == 3


async def test_somebody_without_the_right_or_of_another_community_cannot(village: Village, batch: Batch) -> None:
    other = await settle(village.database, "other", "柳陂社区")
    async with village.database.session() as db:
        clerk, _password = await accounts.add(db, "clerk", role=Role.CLERK, area=village.area, password="not-a-secret")
    with pytest.raises(Refused, match="role"):
        await _approves(village, batch, clerk)
    with pytest.raises(Refused, match="outside your area"):
        await _approves(village, batch, other.second)
    assert await _sent(village) == 0


async def test_once_is_enough(village: Village, batch: Batch) -> None:
    await _approves(village, batch, village.second)
    with pytest.raises(Refused, match="does not wait"):
        await _approves(village, batch, village.second)
    assert await _sent(village) == 3


@pytest.mark.parametrize("what", [{"body": "中奖了"}, {"phone": "+8614200000008"}])
async def test_a_text_or_a_number_that_is_not_what_was_written_voids_it(village: Village, batch: Batch,
                                                                       what: dict[str, str]) -> None:
    async with village.database.session() as db:
        await db.execute(update(Recipient).where(Recipient.batch_id == batch.id, Recipient.phone == "+86" + WANG)
                         .values(**what))
    with pytest.raises(Refused, match="not what was written"):
        await _approves(village, batch, village.second)
    assert await _sent(village) == 0


async def test_a_job_that_changed_voids_it(village: Village, batch: Batch) -> None:
    job = await _job(village, batch)
    await changes(village, job, starts_at=moment("2026-03-11 16:00"), ends_at=moment("2026-03-11 18:00"))
    with pytest.raises(Refused, match="does not wait"):
        await _approves(village, batch, village.second)
    assert await _sent(village) == 0
    assert (await batch_now(village, batch)).state == State.STOPPED
    again = await village.push(job)
    assert again.id != batch.id
    assert "下午4点" in again.text


async def test_a_job_that_was_called_off_or_has_filled_is_not_pushed(village: Village, batch: Batch) -> None:
    job = await _job(village, batch)
    for _ in range(12):
        await signs_up(village, job, await village.neighbour("孙小山"))
    with pytest.raises(Refused, match="is full"):
        await _approves(village, batch, village.second)
    await calls_off(village, job)
    with pytest.raises(Refused, match="closed"):
        await _approves(village, batch, village.second)
    assert await _sent(village) == 0


async def test_yesterdays_tomorrow_is_not_sent(village: Village, batch: Batch) -> None:
    turn("2026-03-11 09:00")
    with pytest.raises(Refused, match="right when it was written"):
        await _approves(village, batch, village.second)
    assert await _sent(village) == 0
    again = await village.push(await _job(village, batch), approved_by=village.second)
    assert "今天下午2点" in again.text


async def test_who_said_stop_while_it_waited_gets_nothing(village: Village, batch: Batch) -> None:
    await village.says(WANG, "退订")
    await _approves(village, batch, village.second)
    assert len(await messages(village, WANG)) == 1
    assert len(await messages(village, LI)) == 1


async def test_who_reached_the_limit_while_it_waited_gets_nothing(village: Village, batch: Batch) -> None:
    for title in ("织袜", "包装"):
        await village.push(await village.job(title), approved_by=village.second)
    await _approves(village, batch, village.second)
    assert len(await messages(village, WANG)) == 2


async def test_pressed_twice_it_is_the_same_batch(village: Village, batch: Batch) -> None:
    job = await _job(village, batch)
    assert (await village.push(job)).id == batch.id
    await _approves(village, batch, village.second)
    assert (await village.push(job)).id == batch.id
    assert await _sent(village) == 3
    turn("2026-03-10 13:00")
    with pytest.raises(Refused, match="nobody to tell"):
        await village.push(job)


async def test_at_night_the_yes_holds_it_for_the_morning(village: Village) -> None:
    turn("2026-03-10 20:40")
    for name, phone in (("王秀兰", WANG), ("李建国", LI), ("赵大妈", ZHAO)):
        await village.neighbour(name, phone, agreed=True)
    batch = await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))
    turn("2026-03-11 00:30")  # the same morning will come
    await _approves(village, batch, village.second)
    assert (await batch_now(village, batch)).state == State.HELD
    [text] = await messages(village, WANG)
    assert text.next_at == moment("2026-03-11 08:00")


async def test_the_second_officers_no_ends_it(village: Village, batch: Batch) -> None:
    async with village.database.session() as db:
        await batches.refuse(db, await db.get_one(Batch, batch.id), by=village.second)
    with pytest.raises(Refused, match="does not wait"):
        await _approves(village, batch, village.second)
    assert await _sent(village) == 0


async def test_an_employer_who_is_verified_no_longer_is_not_pushed(village: Village, batch: Batch) -> None:
    job = await _job(village, batch)
    async with village.database.session() as db:
        loaded = await jobs.get(db, job.id)
        assert loaded
        loaded.employer.verified_at = None
    with pytest.raises(Refused, match="Only a verified employer"):
        await _approves(village, batch, village.second)


async def test_stopping_takes_back_what_has_not_left(village: Village, batch: Batch) -> None:
    await _approves(village, batch, village.second)
    async with village.database.session() as db:
        assert await batches.stop(db, await db.get_one(Batch, batch.id), by=village.boss) == 3
    assert await _sent(village) == 0
    assert (await batch_now(village, batch)).state == State.STOPPED
