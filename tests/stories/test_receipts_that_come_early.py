"""A receipt may be here before the provider's answer to the call that handed the text over, or instead of it."""

import pytest
from sqlalchemy import select

from app.sms import claims, handover, receipts
from app.sms.gateways.base import Outcome, Report, Sent
from app.sms.lanes import Lane
from app.sms.outbox import Attempt, Message, Priority, Purpose, Status, queue
from tests.campaigns.carriers import Carrier
from tests.stories.acts import WANG, messages
from tests.village import Village


@pytest.fixture
async def text(village: Village) -> Message:
    async with village.database.session() as db:
        return await queue(db, to="+86" + WANG, text="已给您报上", purpose=Purpose.ANSWER)


async def _brings(village: Village, text: Message, *ends: Status) -> None:
    """What a provider calls with whose address of ours names the text."""
    async with village.database.session() as db:
        await handover.settle(db, [Sent(text.id, Outcome.ACCEPTED, f"p{text.id}")])
        await receipts.keep(db, "simulator", [Report(f"p{text.id}", end) for end in ends])
        await receipts.apply_kept(db)


async def _tries(village: Village) -> list[tuple[int, str]]:
    async with village.database.reading() as db:
        return [(row.number, row.outcome) for row in await db.execute(
            select(Attempt.number, Attempt.outcome).order_by(Attempt.id))]


@pytest.mark.parametrize("answers", [True, False])
async def test_before_the_answer_it_counts_whether_one_follows_or_not(village: Village, text: Message,
                                                                       answers: bool) -> None:
    carrier = Carrier()
    carrier.away = "" if answers else "lost"
    carrier.meanwhile = lambda: _brings(village, text, Status.ACCEPTED, Status.DELIVERED)
    worker = carrier.worker(village)
    await worker.drain_once()
    await worker.poll_once()
    assert [one.status for one in await messages(village, WANG)] == [Status.DELIVERED]
    assert await _tries(village) == [(1, Outcome.ACCEPTED if answers else Outcome.UNKNOWN)]


async def test_while_the_dead_hold_the_text_it_counts_when_their_lease_ends(village: Village, text: Message) -> None:
    worker = Carrier().worker(village)
    async with village.database.session() as db:
        await claims.claim(db, "simulator", [Lane(Priority.REPLY, "simulator")], worker="elsewhere:1:a", most=1,
                           lease_seconds=50)
    await _brings(village, text, Status.FAILED)
    assert [one.status for one in await messages(village, WANG)] == [Status.SENDING]
    async with village.database.session() as db:
        await handover.expire(db, dead=["elsewhere:1:a"], longest=None)
    await worker.poll_once()
    assert [one.status for one in await messages(village, WANG)] == [Status.FAILED]
    assert await _tries(village) == [(1, Outcome.UNKNOWN)]
