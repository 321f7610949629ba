"""Somebody should telephone."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n
from app.calls import calls
from app.calls.calls import Call, Why
from app.i18n import _
from app.sms.answers import Answer, Example, Said, _passed_on
from app.sms.reading import Reading
from app.staff.accounts import Officer

INTENTS = ("CALLBACK",)
EXAMPLES = (
    Example(("电话", "给我回个电话"), _("a person telephones")),
)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    return await _passed_on.to_staff(db, said, Why.ASKED, "call_me.txt")


async def undo_calls(db: AsyncSession, made: Mapping[str, str], *, by: Officer) -> str:
    """Close the tasks that no other text has added to since. Nobody was told of them."""
    for call_id, mark in made.items():
        call = await db.get(Call, int(call_id))
        if call is not None and call.done_at is None and _passed_on.mark(call) == mark:
            await calls.done(db, call, result=i18n.gettext(_("The text was misread")), by=by)
    return ""


UNDO = {"calls": undo_calls}
