"""What happened between a campaign and one of its people, in the order of time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.calls import Call
from app.listings.signups import Signup, SignupChange
from app.residents.residents import Resident
from app.sms.arrivals import Inbound
from app.sms.batches import Batch
from app.sms.outbox import Attempt, Message, Receipt
from app.sms.replies import Reply
from app.staff.accounts import Officer

LISTENED = timedelta(days=7)  # what people write later is about other things


class What(StrEnum):
    WRITTEN = "written"        # into the outbox
    ATTEMPT = "attempt"        # to hand it to the carrier `said`; `word` is what came of it
    RECEIPT = "receipt"        # from the carrier; `word` is the state that it says
    WITHDRAWN = "withdrawn"    # `word` says why
    WROTE = "wrote"            # the person, or somebody on that phone; `said` are the words, `word` what it means
    NOTED = "noted"            # a numbered answer, by text or by staff; `word` is its number
    PLACE = "place"            # on the listing; `word` is which
    CALL = "call"              # somebody is to telephone
    CALLED = "called"          # and did; `said` is what came of it


@dataclass(frozen=True)
class Event:
    """`code` is the carrier's own word, `by` the officer's name; `shared` says that it came from the phone, and perhaps
    from somebody else who uses it."""

    at: datetime
    what: What
    word: str = ""
    said: str = ""
    code: str = ""
    by: str = ""
    shared: bool = False


async def of(db: AsyncSession, batch: Batch, resident: Resident, phone: str, *,
             texts: Select[Inbound]) -> list[Event]:
    """Everything, the oldest first. `phone` is the number that was texted, `texts` are those that the reader may see of
    all that came in."""
    events = [*await _sent(db, batch, phone), *await _wrote(db, batch, resident, phone, texts),
              *await _noted(db, batch, resident), *await _places(db, batch, resident)]
    return sorted(events, key=lambda event: event.at)


async def _sent(db: AsyncSession, batch: Batch, phone: str) -> list[Event]:
    message = await db.scalar(select(Message).where(Message.batch_id == batch.id, Message.phone == phone))
    if message is None:
        return []
    events = [Event(message.created_at, What.WRITTEN, said=message.body)]
    if message.status == "withdrawn" and message.ended_at is not None:
        events.append(Event(message.ended_at, What.WITHDRAWN, word=message.reason))
    events += [Event(one.at, What.ATTEMPT, word=one.outcome, said=one.gateway or "", code=one.code)
               for one in await db.scalars(select(Attempt).where(Attempt.message_id == message.id))]
    if message.provider_id:
        events += [Event(one.received_at, What.RECEIPT, word=one.status, said=one.reason, code=one.code)
                   for one in await db.scalars(select(Receipt).where(
                       Receipt.gateway == message.gateway, Receipt.provider_id == message.provider_id))]
    return events


async def _wrote(db: AsyncSession, batch: Batch, resident: Resident, phone: str,
                 texts: Select[Inbound]) -> list[Event]:
    """Nothing where the person has another number now: who wrote from that one, nobody knows."""
    if resident.phone != phone:
        return []
    since = batch.leaves_at or batch.created_at
    rows = await db.scalars(texts.where(Inbound.phone == phone, Inbound.received_at >= since,
                                        Inbound.received_at < since + LISTENED))
    return [Event(row.received_at, What.WROTE, word=row.intent, said=row.text, shared=row.resident_id != resident.id)
            for row in rows]


async def _noted(db: AsyncSession, batch: Batch, resident: Resident) -> list[Event]:
    reply = await db.get(Reply, (batch.id, resident.id))
    events = [] if reply is None else [Event(reply.at, What.NOTED, word=str(reply.choice),
                                             by=await _name(db, reply.officer_id))]
    for call in await db.scalars(select(Call).where(Call.batch_id == batch.id, Call.resident_id == resident.id)):
        events.append(Event(call.created_at, What.CALL))
        if call.done_at is not None:
            events.append(Event(call.done_at, What.CALLED, said=call.result, by=await _name(db, call.done_by_id)))
    return events


async def _places(db: AsyncSession, batch: Batch, resident: Resident) -> list[Event]:
    if batch.listing_id is None:
        return []
    rows = await db.execute(select(SignupChange.at, SignupChange.place).join(
        Signup, Signup.id == SignupChange.signup_id).where(
        Signup.listing_id == batch.listing_id, Signup.resident_id == resident.id))
    return [Event(row.at, What.PLACE, word=row.place) for row in rows]


async def _name(db: AsyncSession, officer_id: int | None) -> str:
    officer = await db.get(Officer, officer_id) if officer_id is not None else None
    return officer.name if officer else ""
