"""A back-up knows what was queued, and not what left since: after a restore nobody gets a text twice."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, insert, select, update

from app import clock
from app.backups import hold
from app.backups.engines import MARK, WAITING
from app.backups.hold import Held
from app.campaigns.filler import Filler
from app.db import Fact
from app.sms import batches, claims, outbox, receipts
from app.sms.batches import RESTORED, Batch, State
from app.sms.gateways import _kannel_calls as kannel
from app.sms.gateways.base import Reason, Report
from app.sms.outbox import Message, Purpose, Status
from tests.campaigns.acts import counted, does
from tests.campaigns.carriers import Carrier
from tests.stories.acts import batch_now
from tests.village import OWN, Village

OLD, NEW, LATER = "+8614200000081", "+8614200000082", "+8614200000083"


async def _restored(village: Village) -> Held | None:
    """What `doorstep restore` does once the rows are there."""
    async with village.database.session() as db:
        await db.execute(insert(Fact).values(name=MARK, value=WAITING))
    return await hold.if_restored(village.database)


async def _left(carrier: Carrier, village: Village, phones: Sequence[str]) -> None:
    """After the back-up these were handed over: the carrier knows, and the database does not."""
    async with village.database.reading() as db:
        for message in await db.scalars(select(Message).where(Message.phone.in_(phones))):
            carrier.got[message.phone] += 1
            carrier.known.add(message.id)


async def _claimed(village: Village) -> list[str]:
    """Four texts were being handed over by a worker that is on no machine any more."""
    async with village.database.session() as db:
        claimed = await claims.claim(db, "simulator", OWN, worker="gone:1:x", most=4, lease_seconds=60)
    return [text.phone for text in claimed.texts]


async def _said(village: Village, phone: str, **facts: object) -> None:
    async with village.database.session() as db:
        await outbox.queue(db, to=phone, text="您好", purpose=Purpose.SERVICE, **facts)


async def test_nobody_is_told_twice(ten: Village, underway: Batch) -> None:
    carrier = Carrier()
    assert await carrier.worker(ten).drain_once() == 4
    away = await _claimed(ten)
    for phone in (OLD, NEW):
        await _said(ten, phone)
    await _said(ten, LATER, not_before=clock.now() + timedelta(hours=3))
    await _left(carrier, ten, [*away[:2], OLD])

    assert await _restored(ten) == Held(batches=1, texts=6)
    batch = await batch_now(ten, underway)
    assert (batch.state, batch.trouble) == (State.PAUSED, RESTORED)
    worker = carrier.worker(ten)
    assert await worker.drain_once() == 0
    while await worker.settle_once():
        pass
    while await worker.drain_once():
        pass
    assert carrier.got[OLD] == carrier.got[NEW] == 1
    assert LATER not in carrier.got
    assert await counted(ten, underway) == {Status.ACCEPTED: 6, Status.QUEUED: 4}

    await does(ten, batches.resume, underway)
    while await worker.drain_once():
        pass
    assert set(carrier.got.values()) == {1}
    assert len(carrier.got) == 12
    assert (await batch_now(ten, underway)).trouble == ""


async def test_it_is_held_once(ten: Village, underway: Batch) -> None:
    assert await _restored(ten) == Held(1, 0)
    await does(ten, batches.resume, underway)
    assert await hold.if_restored(ten.database) is None
    assert (await batch_now(ten, underway)).state == State.QUEUED


async def test_what_was_being_written_down_waits_too(ten: Village, underway: Batch) -> None:
    async with ten.database.session() as db:
        await db.execute(update(Batch).values(state=State.PREPARING, filling=batches.PEOPLE))
    await _restored(ten)
    assert not await Filler(ten.database).go_on()
    assert (await batch_now(ten, underway)).state == State.PAUSED


async def test_a_receipt_of_a_text_that_the_back_up_does_not_know_is_nobodys(ten: Village) -> None:
    """Kannel names texts by our ids."""
    async with ten.database.reading() as db:
        last = await db.scalar(select(func.max(Message.id))) or 0
    await _restored(ten)
    await _said(ten, NEW)
    async with ten.database.session() as db:
        mine = (await db.scalars(select(Message.id).where(Message.phone == NEW))).one()
        await db.execute(update(Message).where(Message.id == mine).values(
            status=Status.ACCEPTED, gateway="kannel", provider_id=kannel.provider_id(mine)))
        await receipts.keep(db, "kannel", [
            Report(kannel.provider_id(last + later), Status.FAILED, reason=Reason.NO_SUCH_NUMBER)
            for later in range(1, 100)])
        assert await receipts.apply_kept(db) == 0
        assert await db.scalar(select(Message.status).where(Message.id == mine)) == Status.ACCEPTED
        assert mine > last + 1_000_000
