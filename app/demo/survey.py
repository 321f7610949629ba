"""A bulk text that is half way through when the demo opens: half of it has arrived and is being answered, the rest
leaves while one looks on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n, words
from app.audience.filters import Filter
from app.campaigns import campaigns, filling, options, plan, sending
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.filling import Stage
from app.db import core, settings_of
from app.demo.people import Neighbour
from app.residents.residents import WorkStatus
from app.sms import length, outbox, receipts
from app.sms.arrivals import Inbound, State
from app.sms.batches import PEOPLE, TEXTS, Batch
from app.sms.gateways.base import Outcome, Reason
from app.sms.gateways.simulator import SimulatedMessage
from app.sms.outbox import Attempt, Message, Priority, Purpose, Receipt, Status
from app.sms.replies import Reply
from app.staff.accounts import Officer

TITLE = "节后返岗意愿"
TEXT = "{姓名}您好,节后还去原来的厂吗?回1还去 2想换个厂 3想在家附近干"
HOURS = 1
_ANSWERED = 0.3
_SAID = {1: ("1", "1", "1", "还去", "①", "回1"), 2: ("2", "2", "想换个厂", "二"), 3: ("3", "3", "想在家附近干", "就近")}
_SHARES = (55, 15, 30)
# What becomes of a text: the state, why, and how many of a thousand.
_ENDS = ((Status.DELIVERED, "", 952), (Status.FAILED, Reason.OFF, 24), (Status.FAILED, Reason.NO_SUCH_NUMBER, 14),
         (Status.UNKNOWN, "cannot_tell", 10))

_message = core(Message)


async def begin(db: AsyncSession, random: Random, neighbours: Sequence[Neighbour], *, clerk: Officer,
                supervisor: Officer) -> Batch:
    """Ask those who work in a factory now, on phones of their own: last year's list, as a station has it."""
    users: dict[str, int] = {}
    for one in neighbours:
        users[one.person.phone or ""] = users.get(one.person.phone or "", 0) + 1
    asked = tuple(one.id for one in neighbours if one.person.work_status == WorkStatus.STEADY and one.person.adult
                  and one.person.phone and users[one.person.phone] == 1)
    campaign = await campaigns.draft(db, TITLE, kind=Kind.SURVEY, by=clerk)
    await campaigns.change(db, campaign, by=clerk, chosen=Filter(people=asked), text=TEXT)
    await campaigns.set_time(db, campaign, leaves_at=None, spread_minutes=HOURS * 60, by=clerk)
    batch = await sending.hand_in(db, campaign, by=clerk)
    await _fill(db, campaign, batch, PEOPLE)
    await sending.approve(db, campaign, by=supervisor)
    await _fill(db, campaign, batch, TEXTS)
    await _half_an_hour_later(db, random, batch)
    return batch


async def _fill(db: AsyncSession, campaign: Campaign, batch: Batch, what: str) -> None:
    planned, stride = await plan.of(db, campaign), filling.stride_of(db)
    stage: Stage = (filling.People(batch, planned, stride) if what == PEOPLE
                    else filling.Texts(db, batch, planned.terms, stride))
    while batch.filling == what:
        await stage.piece(db, batch)


async def _half_an_hour_later(db: AsyncSession, random: Random, batch: Batch) -> None:
    """As if it had been handed in and approved an hour ago, and had begun half an hour ago."""
    half = timedelta(minutes=HOURS * 30)
    batch.created_at -= 2 * half
    batch.approved_at = (batch.approved_at or clock.now()) - half - timedelta(minutes=2)
    batch.leaves_at = (batch.leaves_at or clock.now()) - half
    rows = (await db.execute(select(Message.id, Message.phone, Message.body, Message.addressed, Message.next_at)
                             .where(Message.batch_id == batch.id).order_by(Message.id))).all()
    await db.execute(update(_message).where(_message.c.id == bindparam("row")).values(
        next_at=bindparam("due"), created_at=batch.leaves_at), [
            {"row": row.id, "due": row.next_at - half} for row in rows])
    now = clock.now()
    gone = [row for row in rows if row.next_at - half < now]
    if not gone:
        return  # by night it has not begun
    await _arrive(db, random, gone, half)
    await _answer(db, random, batch, random.sample(gone, int(len(gone) * _ANSWERED)), half)
    await db.flush()


async def _arrive(db: AsyncSession, random: Random, gone: Sequence[Any], half: timedelta) -> None:
    """These were handed over and have an end."""
    ends = random.choices(_ENDS, weights=[end[2] for end in _ENDS], k=len(gone))
    gateway = settings_of(db).bulk_gateways[0]
    sent = [(row, status, str(reason), row.next_at - half + timedelta(seconds=1))
            for row, (status, reason, _share) in zip(gone, ends, strict=True)]
    await db.execute(update(_message).where(_message.c.id == bindparam("row")).values(
        status=bindparam("state"), reason=bindparam("why"), sent_at=bindparam("at"), ended_at=bindparam("ended"),
        attempts=1, provider_id=bindparam("provider")), [
            {"row": row.id, "state": str(status), "why": reason, "at": at, "provider": f"demo-{row.id}",
             "ended": None if status == Status.UNKNOWN else at + timedelta(seconds=3)}
            for row, status, reason, at in sent])
    await db.execute(insert(Attempt), [{"message_id": row.id, "number": 1, "at": at, "outcome": str(Outcome.ACCEPTED),
                                        "code": "", "gateway": gateway} for row, _status, _reason, at in sent])
    await db.execute(insert(Receipt), [
        {"gateway": gateway, "provider_id": f"demo-{row.id}", "status": str(status), "reason": reason, "code": "",
         "raw": f"demo-{row.id} {status}", "received_at": at + timedelta(seconds=3),
         "applied_at": at + timedelta(seconds=3)} for row, status, reason, at in sent if status != Status.UNKNOWN])
    await receipts.after_failures(db, [row.id for row, status, _reason, _at in sent if status == Status.FAILED])


async def _answer(db: AsyncSession, random: Random, batch: Batch, rows: Sequence[Any], half: timedelta) -> None:
    """Some have answered: their texts, what was noted, and what we said back."""
    ends = {row.id: row.status for row in await db.execute(select(Message.id, Message.status).where(
        Message.id.in_([row.id for row in rows])))}
    labels = [option.label for option in options.of(batch.text)]
    now = clock.now()
    made: list[tuple[Any, int, datetime]] = []
    for row in rows:
        at = row.next_at - half + timedelta(seconds=random.randint(40, 600))
        if ends[row.id] == Status.DELIVERED and at < now:
            made.append((row, random.choices((1, 2, 3), weights=_SHARES)[0], at))
    made.sort(key=lambda one: one[2])
    gateway = settings_of(db).bulk_gateways[0]
    await db.execute(insert(SimulatedMessage), [
        {"reference": row.id, "phone": row.phone, "text": row.body, "segments": length.measure(row.body).segments,
         "at": row.next_at - half, "arrived": True, "repeats": 0} for row, _choice, _at in made])
    await db.execute(insert(Reply), [
        {"batch_id": batch.id, "resident_id": row.addressed[0], "phone": row.phone, "choice": choice, "seats": None,
         "at": at, "officer_id": None} for row, choice, at in made])
    await db.execute(insert(Inbound), [
        {"gateway": gateway, "phone": row.phone, "text": (said := random.choice(_SAID[choice])), "raw": said,
         "received_at": at, "state": str(State.ANSWERED), "context": "survey", "intent": "SURVEY",
         "rule": "survey_number", "slots": {"choice": str(choice)}, "resident_id": row.addressed[0],
         "area_id": batch.area_id, "answered_at": at, "did": {}, "needs": ""} for row, choice, at in made])
    with i18n.speaking("zh"):
        texts = [words.text("survey_noted.txt", choice=place, label=label, name="", seats=None)
                 for place, label in enumerate(labels, 1)]
    await db.execute(insert(Message), [
        _told(outbox.written(
            settings_of(db), to=row.phone, text=texts[choice - 1], purpose=Purpose.ANSWER, asks="survey",
            addressed=row.addressed, area_id=batch.area_id,
            memory={"batch": batch.id, "options": labels, "meant": list(row.addressed)}), at)
        for row, choice, at in made])


def _told(written: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The row of an answer of ours that has arrived."""
    return {**written, "priority": int(Priority.REPLY), "status": str(Status.DELIVERED), "created_at": at,
            "next_at": at, "sent_at": at, "ended_at": at, "attempts": 1}
