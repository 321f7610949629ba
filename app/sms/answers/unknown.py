"""Not understood: asked back once, then a person telephones. Two machines must never keep each other talking."""

import unicodedata
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, words
from app.calls.calls import Why
from app.i18n import _
from app.sms.answers import AGAIN, Answer, Example, Needs, Said, _passed_on, signup
from app.sms.outbox import Purpose
from app.sms.reading import Reading

INTENTS = ("UNKNOWN",)
EXAMPLES = (
    Example(("嘎嘎嘎",), _("not understood: asked back once, then a call task for the building's head")),
)
WITHIN = timedelta(hours=12)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    if _asked_back(said):
        return Answer(needs=Needs.NOT_UNDERSTOOD, did=await _passed_on.ask(db, said, Why.NOT_UNDERSTOOD))
    if _is_a_digit(said.text) and _is_about_listings(said):
        which = await signup.ask_which(db, said, Reading("SIGNUP"))
        return replace(which, needs=Needs.NOT_UNDERSTOOD, memory={AGAIN: True})
    still = said.still_asked or {"addressed": tuple(person.id for person in said.people)}
    cancels = said.context.kind == "signed" and said.memory.get("verb") == "cancel"
    kind = "cancel" if cancels else said.context.kind
    return Answer(words.text("not_understood.txt", number=_number(said, kind), kind=kind),
                  needs=Needs.NOT_UNDERSTOOD, **{**still, "memory": {**still.get("memory", {}), AGAIN: True}})


def _is_a_digit(text: str) -> bool:
    return unicodedata.normalize("NFKC", text).strip() in set("123456789")


def _is_about_listings(said: Said) -> bool:
    """Whether a digit can be meant for one of several listings, or for a push of last week."""
    return said.context.kind == "none" or (said.context.kind in ("push", "list") and len(said.context.numbers) > 1)


def _asked_back(said: Said) -> bool:
    """Whether the last answer to this phone, within twelve hours, was this very one."""
    last = next((message for message in said.told if message.purpose == Purpose.ANSWER), None)
    return last is not None and AGAIN in last.memory and last.created_at > clock.now() - WITHIN


def _number(said: Said, kind: str) -> int | None:
    """The number to reply with, where one is on the table."""
    return said.context.numbers[0] if kind in ("push", "list", "cancel") and said.context.numbers else None
