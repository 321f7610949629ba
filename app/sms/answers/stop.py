"""Stop. It works for numbers that nobody knows, takes back what has not left, and its confirmation is the end."""

from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n, words
from app.calls import calls
from app.calls.calls import Why
from app.i18n import _
from app.residents import residents
from app.sms import consent, outbox, receipts
from app.sms.answers import Answer, Example, Said
from app.sms.arrivals import Inbound
from app.sms.consent import Word
from app.sms.outbox import Message
from app.sms.reading import Reading
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.audit import Audit
from app.staff.scopes import require

INTENTS = ("UNSUB",)
EXAMPLES = (
    Example(("退订", "TD", "T", "R", "N", "莫发了", "以后不要发给我"), _("no more pushes; places already held stay")),
)


_PLACES = {"signed_up", "cancelled"}  # deeds whose undoing changes a place


class Before(TypedDict):
    """Whose word it was, what had been said before it, if anything, and where it stands in the log."""

    phone: str
    before: str | None
    record: int


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    before = await consent.word(db, said.phone)
    record = await consent.withdraw(db, said.phone, source="text", ground=said.text)
    await outbox.withdraw_pushes(db, said.phone, reason="stopped")
    await _take_back(db, said)
    changed = before != Word.STOPPED
    return Answer(words.text("stopped.txt", station=said.station_phone),
                  did={"stopped": Before(phone=said.phone, before=before, record=record)} if changed else {})


async def _take_back(db: AsyncSession, said: Said) -> None:
    """What staff answered or put right and waits for the morning does not leave any more. What it says of a place,
    somebody says by telephone."""
    ids = await outbox.withdraw_waiting(db, said.phone, reason="stopped")
    await receipts.after_failures(db, ids)
    for message in await db.scalars(select(Message).where(Message.id.in_(ids), Message.listing_id.is_(None),
                                                          Message.inbound_id.is_not(None))):
        undone = await db.scalars(select(Audit.detail).where(
            Audit.subject == Inbound.__tablename__, Audit.subject_id == message.inbound_id, Audit.verb == "correct"))
        if any(_PLACES & set(detail.get("undone", ())) for detail in undone):
            await calls.ask(db, Why.FAILED_TEXT, phone=said.phone, said=message.body, area_id=message.area_id,
                            resident=said.people[0] if said.people else None)


async def undo_stopped(db: AsyncSession, done: Before, *, by: Officer) -> str:
    return await put_back(db, done, Word.STOPPED, "undone_stop.txt", by=by)


async def put_back(db: AsyncSession, done: Before, said: Word, template: str, *, by: Officer) -> str:
    """What held before that word holds again, unless another one came since, be it the same."""
    require(by, May.CALL)
    phone, before = done["phone"], done["before"]
    if not await consent.is_newest(db, done.get("record", 0), phone):
        return ""
    await consent.take_back(db, phone, before=Word(before) if before else None, by=by)
    people = await residents.by_phone(db, phone)
    audit.record(db, f"take_back_{said}", people[0] if people else None, by=by)
    if before is None:  # nothing comes to them, nor came before
        return ""
    with i18n.speaking(people[0].language if people else i18n.DEFAULT):
        return words.text(template)


UNDO = {"stopped": undo_stopped}
