"""Whoever stopped hears from us again."""

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.i18n import _
from app.sms import stopping
from app.sms.answers import Answer, Example, Said, stop
from app.sms.consent import Word
from app.sms.reading import Reading
from app.staff.accounts import Officer

INTENTS = ("RESUB",)
EXAMPLES = (
    Example(("恢复",), _("pushes again")),
)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    changes = await stopping.come_back(db, said.phone, source="text", ground=said.text)
    return Answer(words.text("back.txt"), did=stop.did("came_back", said.phone, changes, Word.AGREED))


async def undo_came_back(db: AsyncSession, done: stop.Before, *, by: Officer) -> str:
    return await stop.put_back(db, done, Word.AGREED, "undone_back.txt", by=by)


UNDO = {"came_back": undo_came_back}
