"""A bulk text whose every copy the carrier refuses pauses by itself, before it has used up everybody."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.sms import batches
from app.sms.batches import Batch, State
from app.sms.gateways.base import Outcome, Reason, Sent
from app.sms.outbox import Message, Status

IN_A_ROW = 20  # refusals without a text between that was taken: a handful of dead numbers is no trouble
_OURS = (Reason.QUOTA, Reason.ACCOUNT)  # the graver one is what a batch is told of that met both
_TAKEN = (Status.ACCEPTED, Status.DELIVERED, Status.UNKNOWN)


async def watch(db: AsyncSession, results: Sequence[Sent], *, among: Sequence[Sent],
                elsewhere: bool = False) -> list[int]:
    """Pause the batches to whose texts the carrier said nothing but no, and put down why; returns their ids. What was
    taken `among` all that it said at the same time counts, too.

    Our account, money, settings or quota stop a batch at the first text, unless `elsewhere` another gateway would take
    the rest. Texts that were surely not taken on these grounds wait for it, or for somebody to let the batch go on.
    """
    account = [sent.id for sent in results if sent.reason in _OURS]
    refused = [sent.id for sent in results if sent.outcome == Outcome.REFUSED]
    if not account and not refused:
        return []
    blown = {} if elsewhere else {batch_id: str(reason) for reason in _OURS for batch_id in await _batches(
        db, [sent.id for sent in results if sent.reason == reason])}
    taken = await _batches(db, [sent.id for sent in among if sent.outcome == Outcome.ACCEPTED]) if refused else []
    for batch_id in set(await _batches(db, refused)) - set(taken):
        if batch_id not in blown and (reason := await _nothing_but_no(db, batch_id)):
            blown[batch_id] = reason
    stopped = await batches.stopped_among(db, await _batches(db, account))
    await db.execute(update(Message).where(Message.id.in_(account), Message.batch_id.not_in(stopped),
                                           Message.status == Status.FAILED)
                     .values(status=Status.QUEUED, reason="", next_at=clock.now(), sent_at=None, ended_at=None)
                     .execution_options(synchronize_session=False))
    for batch_id, reason in blown.items():
        await db.execute(update(Batch).where(Batch.id == batch_id, Batch.state.in_((State.QUEUED, State.HELD)))
                         .values(state=State.PAUSED, trouble=reason).execution_options(synchronize_session=False))
    return sorted(blown)


async def _batches(db: AsyncSession, message_ids: Sequence[int]) -> list[int]:
    if not message_ids:
        return []
    found = await db.scalars(select(Message.batch_id).where(
        Message.id.in_(message_ids), Message.batch_id.is_not(None)).distinct())
    return [batch_id for batch_id in found if batch_id is not None]


async def _nothing_but_no(db: AsyncSession, batch_id: int) -> str:
    """Why, if each of the last texts that were handed over, since somebody let it go on, was refused."""
    resumed_at = await db.scalar(select(Batch.resumed_at).where(Batch.id == batch_id))
    lately = Message.sent_at.is_not(None) if resumed_at is None else Message.sent_at >= resumed_at
    last = list(await db.execute(
        select(Message.status, Message.reason).where(Message.batch_id == batch_id, lately,
                                                     Message.status.in_((Status.FAILED, *_TAKEN)))
        .order_by(Message.sent_at.desc(), Message.id.desc()).limit(IN_A_ROW)))
    if len(last) < IN_A_ROW or any(row.status in _TAKEN for row in last):
        return ""
    return str(Counter(row.reason for row in last).most_common(1)[0][0])
