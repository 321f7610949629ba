"""The outbox: claimed once, replies first, tried again with patience, never sent twice blindly, never too late."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import clock, loops
from app.access import codes
from app.db import Database
from app.residents.residents import Resident
from app.sms import claims, consent, handover, outbox
from app.sms.dispatch import Dispatch
from app.sms.gateways.base import Abilities, Made, Outbound, Outcome, Poll, Reason, Report, Sent
from app.sms.inbox import Inbox
from app.sms.outbox import Attempt, Message, Purpose, Status
from tests.stories.acts import LI, WANG, changes, messages, moment, signs_up, tasks, turn
from tests.village import OWN, Village


class Script:
    """A carrier that does what the story says, and remembers what it was handed."""

    name = "simulator"

    def __init__(self, *outcomes: Outcome, reason: str = "", looks_up: bool = False, batch: int = 100) -> None:
        self.abilities = Abilities(looks_up=looks_up, batch=batch, at_once=batch)
        self.outcomes, self.reason = list(outcomes), reason
        self.handed: list[Outbound] = []
        self.reports: list[Report] = []
        self.knows: dict[int, Outcome] = {}

    async def send(self, texts: Sequence[Outbound]) -> list[Sent]:
        self.handed += texts
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome.ACCEPTED
        return [Sent(text.id, outcome, f"p{text.id}" if outcome == Outcome.ACCEPTED else "", self.reason)
                for text in texts]

    async def look_up(self, texts: Sequence[Outbound]) -> list[Sent]:
        return [Sent(text.id, self.knows.get(text.id, Outcome.UNKNOWN), f"p{text.id}") for text in texts]

    async def poll(self) -> Poll:
        reports, self.reports = self.reports, []
        return Poll(reports=reports)

    async def check(self) -> list[str]:
        return []

    async def close(self) -> None:
        return None


def _working(village: Village, carrier: Script, *, database: Database | None = None) -> Dispatch:
    chosen = database or village.database
    return Dispatch(chosen, Made(chosen.settings, chosen, {"simulator": carrier}), Inbox(chosen))


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


@pytest.fixture
async def second(village: Village) -> AsyncIterator[Database]:
    """Another process's door to the same database."""
    made = Database(village.database.settings)
    yield made
    await made.close()


async def _write(village: Village, phone: str = WANG, text: str = "您好", *, purpose: Purpose = Purpose.ANSWER,
                 expires_minutes: int | None = None) -> int:
    async with village.database.session() as db:
        message = await outbox.queue(
            db, to="+86" + phone, text=text, purpose=purpose,
            expires_at=clock.now() + timedelta(minutes=expires_minutes) if expires_minutes else None)
        return message.id


async def _one(village: Village, message_id: int) -> Message:
    async with village.database.reading() as db:
        return await db.get_one(Message, message_id)


async def test_two_workers_at_once_hand_over_each_text_once(village: Village, second: Database) -> None:
    ids = [await _write(village, text=f"第{n}条") for n in range(120)]
    carrier = Script(batch=10)
    workers = [_working(village, carrier, database=database) for database in (village.database, second)]

    async def drain(worker: Dispatch) -> None:
        while await worker.drain_once():
            pass

    await asyncio.gather(*map(drain, workers))
    assert sorted(text.id for text in carrier.handed) == ids
    assert {text.status for text in await messages(village, WANG)} == {Status.ACCEPTED}


async def test_replies_and_codes_go_before_news_and_news_before_bulk(village: Village) -> None:
    await village.neighbour("李建国", LI, agreed=True)
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await village.push(job)
    wang = await village.neighbour("王秀兰", WANG)
    await signs_up(village, job, wang)
    await changes(village, job, places=13)
    async with village.database.session() as db:
        await outbox.queue(db, to="+86" + WANG, text="有变", purpose=Purpose.SERVICE)
        await codes.ask(db, "+86" + WANG, address="192.0.2.1")
    await village.says(WANG, "我的")
    carrier = Script(batch=1)
    working = _working(village, carrier)
    while await working.drain_once():
        pass
    async with village.database.reading() as db:
        purposes = [(await db.get_one(Message, text.id)).purpose for text in carrier.handed]
    assert purposes == [Purpose.CODE, Purpose.ANSWER, Purpose.SERVICE, Purpose.PUSH]


async def test_a_refusal_that_may_pass_is_tried_again_with_growing_patience(village: Village) -> None:
    text = await _write(village)
    carrier = Script(*[Outcome.TRY_LATER] * 3)
    working = _working(village, carrier)
    waits = []
    for _ in range(4):
        before = clock.now()
        assert await working.drain_once() == 1
        assert await working.drain_once() == 0  # not at once
        now = await _one(village, text)
        waits.append(round((now.next_at - before).total_seconds()))
        clock.turn(max(now.next_at, clock.now()))
    assert waits[:3] == [15, 30, 60]
    assert (await _one(village, text)).status == Status.ACCEPTED
    async with village.database.reading() as db:
        tried = [(row.number, row.outcome) for row in await db.scalars(select(Attempt).order_by(Attempt.number))]
    assert tried == [(1, "try_later"), (2, "try_later"), (3, "try_later"), (4, "accepted")]


async def test_patience_ends_and_news_of_a_place_is_told_by_telephone(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG))
    await changes(village, job, place="5号厂房")
    working = _working(village, Script(*[Outcome.TRY_LATER] * 50, reason=Reason.BUSY))
    started = clock.now()
    while (await messages(village, WANG))[0].status == Status.QUEUED:
        clock.turn((await messages(village, WANG))[0].next_at)
        await working.drain_once()
    [text] = await messages(village, WANG)
    assert (text.status, text.reason, text.attempts) == (Status.FAILED, Reason.BUSY, handover.MOST_ATTEMPTS)
    assert timedelta(hours=1) < clock.now() - started < timedelta(hours=4)
    assert [(who, why) for who, why, _said in await tasks(village)] == [("王秀兰", "failed_text")]


async def test_what_may_have_been_taken_is_never_sent_again_blindly(village: Village) -> None:
    text = await _write(village)
    carrier = Script(Outcome.UNKNOWN, looks_up=True)
    working = _working(village, carrier)
    await working.drain_once()
    assert (await _one(village, text)).status == Status.UNKNOWN
    for hours in (1, 24, 80):
        clock.turn(moment("2026-03-10 12:00") + timedelta(hours=hours))
        await working.settle_once()
        await working.drain_once()
    assert (await _one(village, text)).status == Status.UNKNOWN
    assert len(carrier.handed) == 1


async def test_the_carriers_own_list_settles_it(village: Village) -> None:
    has, lacks, silent = [await _write(village, text=said) for said in ("一", "二", "三")]
    carrier = Script(Outcome.UNKNOWN, looks_up=True)
    carrier.knows = {has: Outcome.ACCEPTED, lacks: Outcome.TRY_LATER}
    working = _working(village, carrier)
    await working.drain_once()
    await working.settle_once()
    assert [(await _one(village, one)).status for one in (has, lacks, silent)] == [
        Status.ACCEPTED, Status.QUEUED, Status.UNKNOWN]
    await working.drain_once()
    assert [text.id for text in carrier.handed] == [has, lacks, silent, lacks]
    carrier.reports = [Report(f"p{has}", "delivered")]
    await working.poll_once()
    assert (await _one(village, has)).status == Status.DELIVERED


async def test_a_gateway_that_breaks_leaves_its_texts_unknown(village: Village) -> None:
    text = await _write(village)
    carrier = Script()

    async def breaks(texts: Sequence[Outbound]) -> list[Sent]:
        raise RuntimeError("no answer")

    carrier.send = breaks  # type: ignore[method-assign]
    assert await _working(village, carrier).drain_once() == 1
    assert (await _one(village, text)).status == Status.UNKNOWN


async def test_a_lease_that_ends_makes_its_texts_unknown_and_late_results_do_not_count(village: Village) -> None:
    text = await _write(village)
    async with village.database.session() as db:
        claimed = await claims.claim(db, "simulator", OWN, worker="elsewhere:1:a", most=10, lease_seconds=60)
    assert [one.id for one in claimed.texts] == [text]
    await _working(village, Script()).settle_once()
    assert (await _one(village, text)).status == Status.SENDING  # still theirs
    clock.turn(clock.now() + timedelta(seconds=61))
    working = _working(village, Script())  # another one: to the first the clock has jumped
    await working.settle_once()
    assert ((now := await _one(village, text)).status, now.reason) == (Status.UNKNOWN, "lease")
    async with village.database.session() as db:
        await handover.write_down(db, [Sent(text, Outcome.TRY_LATER)], worker="elsewhere:1:a")
    assert (await _one(village, text)).status == Status.UNKNOWN
    assert await working.drain_once() == 0


async def test_a_text_that_would_come_too_late_is_withdrawn(village: Village) -> None:
    late = await _write(village, expires_minutes=5)
    await _write(village, text="再见")
    clock.turn(clock.now() + timedelta(minutes=6))
    carrier = Script()
    await _working(village, carrier).drain_once()
    assert ((now := await _one(village, late)).status, now.reason) == (Status.WITHDRAWN, "too_late")
    assert len(carrier.handed) == 1


async def test_news_that_would_come_too_late_is_told_by_telephone(village: Village) -> None:
    """Nothing left all night: the job began, and those who were to know are called."""
    job = await village.job(starts_at=moment("2026-03-11 07:00"))
    await signs_up(village, job, await village.neighbour("王秀兰", WANG))
    turn("2026-03-10 23:00")
    await changes(village, job, place="5号厂房")
    turn("2026-03-11 07:01")
    await _working(village, carrier := Script()).drain_once()
    assert carrier.handed == []
    assert [(who, why) for who, why, _said in await tasks(village)] == [("王秀兰", "failed_text")]


async def test_a_number_that_does_not_exist_is_marked_and_the_news_told_by_telephone(village: Village) -> None:
    job = await village.job(starts_at=moment("2026-03-11 14:00"))
    wang = await village.neighbour("王秀兰", WANG)
    await signs_up(village, job, wang)
    await changes(village, job, place="5号厂房")
    await _working(village, Script(Outcome.REFUSED, reason=Reason.NO_SUCH_NUMBER)).drain_once()
    async with village.database.reading() as db:
        assert (await db.get_one(Resident, wang.id)).wrong_phone_at
    await changes(village, job, place="6号厂房")
    assert len(await messages(village, WANG)) == 1
    assert [why for _who, why, _said in await tasks(village)] == ["failed_text", "changed"]


async def test_an_opt_out_that_the_carrier_knows_counts(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))
    await _working(village, Script(Outcome.REFUSED, reason=Reason.OPTED_OUT)).drain_once()
    async with village.database.reading() as db:
        assert await consent.stopped(db, "+86" + WANG)


async def test_stop_between_two_claims_keeps_back_the_second_only(village: Village) -> None:
    for name, phone in (("王秀兰", WANG), ("李建国", LI)):
        await village.neighbour(name, phone, agreed=True)
    await village.push(await village.job(starts_at=moment("2026-03-11 14:00")))
    carrier = Script(batch=1)
    working = _working(village, carrier)
    await working.drain_once()
    async with village.database.session() as db:
        await consent.withdraw(db, "+86" + LI, source="office")
    while await working.drain_once():
        pass
    assert [text.phone for text in carrier.handed] == ["+86" + WANG]
    assert (await messages(village, LI))[0].status == Status.WITHDRAWN


async def test_receipts_come_early_twice_and_out_of_order_and_none_goes_back(village: Village) -> None:
    text = await _write(village)
    carrier = Script()
    working = _working(village, carrier)
    carrier.reports = [Report(f"p{text}", "delivered")]
    await working.poll_once()  # before the call that hands the text over has returned
    await working.drain_once()
    assert (await _one(village, text)).status == Status.ACCEPTED
    await working.poll_once()
    assert (await _one(village, text)).status == Status.DELIVERED
    carrier.reports = [Report(f"p{text}", "accepted"), Report(f"p{text}", "failed", Reason.OFF),
                       Report(f"p{text}", "delivered")]
    await working.poll_once()
    assert (await _one(village, text)).status == Status.DELIVERED


async def test_a_receipt_for_a_text_that_nobody_wrote_is_kept_and_harms_nothing(village: Village) -> None:
    carrier = Script()
    carrier.reports = [Report("nobody's", "delivered"), Report("", "failed")]
    working = _working(village, carrier)
    assert await working.poll_once() == 2
    assert await working.poll_once() == 0


async def test_accepted_without_a_receipt_for_three_days_is_unknown_and_stays_so(village: Village) -> None:
    text = await _write(village)
    carrier = Script()
    working = _working(village, carrier)
    await working.drain_once()
    clock.turn(clock.now() + timedelta(hours=73))
    await working.settle_once()
    assert (await _one(village, text)).status == Status.UNKNOWN
    await working.drain_once()
    assert len(carrier.handed) == 1


async def test_another_gateways_texts_are_left_alone(village: Village) -> None:
    text = await _write(village)
    async with village.database.session() as db:
        await db.execute(update(Message).values(gateway="twilio"))
    assert await _working(village, Script()).drain_once() == 0
    assert (await _one(village, text)).status == Status.QUEUED


async def test_who_is_told_to_stop_ends_what_he_has_begun(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """No statement is broken off: its connection would be thrown away, with a trace that helps nobody."""
    working = _working(village, Script())
    begun, ended = asyncio.Event(), []

    async def errand() -> int:
        begun.set()
        await asyncio.sleep(0.2)
        ended.append(1)
        return 1

    monkeypatch.setattr(working, "fill_once", errand)
    working.start()
    await begun.wait()
    await working.stop()
    assert ended == [1]


async def test_who_waits_for_somebody_else_is_broken_off(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "GENTLY_SECONDS", 0.1)
    working = _working(village, Script())
    begun, broken_off = asyncio.Event(), []

    async def errand() -> int:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            broken_off.append(1)
            raise
        return 0

    monkeypatch.setattr(working, "fill_once", errand)
    working.start()
    await begun.wait()
    await working.stop()
    assert broken_off == [1]
