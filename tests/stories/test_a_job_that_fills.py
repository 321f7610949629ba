"""A job that fills while its push is still going out: what has not left is withdrawn."""

import pytest

from app.jobs import jobs, pushes
from app.sms import batches
from app.sms.batches import State
from app.sms.outbox import Status
from tests.stories.acts import LI, WANG, ZHAO, batch_now, changes, drain, messages, signs_up, turn, worker
from tests.village import Village


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _statuses(village: Village, *phones: str) -> list[tuple[str, str]]:
    return [(text.status, text.reason) for phone in phones for text in (await messages(village, phone))[:1]]


async def test_what_has_not_left_is_withdrawn_and_what_has_stays(village: Village) -> None:
    for name, phone in (("王秀兰", WANG), ("李建国", LI)):
        await village.neighbour(name, phone, agreed=True)
    job = await village.job(places=1)
    await village.push(job)
    working = worker(village)
    carrier = working.drains[0].gateway
    carrier.abilities = type(carrier.abilities)(batch=1)  # one text at a time
    assert await working.drain_once() == 1
    assert (await village.says(WANG, "10"))[0].startswith("已给您报上")
    await drain(village)
    assert await _statuses(village, WANG) == [(Status.ACCEPTED, "")]
    assert await _statuses(village, LI) == [(Status.WITHDRAWN, "full")]


async def test_the_last_place_given_at_the_counter_withdraws_too(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(places=1)
    batch = await village.push(job)
    await signs_up(village, job, await village.neighbour("李建国", LI))
    assert await _statuses(village, WANG) == [(Status.WITHDRAWN, "full")]
    async with village.database.session() as db:
        await batches.keep_up(db)
    assert (await batch_now(village, batch)).state == State.FINISHED


async def test_fewer_places_can_make_it_full(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(places=3)
    await village.push(job)
    await signs_up(village, job, await village.neighbour("李建国", LI))
    await changes(village, job, places=1)
    assert await _statuses(village, WANG) == [(Status.WITHDRAWN, "full")]


async def test_with_a_place_left_nothing_is_withdrawn(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(places=2)
    await village.push(job)
    await signs_up(village, job, await village.neighbour("李建国", LI))
    assert await _statuses(village, WANG) == [(Status.QUEUED, "")]


async def test_whoever_was_not_reached_can_be_told_when_a_place_is_free_again(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job(places=1)
    await village.push(job)
    await signs_up(village, job, await village.neighbour("赵大妈", ZHAO))
    await village.says(ZHAO, "取消")
    async with village.database.session() as db:
        loaded = await jobs.get(db, job.id)
        assert loaded
        assert (await pushes.preview(db, loaded, by=village.boss)).texts == 1
