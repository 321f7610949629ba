"""Stop, and come back: the same whether it was written in a text, pressed on a page, or follows from something else."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls import calls
from app.calls.calls import Why
from app.residents.residents import Resident
from app.sms import consent, outbox, receipts
from app.sms.arrivals import Inbound
from app.sms.consent import JOBS, PURPOSES, Change, Word
from app.sms.outbox import Message
from app.staff.audit import Audit

_PLACES = {"signed_up", "cancelled"}  # deeds whose undoing changes a place


async def stop(db: AsyncSession, phone: str, people: Sequence[Resident], *, source: str,
               ground: str = "") -> dict[str, Change]:
    """No more texts of any purpose to the number, whether anybody knows it or not. What has not left is taken back."""
    changes = await consent.say_of_all(db, phone, Word.STOPPED, source=source, ground=ground)
    await outbox.withdraw_pushes(db, phone, reason="stopped")
    await _take_back(db, phone, people)
    return changes


async def come_back(db: AsyncSession, phone: str, *, source: str, ground: str = "") -> dict[str, Change]:
    """Texts again, of every purpose."""
    return await consent.say_of_all(db, phone, Word.AGREED, source=source, ground=ground)


async def say(db: AsyncSession, phone: str, purpose: str, word: Word, *, source: str) -> None:
    """A word about texts of one purpose; for the others it stays as it was. What waits of it does not leave: every
    claim asks what holds then."""
    if purpose == JOBS and await consent.word(db, phone) != word:
        for other in PURPOSES[1:]:
            await consent.keep(db, phone, other)
    change = consent.give if word == Word.AGREED else consent.withdraw
    await change(db, phone, source=source, purpose=purpose)


async def _take_back(db: AsyncSession, phone: str, people: Sequence[Resident]) -> None:
    """What staff answered or put right and waits for the morning does not leave any more. What it says of a place,
    somebody says by telephone."""
    ids = await outbox.withdraw_waiting(db, phone, reason="stopped")
    await receipts.after_failures(db, ids)
    for message in await db.scalars(select(Message).where(Message.id.in_(ids), Message.listing_id.is_(None),
                                                          Message.inbound_id.is_not(None))):
        undone = await db.scalars(select(Audit.detail).where(
            Audit.subject == Inbound.__tablename__, Audit.subject_id == message.inbound_id, Audit.verb == "correct"))
        if any(_PLACES & set(detail.get("undone", ())) for detail in undone):
            await calls.ask(db, Why.FAILED_TEXT, phone=phone, said=message.body, area_id=message.area_id,
                            resident=people[0] if people else None)
