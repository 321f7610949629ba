"""No, thank you. It is written down with the text itself and its reason, and nothing else follows from it."""

import re

from sqlalchemy.ext.asyncio import AsyncSession

from app import words
from app.calls.calls import Why
from app.i18n import _
from app.listings import signups
from app.sms.answers import Answer, Example, Needs, Said, _passed_on
from app.sms.reading import Reading

INTENTS = ("DECLINE", "NO")
EXAMPLES = (
    Example(("不去", "太远了不去", "腿疼去不了"), _("noted with the reason; nothing else"), "push:23"),
    Example(("否", "不去"), _("no place; nothing else"), "confirm:23"),
)
_NOBODY_GOES = re.compile("不去|不报|算了")  # asked "is it her?", and not "it is not"
OFFERED = ("push", "list", "confirm", "who", "birth")  # there, "not going" is about what was offered


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    if "proxy" in said.memory and reading.intent == "NO" and not _NOBODY_GOES.search(said.text):
        return await _passed_on.to_staff(db, said, Why.TOLD, "relative.txt")
    if said.context.kind not in OFFERED or said.memory.get("verb") == "cancel":
        held = await signups.held_by(db, [person.id for person in said.people])
        if held:  # "not going", unasked, from somebody who has a place: it may be that place
            from app.sms.answers import cancel

            return cancel.which(db, held)
    reason = reading.slots.get("reason", "")
    return Answer(words.text("declined.txt", reason=reason), needs=Needs.TOLD if reason == "has_job" else None)
