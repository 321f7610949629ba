"""Stop. It works for numbers that nobody knows, takes back what has not left, and its confirmation is the end."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n, words
from app.i18n import _
from app.residents import residents
from app.sms import consent, stopping
from app.sms.answers import Answer, Example, Said
from app.sms.consent import JOBS, Change, Word
from app.sms.reading import Reading
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

INTENTS = ("UNSUB",)
EXAMPLES = (
    Example(("退订", "TD", "T", "R", "N", "莫发了", "以后不要发给我"), _("no more pushes; places already held stay")),
)


class Other(TypedDict):
    """The same of another purpose than jobs."""

    before: str | None
    record: int


class Before(TypedDict):
    """Whose word it was, what had been said about jobs before it, if anything, where it stands in the log; and the
    same of the other purposes that it changed, which older rows do not have."""

    phone: str
    before: str | None
    record: int
    others: NotRequired[dict[str, Other]]


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    changes = await stopping.stop(db, said.phone, said.people, source="text", ground=said.text)
    return Answer(words.text("stopped.txt", station=said.station_phone),
                  did=did("stopped", said.phone, changes, Word.STOPPED))


def did(what: str, phone: str, changes: Mapping[str, Change], word: Word) -> dict[str, Before]:
    """What a word about all texts did, for whoever has to undo it; empty if it held before for every purpose."""
    if all(one.before == word for one in changes.values()):
        return {}
    done = Before(phone=phone, before=changes[JOBS].before, record=changes[JOBS].record)
    others = {purpose: Other(before=one.before, record=one.record) for purpose, one in changes.items()
              if purpose != JOBS}
    return {what: {**done, "others": others} if others else done}


async def undo_stopped(db: AsyncSession, done: Before, *, by: Officer) -> str:
    return await put_back(db, done, Word.STOPPED, "undone_stop.txt", by=by)


async def put_back(db: AsyncSession, done: Before, said: Word, template: str, *, by: Officer) -> str:
    """What held before that word holds again, purpose by purpose, unless another one came since, be it the same."""
    require(by, May.CALL)
    phone = done["phone"]
    old = {JOBS: Other(before=done["before"], record=done.get("record", 0)), **done.get("others", {})}
    again = {purpose: one["before"] for purpose, one in old.items()
             if await consent.is_newest(db, one["record"], phone, purpose)}
    for purpose, before in again.items():
        await consent.take_back(db, phone, before=Word(before) if before else None, by=by, purpose=purpose)
    if not again:
        return ""
    people = await residents.by_phone(db, phone)
    audit.record(db, f"take_back_{said}", people[0] if people else None, by=by)
    if again.get(JOBS) in (None, said):  # of jobs nothing comes to them that did not come before, or the other way
        return ""
    with i18n.speaking(people[0].language if people else i18n.DEFAULT):
        return words.text(template)


UNDO = {"stopped": undo_stopped}
