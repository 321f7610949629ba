"""Whoever stopped hears from us again."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.i18n import _
from app.sms import consent
from app.sms.answers import Answer, Example, Said, stop
from app.sms.consent import Word
from app.sms.reading import Reading
from app.staff.accounts import Officer

INTENTS = ("RESUB",)
EXAMPLES = (
    Example(("恢复",), _("pushes again")),
)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    before = await consent.word(db, said.phone)
    record = await consent.give(db, said.phone, source="text", ground=said.text)
    changed = before != Word.AGREED
    return Answer(words.text("back.txt"), did={
        "came_back": stop.Before(phone=said.phone, before=before, record=record)} if changed else {})


async def undo_came_back(db: AsyncSession, done: stop.Before, *, by: Officer) -> str:
    return await stop.put_back(db, done, Word.AGREED, "undone_back.txt", by=by)


UNDO = {"came_back": undo_came_back}
