"""The simulated carrier: what it takes, what it says about it, and the faults that a test can ask for."""

from dataclasses import replace
from datetime import timedelta
from unittest.mock import AsyncMock

import pytest
from sqlalchemy import func, select

from app import clock
from app.db import Database
from app.errors import TemporarilyAway
from app.settings import BadSetting, Settings
from app.sms import receipts
from app.sms.dispatch import Dispatch
from app.sms.gateways import _faults
from app.sms.gateways.base import Made, Outbound, Outcome, Reason, Report
from app.sms.gateways.simulator import Carrier, SimulatedMessage, SimulatedReceipt
from app.sms.inbox import Inbox
from app.sms.outbox import Receipt

LONG = "【青龙泉就业站】" + "话" * 63


def carrier(database: Database, faults: str = "", seed: int = 1) -> Carrier:
    return Carrier(replace(database.settings, simulator_faults=faults, simulator_seed=seed), database)


def texts(count: int, *, first: int = 1, text: str = "您好") -> list[Outbound]:
    return [Outbound(i, f"+86142{i:08d}", text, 1) for i in range(first, first + count)]


async def rows(database: Database) -> list[SimulatedMessage]:
    async with database.reading() as db:
        return list(await db.scalars(select(SimulatedMessage).order_by(SimulatedMessage.id)))


async def reports(made: Carrier, *, after: float = 10) -> list[Report]:
    """Everything that comes within so many seconds, in the order in which it comes."""
    clock.turn(clock.now() + timedelta(seconds=after))
    found: list[Report] = []
    while polled := (await made.poll()).reports:
        found += polled
    return found


async def test_a_text_is_taken_counted_and_reported_delivered(database: Database) -> None:
    made = carrier(database)
    sent = await made.send([Outbound(7, "+8614200000001", LONG, 2)])
    (row,) = await rows(database)
    assert (row.phone, row.text, row.segments, row.reference, row.arrived) == ("+8614200000001", LONG, 2, 7, True)
    assert [(s.id, s.outcome, s.provider_id) for s in sent] == [(7, Outcome.ACCEPTED, f"sim-{row.id}")]
    assert await reports(made, after=0.1) == []
    assert [(r.provider_id, r.status) for r in await reports(made)] == [(f"sim-{row.id}", "delivered")]
    assert await reports(made, after=3600) == []


async def test_a_text_handed_over_again_is_the_same_text_and_is_counted(database: Database) -> None:
    made = carrier(database)
    first = await made.send(texts(2))
    again = await made.send(texts(3))
    assert again[:2] == first
    assert all(s.outcome == Outcome.ACCEPTED for s in again)
    assert [row.repeats for row in await rows(database)] == [1, 1, 0]
    assert len(await reports(made)) == 3


async def test_the_same_text_twice_in_one_batch_is_taken_once(database: Database) -> None:
    sent = await carrier(database).send([*texts(1), *texts(1)])
    assert {s.provider_id for s in sent} == {f"sim-{(await rows(database))[0].id}"}


async def test_receipts_of_a_process_that_died_come_again(database: Database) -> None:
    await carrier(database).send(texts(3))
    dying = carrier(database)
    clock.turn(clock.now() + timedelta(seconds=1))
    assert len((await dying.poll()).reports) == 3
    assert await reports(carrier(database), after=10) == []
    assert len(await reports(carrier(database), after=60)) == 3


async def test_receipts_that_could_not_be_written_down_are_not_lost(database: Database,
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    await carrier(database).send(texts(3))
    dispatch = Dispatch(database, Made(database.settings, database), Inbox(database))
    clock.turn(clock.now() + timedelta(seconds=1))
    with monkeypatch.context() as locked:
        locked.setattr(receipts, "keep", AsyncMock(side_effect=TemporarilyAway))
        with pytest.raises(TemporarilyAway):
            await dispatch.poll_once()
    assert await dispatch.poll_once() == 3
    assert await dispatch.poll_once() == 0
    async with database.reading() as db:
        assert len(list(await db.scalars(select(Receipt)))) == 3


async def test_a_poll_brings_at_most_a_thousand(database: Database) -> None:
    made = carrier(database)
    for first in (1, 501, 1001):
        await made.send(texts(500, first=first))
    clock.turn(clock.now() + timedelta(seconds=1))
    counts = [len((await made.poll()).reports) for _ in range(3)]
    assert counts == [1000, 500, 0]


async def test_it_says_which_texts_it_has(database: Database) -> None:
    made = carrier(database)
    (known,) = await made.send(texts(1))
    answers = await made.look_up(texts(2))
    assert [(a.id, a.outcome, a.provider_id) for a in answers] == [
        (1, Outcome.ACCEPTED, known.provider_id), (2, Outcome.TRY_LATER, "")]


async def test_numbers_with_an_ending_are_refused_every_time(database: Database) -> None:
    made = carrier(database, "refuse=*0000")
    batch = [Outbound(1, "+8614200000000", "您好", 1), Outbound(2, "+8614200000001", "您好", 1)]
    for _ in range(2):
        refused, taken = await made.send(batch)
        assert (refused.outcome, refused.reason) == (Outcome.REFUSED, Reason.NO_SUCH_NUMBER)
        assert taken.outcome == Outcome.ACCEPTED
    assert [row.reference for row in await rows(database)] == [2]


@pytest.mark.parametrize(("fault", "reason"), [("off", Reason.OFF), ("optout", Reason.OPTED_OUT)])
async def test_a_number_that_gets_nothing_is_reported_so(database: Database, fault: str, reason: Reason) -> None:
    made = carrier(database, f"{fault}=*0001")
    await made.send(texts(2))
    assert [(r.status, r.reason) for r in await reports(made)] == [("failed", reason), ("delivered", "")]
    assert [row.arrived for row in await rows(database)] == [False, True]


@pytest.mark.parametrize("fault", ["lose", "no_receipt"])
async def test_what_is_lost_has_no_receipt(database: Database, fault: str) -> None:
    made = carrier(database, f"{fault}=1")
    (sent,) = await made.send(texts(1))
    assert sent.outcome == Outcome.ACCEPTED
    assert await reports(made) == []
    assert [row.arrived for row in await rows(database)] == [fault == "no_receipt"]


async def test_receipts_come_twice_and_in_the_wrong_order(database: Database) -> None:
    made = carrier(database, "repeat=1,reorder=1,delay=2s")
    await made.send(texts(1))
    assert await reports(made, after=1) == []
    assert [r.status for r in await reports(made)] == ["delivered", "delivered", "accepted"]


async def test_who_is_busy_takes_it_another_time(database: Database) -> None:
    made = carrier(database, "busy=0.5")
    waiting, rounds = texts(200), []
    while waiting:
        sent = {s.id: s for s in await carrier(database, "busy=0.5").send(waiting)}
        waiting = [text for text in waiting if sent[text.id].outcome == Outcome.TRY_LATER]
        rounds.append(len(waiting))
    assert 60 < rounds[0] < 140
    assert len(rounds) > 3
    assert [row.repeats for row in await rows(database)] == [0] * 200
    assert len(await reports(made)) == 200


async def test_of_the_unsure_half_were_taken_and_looking_up_tells_which(database: Database) -> None:
    made = carrier(database, "unsure=1")
    assert {s.outcome for s in await made.send(texts(200))} == {Outcome.UNKNOWN}
    taken = {row.reference for row in await rows(database)}
    assert 60 < len(taken) < 140
    assert {s.id for s in await made.look_up(texts(200)) if s.outcome == Outcome.ACCEPTED} == taken


async def test_one_seed_decides_the_same_each_time_and_another_differently(database: Database) -> None:
    faults = "refuse=0.3"

    async def refused(seed: int) -> set[int]:
        sent = await carrier(database, faults, seed).send(texts(300))
        return {s.id for s in sent if s.outcome == Outcome.REFUSED}

    first = await refused(1)
    assert 50 < len(first) < 130
    assert await refused(1) == first
    assert await refused(2) != first


async def test_receipts_are_written_with_the_texts_or_not_at_all(database: Database,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    made = carrier(database)
    monkeypatch.setattr(Carrier, "_receipts", lambda *_: [{"provider_id": "sim-1"}])
    with pytest.raises(Exception, match=r"(?i)null|required"):
        await made.send(texts(1))
    async with database.reading() as db:
        assert await db.scalar(select(func.count()).select_from(SimulatedMessage)) == 0
        assert await db.scalar(select(func.count()).select_from(SimulatedReceipt)) == 0


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(("faults", "named"), [
    ("repat=0.1", "repat"), ("repeat", "repeat"), ("repeat=2", "repeat=2"), ("repeat=-1", "repeat=-1"),
    ("delay=2", "delay=2"), ("delay=0.1.1s", "delay"), ("repeat=*0000", "repeat"), ("refuse=0000", "refuse"),
    ("=0.1", "0.1"), ("repeat=nan", "repeat=nan"), ("repeat=0.1;lose=0.1", "repeat"),
])
async def test_a_fault_that_cannot_be_read_is_named(database: Database, faults: str, named: str) -> None:
    with pytest.raises(BadSetting, match="SIMULATOR_FAULTS") as caught:
        carrier(database, faults)
    assert named in str(caught.value)


def test_faults_are_read_with_blanks_and_units(settings: Settings) -> None:
    read = _faults.read(replace(settings, simulator_faults=" delay=2s, slow=50ms ,repeat=.5,refuse=*0000,, lose=1"))
    assert (read.delay_seconds, read.slow_seconds) == (2, 0.05)
    assert read.shares == {"repeat": 0.5, "lose": 1}
    assert read.endings == {"refuse": "0000"}
