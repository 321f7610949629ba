"""Delete me: at once nothing is held for the person and nothing is sent to them; staff then erase what is left."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, i18n, words
from app.access import card_numbers, sessions
from app.access.sessions import PhoneSession
from app.calls import calls
from app.calls.calls import Call, Why
from app.db import core, deed
from app.errors import Refused
from app.i18n import _
from app.listings import signups
from app.listings.signups import Via
from app.org import areas
from app.residents import residents
from app.residents.residents import Resident
from app.rights import corrections
from app.sms import outbox, stopping
from app.sms.outbox import Message, Purpose, Status


@dataclass(frozen=True)
class Asked:
    """`given_back` are the places that others can have now; `kept` began already, and cannot be given back any more."""

    due_on: date | None
    given_back: int
    kept: int


async def ask(db: AsyncSession, person: Resident, *, phone: str = "") -> Asked:
    """Give the places back (the first who waits moves up), stop the texts, let staff know by when to erase. On a phone
    that several share only this person is concerned: the number's word about texts is the others', too."""
    given_back = kept = 0
    for held in sorted(await signups.held_by(db, [person.id]), key=lambda one: one.listing_id):
        try:
            async with deed(db):
                await signups.cancel(db, held, via=Via.PAGE)
            given_back += 1
        except Refused:
            kept += 1
    await db.refresh(person, with_for_update=True)
    number = person.phone or ""
    if person.left_at is None:
        sharing = [one for one in await residents.by_phone(db, number) if one.id != person.id] if number else []
        if number and not sharing:
            await stopping.stop(db, number, [], source="page")
        elif number:
            await _withdraw_alone(db, number, person)
        person.left_at = clock.now()
        await card_numbers.end(db, person)
        await db.execute(update(core(PhoneSession)).where(core(PhoneSession).c.resident_id == person.id)
                         .values(resident_id=None))
        await _tell(db, person)
        with i18n.speaking(i18n.DEFAULT):
            said = i18n.say(_("Wants to be deleted. Please telephone, then erase this person on their page."))
        await calls.ask(db, Why.DELETION, phone=phone or number, resident=person, said=said,
                        due_on=corrections.last_day(db))
        await db.flush()
    call = await asked(db, person)
    return Asked(call.due_on if call else None, given_back, kept)


async def asked(db: AsyncSession, person: Resident) -> Call | None:
    """The open task, if they asked."""
    return await db.scalar(select(Call).where(Call.resident_id == person.id, Call.why == Why.DELETION,
                                              Call.done_at.is_(None)).limit(1))


async def waits(db: AsyncSession, session: PhoneSession) -> Call | None:
    """An open task from this phone, for whoever looks whether it was done; not where others use the phone, too."""
    if not session.phone or await sessions.people(db, session):
        return None
    return await db.scalar(select(Call).where(Call.phone == session.phone, Call.why == Why.DELETION,
                                              Call.done_at.is_(None)).limit(1))


async def _tell(db: AsyncSession, person: Resident) -> None:
    """Whoever held the phone for a minute may have pressed the button: its owner hears of it, and where to call.
    It answers what was asked for, so it goes after the stop, too."""
    if not person.phone:
        return
    station = await areas.community_of(db, await areas.get(db, person.area_id))
    with i18n.speaking(person.language):
        text = words.text("deleting.txt", name=person.name, station=station.phone)
    await outbox.queue(db, to=person.phone, text=text, purpose=Purpose.ANSWER, addressed=[person.id])


async def _withdraw_alone(db: AsyncSession, phone: str, person: Resident) -> None:
    """What waits for this person alone at the shared phone."""
    waiting = await db.scalars(select(Message).where(Message.phone == phone, Message.status == Status.QUEUED,
                                                     Message.purpose.in_((Purpose.PUSH, Purpose.SERVICE))))
    ids = [one.id for one in waiting if one.addressed == [person.id] and outbox.ALARM not in one.memory]
    await db.execute(update(Message).where(Message.id.in_(ids), Message.status == Status.QUEUED)
                     .values(status=Status.WITHDRAWN, reason="erased", ended_at=clock.now()))
