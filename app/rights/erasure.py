"""Staff erase a person: what says who it is goes for good, what only counts stays.

Carriers' rules ask for the words of texts for some months (TEXTS_KEPT_DAYS). Those that are younger are taken out of
the tables at once and kept sealed, where nobody comes across them, until the day comes. What was said about texts to
the number stays: it proves why the station texted, and why it stopped.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.access import card_numbers
from app.access.codes import Code
from app.access.links import Link
from app.access.sessions import PhoneSession
from app.calls.calls import Call, Why
from app.db import Id, Table, core, only, settings_of
from app.errors import Refused
from app.i18n import _
from app.listings import signups
from app.listings.signups import Via
from app.org import areas
from app.residents import covers, hardship, numbers, residents, vault
from app.residents.residents import Resident, ResidentWord, WorkStatus, WorkStatusChange
from app.sms import consent, outbox
from app.sms.arrivals import Inbound
from app.sms.batches import Batch, Reason, Recipient
from app.sms.consent import Word
from app.sms.outbox import MOVES, Message, Receipt, Status
from app.sms.replies import Reply
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

NOBODY = "—"
RESULT = "erased"  # of a call task


class Erasure(Table):
    """`kept` are the words that have to be kept until `rest_due_at`, sealed."""

    __tablename__ = "erasure"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"))
    kept: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    rest_due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_erasure_due", "rest_due_at", **only("ended_at IS NULL")),)


async def erase(db: AsyncSession, person: Resident, *, by: Officer) -> None:
    """Forget who this was. Pressed twice, it is done once. Raises Refused, saying what has to wait."""
    require(by, May.EDIT_RESIDENTS)
    for held in sorted(await signups.held_by(db, [person.id]), key=lambda one: one.listing_id):
        if held.listing.started(clock.now()):
            raise Refused(_("They have a place on {number}, which is under way. Please erase after that."),
                          number=held.listing.number)
        await signups.cancel(db, held, via=Via.STAFF, by=by, tell=False)
    await db.refresh(person, with_for_update=True)
    if person.erased_at is not None:
        return
    await _must_not_wait(db, person)
    sharing = [one for one in await residents.by_phone(db, person.phone) if one.id != person.id] if person.phone else []
    kept = await _forget_texts(db, person, alone=not sharing)
    await _forget_ways_in(db, person, alone=not sharing)
    await _forget_calls(db, person, alone=not sharing, by=by)
    if person.phone and not sharing:
        await consent.say_of_all(db, person.phone, Word.STOPPED, source="erased", by=by)
    await _forget_person(db, person)
    db.add(Erasure(resident_id=person.id, kept=vault.of(db).seal_text(json.dumps(kept)) if kept else "",
                   rest_due_at=clock.now() + timedelta(days=settings_of(db).texts_kept_days)))
    audit.record(db, "erase_resident", person, by=by)
    await db.flush()


async def finish_due(db: AsyncSession) -> None:
    """What the rules wanted kept has been kept for long enough."""
    await db.execute(update(core(Erasure)).where(core(Erasure).c.ended_at.is_(None),
                                                 core(Erasure).c.rest_due_at <= clock.now())
                     .values(kept="", ended_at=clock.now()))


async def finish_bulk(db: AsyncSession) -> None:
    """Bulk texts that were under way when somebody was erased have ended: what is left there of them goes, too."""
    reason, row, message = core(Reason).c, core(Recipient).c, core(Message).c
    left = await db.execute(select(reason.batch_id, reason.resident_id, reason.phone).distinct()
                            .join(core(Erasure), core(Erasure).c.resident_id == reason.resident_id)
                            .join(core(Batch), core(Batch).c.id == reason.batch_id)
                            .where(reason.phone != "", core(Batch).c.ended_at.is_not(None)))
    for batch_id, resident_id, phone in left.all():
        for got in (await db.execute(select(row.id, row.addressed).where(
                row.batch_id == batch_id, row.phone == phone))).all():
            if got.addressed == [resident_id]:
                await db.execute(update(core(Recipient)).where(row.id == got.id).values(body="", phone=f"-{got.id}"))
                await db.execute(update(core(Message)).where(message.batch_id == batch_id, message.phone == phone)
                                 .values(body="", phone=""))
        await db.execute(update(core(Reason)).where(reason.batch_id == batch_id, reason.resident_id == resident_id)
                         .values(phone=""))


async def _must_not_wait(db: AsyncSession, person: Resident) -> None:
    open_ = await db.scalar(select(Call.id).where(Call.resident_id == person.id, Call.done_at.is_(None),
                                                  Call.why.in_((Why.COMPLAINT, Why.URGENT))).limit(1))
    if open_ is not None:
        raise Refused(_("A complaint or an emergency of theirs is still open. Please finish that first."))
    leaving = await db.scalars(select(Message.addressed).where(Message.phone == (person.phone or ""),
                                                               Message.status == Status.SENDING))
    if any(not addressed or person.id in addressed for addressed in leaving):
        raise Refused(_("A text to them is just leaving. Please try again in a minute."))


async def _forget_texts(db: AsyncSession, person: Resident, *, alone: bool) -> list[dict[str, Any]]:
    """Both ways, and in bulk; returns what has to be kept. Where others share the phone, what was for this person
    alone goes, and out of the rest the name."""
    since, before = await numbers.held_since(db, person), await _numbers_before(db, person)
    young = clock.now() - timedelta(days=settings_of(db).texts_kept_days)
    kept = []
    for one in await db.scalars(select(Message).where(or_(
            Message.phone.in_(before), and_(Message.phone == person.phone, Message.created_at >= since)))):
        if outbox.ALARM in one.memory:
            continue
        mine = one.addressed == [person.id] or (alone and one.phone == person.phone)
        if mine and one.created_at > young:
            kept.append({"to": one.phone, "at": one.created_at.isoformat(), "text": one.body})
        if mine or person.id in one.addressed:
            await _forget_message(db, one, person, mine=mine)
    for text in await db.scalars(select(Inbound).where(or_(
            Inbound.resident_id == person.id, and_(Inbound.phone == person.phone, Inbound.received_at >= since)))):
        if await _is_anothers(db, text, person):
            if person.name in text.text:
                text.text, text.raw, text.sealed = covers.bare(text.text, {person.name}), "", None
            continue
        if text.received_at > young:
            kept.append({"from": text.phone, "at": text.received_at.isoformat(), "text": text.text})
        text.text, text.raw, text.sealed, text.slots, text.did, text.phone = "", "", None, {}, {}, ""
        text.handled_at = text.handled_at or clock.now()
    await _forget_bulk(db, person, before, alone=alone)
    await db.flush()
    return kept


async def _is_anothers(db: AsyncSession, text: Inbound, person: Resident) -> bool:
    """Of a phone that several share: it names somebody else, or came from somebody else as far as anybody knows. The
    register notes the first of a family where nobody is named."""
    others = [one.name for one in await residents.by_phone(db, text.phone) if one.id != person.id] if text.phone else []
    return bool(others) and (text.resident_id != person.id or any(name in text.text for name in others))


async def _numbers_before(db: AsyncSession, person: Resident) -> list[str]:
    """Numbers that this person had, and that may be somebody else's now."""
    found = select(Inbound.phone).where(Inbound.resident_id == person.id).union(
        select(Reason.phone).where(Reason.resident_id == person.id))
    return sorted(set(await db.scalars(found)) - {person.phone, ""})


async def _forget_message(db: AsyncSession, message: Message, person: Resident, *, mine: bool) -> None:
    if not mine:
        message.body = covers.bare(message.body, {person.name})
        return
    if message.status == Status.QUEUED:
        message.status, message.reason, message.ended_at = Status.WITHDRAWN, "erased", clock.now()
    message.body, message.memory = "", {}
    if not MOVES[message.status]:  # otherwise what became of it is still to be told, and belongs to the number
        message.phone = ""
    if message.provider_id:
        await db.execute(update(core(Receipt)).where(core(Receipt).c.gateway == message.gateway,
                                                     core(Receipt).c.provider_id == message.provider_id)
                         .values(raw=""))


async def _forget_bulk(db: AsyncSession, person: Resident, before: list[str], *, alone: bool) -> None:
    """That they got a bulk text and what they answered stays for the counts, without number, words and reasons. Of one
    that is under way the number stays, until finish_bulk()."""
    ended = select(core(Batch).c.id).where(core(Batch).c.ended_at.is_not(None))
    for row in await db.scalars(select(Recipient).where(Recipient.phone.in_([person.phone or "", *before]),
                                                        Recipient.batch_id.in_(ended))):
        if row.addressed == [person.id] or (alone and row.phone == person.phone):
            row.body, row.phone = "", f"-{row.id}"
        elif person.id in row.addressed:
            row.body = covers.bare(row.body, {person.name})
    reason, reply = core(Reason).c, core(Reply).c
    await db.execute(update(core(Reason)).where(reason.resident_id == person.id, reason.batch_id.in_(ended))
                     .values(phone=""))
    await db.execute(update(core(Reply)).where(reply.resident_id == person.id).values(phone=""))
    await db.execute(update(core(Reason)).where(core(Reason).c.resident_id == person.id).values(why=[]))


async def _forget_ways_in(db: AsyncSession, person: Resident, *, alone: bool) -> None:
    await card_numbers.end(db, person)
    for table in (Link, PhoneSession):
        mine: Any = table.resident_id == person.id
        if alone and person.phone:
            mine = or_(mine, table.phone == person.phone)
        await db.execute(delete(table).where(mine).execution_options(synchronize_session=False))
    if alone and person.phone:
        await db.execute(delete(Code).where(Code.phone == person.phone).execution_options(synchronize_session=False))


async def _forget_calls(db: AsyncSession, person: Resident, *, alone: bool, by: Officer) -> None:
    mine: Any = Call.resident_id == person.id
    if alone and person.phone:
        mine = or_(mine, (Call.phone == person.phone) & Call.resident_id.is_(None))
    for call in await db.scalars(select(Call).where(mine)):
        call.phone = call.said = ""
        if call.done_at is None:
            call.done_at, call.done_by_id = clock.now(), by.id
        call.result = RESULT


async def _forget_person(db: AsyncSession, person: Resident) -> None:
    community = await areas.community_of(db, await areas.get(db, person.area_id))
    for table in (ResidentWord, hardship.Hardship, WorkStatusChange):
        mine: Any = table
        await db.execute(delete(mine).where(mine.resident_id == person.id)
                         .execution_options(synchronize_session=False))
    person.name, person.phone, person.born_on, person.sex = NOBODY, None, None, None
    person.id_number = person.id_number_hash = None
    person.household_id, person.area_id, person.work_status = None, community.id, WorkStatus.UNKNOWN
    person.wrong_phone_at = None
    person.left_at = person.left_at or clock.now()
    person.erased_at = clock.now()

