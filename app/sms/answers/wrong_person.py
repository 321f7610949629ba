"""The phone is somebody else's: it gets no further pushes, and staff check the number."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n, words
from app.calls.calls import Why
from app.i18n import _
from app.residents import residents
from app.residents.residents import Resident
from app.sms import outbox
from app.sms.answers import Answer, Example, Said, _passed_on
from app.sms.arrivals import Inbound
from app.sms.reading import Reading
from app.staff.accounts import Officer

INTENTS = ("WRONG_PERSON",)
EXAMPLES = (
    Example(("你打错了", "我不是王秀兰"), _("no more pushes to this number; staff check it")),
)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    told = await _passed_on.to_staff(db, said, Why.WRONG_PERSON, "wrong_person.txt")
    marked = [person.id for person in said.people if person.wrong_phone_at is None]
    await residents.mark_wrong_phone(db, said.phone)
    await outbox.withdraw_pushes(db, said.phone, reason="wrong_person")
    return replace(told, did={**told.did, "wrong_phone": marked}) if marked else told


async def undo_wrong_phone(db: AsyncSession, marked: Sequence[int], *, by: Officer) -> str:
    """The people can be reached again, unless another text since says that the phone is not theirs."""
    found = await db.scalars(select(Resident).where(Resident.id.in_(marked), Resident.wrong_phone_at.is_not(None)))
    people = [person for person in found if not await _said_again(db, person)]
    for person in people:
        await residents.unmark_wrong_phone(db, person, by=by)
    if not people:
        return ""
    with i18n.speaking(people[0].language):
        return words.text("undone_wrong_phone.txt")


async def _said_again(db: AsyncSession, person: Resident) -> bool:
    """Whether such a text came after the one that marked the phone."""
    wrote = await db.scalars(select(Inbound.did).where(
        Inbound.phone == person.phone, Inbound.intent.contains("WRONG_PERSON"),
        Inbound.answered_at >= person.wrong_phone_at))
    return any(person.id not in did.get("wrong_phone", ()) for did in wrote)


UNDO = {"wrong_phone": undo_wrong_phone}
