"""What does not fit together is found at night, put right where that is certain, and told where it is not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock, rounds
from app.campaigns.campaigns import Campaign
from app.db import Database
from app.sms import batches
from app.sms.batches import STOPPING, Batch, Recipient, State
from app.sms.dispatch import Dispatch
from app.sms.outbox import Attempt, Message, Purpose, Status
from app.watch import inspections
from app.watch.books import Finding
from app.watch.inspections import Inspection
from tests.stories.acts import turn, worker
from tests.village import Village
from tests.watch.acts import NOON, batch, waits


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn(NOON)


async def _found(village: Village) -> list[Finding]:
    return await inspections.by_hand(village.database)


async def _now(village: Village, row: Any) -> Any:
    async with village.database.reading() as db:
        return await db.get_one(type(row), row.id)


async def _send(village: Village, *, recipients: int = 3, campaign: bool = True, written: int | None = None,
                **facts: Any) -> Batch:
    """A bulk send with so many recipients, and a text in the outbox for so many of them."""
    async with village.database.session() as db:
        told = [f"+861420000{number:04}" for number in range(1, recipients + 1)]
        made = await batch(db, village, **{"texts": recipients, "segments": recipients, "digest": batches.digest_of(
            (phone, "您好") for phone in told), **facts})
        if campaign:
            db.add(Campaign(area_id=village.area.id, kind="notice", title="停水", filter={}, batch_id=made.id,
                            author_id=village.boss.id))
        for phone in told:
            db.add(Recipient(batch_id=made.id, phone=phone, body="您好", segments=1, addressed=[]))
        for _text in range(recipients if written is None else written):
            await waits(db, Purpose.PUSH, batch_id=made.id, status=Status.DELIVERED, ended_at=clock.now())
    return made


async def _texts(village: Village, made: Batch, **facts: Any) -> None:
    """Change the texts of a send behind its back."""
    async with village.database.session() as db:
        for message in await db.scalars(select(Message).where(Message.batch_id == made.id)):
            for name, value in facts.items():
                setattr(message, name, value)


async def test_a_database_that_fits_together_says_so(village: Village) -> None:
    await _send(village)
    await _send(village, state=State.FINISHED)
    await _send(village, campaign=False, written=2)  # who said stop between gets no text of a push
    await _send(village, state=State.STOPPED, recipients=2, texts=9)  # was stopped while it was being written down
    await _send(village, filling="texts", written=1)
    assert await _found(village) == []


async def test_a_claim_that_nobody_ends_is_called_unknown(village: Village) -> None:
    async with village.database.session() as db:
        old = await waits(db, status=Status.SENDING, attempts=1, worker="gone:1:a",
                          lease_until=clock.now() - timedelta(minutes=90))
        new = await waits(db, status=Status.SENDING, attempts=1, worker="here:1:a",
                          lease_until=clock.now() - timedelta(minutes=1))
    assert await _found(village) == [Finding("stuck_claims", 1, repaired=True)]
    assert ((await _now(village, old)).status, (await _now(village, old)).reason) == ("unknown", "lease")
    assert (await _now(village, new)).status == "sending"
    async with village.database.reading() as db:
        assert [(one.message_id, one.outcome) for one in await db.scalars(select(Attempt))] == [(old.id, "unknown")]


async def test_what_nobody_reports_for_three_days_has_its_end(village: Village) -> None:
    async with village.database.session() as db:
        for hours in (71, 73):
            await waits(db, status=Status.ACCEPTED, sent_at=clock.now() - timedelta(hours=hours))
            await waits(db, status=Status.UNKNOWN, reason="unsure", sent_at=clock.now() - timedelta(hours=hours))
    assert await _found(village) == [Finding("no_end", 2, repaired=True)]
    assert await _found(village) == []
    async with village.database.reading() as db:
        assert await db.scalar(select(func.count(Message.id)).where(Message.reason == "cannot_tell")) == 2


async def test_a_number_of_texts_is_put_right_where_people_and_texts_agree(village: Village) -> None:
    wrong = await _send(village, texts=7)
    assert await _found(village) == [Finding("numbers_wrong", 4, repaired=True, batch=wrong.id)]
    assert ((await _now(village, wrong)).texts, (await _now(village, wrong)).segments) == (3, 3)
    assert await _found(village) == []


async def test_a_push_is_put_right_where_its_people_are_those_who_were_approved(village: Village) -> None:
    right = await _send(village, campaign=False, texts=7)
    other = await _send(village, campaign=False, texts=7, digest="another")
    assert await _found(village) == [Finding("numbers_wrong", 4, repaired=True, batch=right.id),
                                     Finding("numbers_wrong", 4, batch=other.id)]
    assert (await _now(village, other)).texts == 7


async def test_what_waits_for_approval_is_not_touched(village: Village) -> None:
    waiting = await _send(village, state=State.AWAITING_APPROVAL, texts=7, written=0)
    assert await _found(village) == [Finding("numbers_wrong", 4, batch=waiting.id)]
    assert (await _now(village, waiting)).texts == 7


async def test_texts_that_are_missing_or_too_many_are_told_and_nothing_is_invented(village: Village) -> None:
    few, many = await _send(village, written=1), await _send(village, written=5)
    assert await _found(village) == [Finding("texts_missing", 2, batch=few.id),
                                     Finding("texts_too_many", 2, batch=many.id)]
    assert await _found(village) != []


async def test_a_send_that_was_called_finished_too_early_goes_on_and_is_finished_later(village: Village) -> None:
    early = await _send(village, state=State.FINISHED, ended_at=clock.now())
    await _texts(village, early, status=Status.ACCEPTED, sent_at=clock.now(), ended_at=None)
    assert await _found(village) == [Finding("finished_early", 3, repaired=True, batch=early.id)]
    assert (await _now(village, early)).state == State.QUEUED
    await rounds.go(village.database)
    assert (await _now(village, early)).state == State.QUEUED
    await _texts(village, early, status=Status.DELIVERED)
    await rounds.go(village.database)
    assert (await _now(village, early)).state == State.FINISHED


async def test_what_was_stopped_and_would_leave_is_withdrawn(village: Village) -> None:
    stopped = await _send(village, state=State.STOPPED, ended_at=clock.now())
    await _texts(village, stopped, status=Status.QUEUED, ended_at=None)
    assert await _found(village) == [Finding("stopped_and_waiting", 3, repaired=True, batch=stopped.id)]
    assert (await _now(village, stopped)).filling == STOPPING
    working = worker(village)
    assert await working.drain_once() == 0
    while await working.fill_once():
        pass
    async with village.database.reading() as db:
        assert set(await db.scalars(select(Message.status))) == {"withdrawn"}
    assert await _found(village) == []


async def test_texts_that_nobody_approved_are_told(village: Village) -> None:
    waiting = await _send(village, state=State.AWAITING_APPROVAL)
    assert await _found(village) == [Finding("not_approved", 3, batch=waiting.id)]


async def test_what_has_been_being_written_down_for_a_day_is_told(village: Village) -> None:
    slow = await _send(village, filling="texts", written=1, created_at=clock.now() - timedelta(hours=25))
    await _send(village, filling="texts", trouble="restored", created_at=clock.now() - timedelta(hours=25))
    ours = await _send(village, filling="people", written=0, trouble="ours")
    assert await _found(village) == [Finding("not_written", 2, batch=slow.id), Finding("not_written", 3, batch=ours.id)]


async def _kept(database: Database) -> list[Inspection]:
    async with database.reading() as db:
        return list(await db.scalars(select(Inspection).order_by(Inspection.id)))


async def test_at_three_at_night_whoever_walks_the_round_looks_once(village: Village) -> None:
    await _send(village, texts=7)
    turn("2026-03-11 02:59")
    await rounds.go(village.database)
    assert await _kept(village.database) == []
    turn("2026-03-11 03:00")
    working: list[Dispatch] = [worker(village), worker(village)]
    for one in working:
        await one._rounds()
    kept = await _kept(village.database)
    assert [(one.by_hand, one.ended_at is not None, len(one.found)) for one in kept] == [(False, True, 1)]
    turn("2026-03-12 03:00")
    await rounds.go(village.database)
    assert [len(one.found) for one in await _kept(village.database)] == [1, 0]


async def test_one_that_died_is_made_again_an_hour_later(village: Village) -> None:
    turn("2026-03-11 03:00")
    async with village.database.session() as db:
        db.add(Inspection(day=clock.today(), began_at=clock.now(), findings=[]))
    turn("2026-03-11 03:59")
    await rounds.go(village.database)
    assert len(await _kept(village.database)) == 1
    turn("2026-03-11 04:01")
    await rounds.go(village.database)
    assert [one.ended_at is not None for one in await _kept(village.database)] == [False, True]


async def test_a_machine_that_is_off_at_night_looks_when_it_is_on(village: Village) -> None:
    await _send(village)
    turn("2026-03-11 23:00")
    await rounds.go(village.database)
    assert await _kept(village.database) == []
    turn("2026-03-12 01:00")
    await rounds.go(village.database)
    assert len(await _kept(village.database)) == 1
    turn("2026-03-12 12:00")
    await rounds.go(village.database)
    assert len(await _kept(village.database)) == 1


async def test_what_was_found_is_forgotten_after_ninety_days(village: Village) -> None:
    turn("2026-03-11 03:00")
    await rounds.go(village.database)
    turn("2026-07-11 03:00")
    await rounds.go(village.database)
    assert [one.day.isoformat() for one in await _kept(village.database)] == ["2026-07-11"]
