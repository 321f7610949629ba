"""Not understood: asked back once, then a person telephones. Two machines must never keep each other talking."""

import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock, words
from app.calls.calls import Why
from app.sms.answers import Answer, Needs, Said, _passed_on, jobs
from app.sms.outbox import Purpose
from app.sms.reading import Reading

INTENTS = ("UNKNOWN",)
AGAIN = "again"
WITHIN = timedelta(hours=12)


async def answer(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    if not _asked_back(said) and _answers_something_old(said):
        return replace(await jobs.answer(db, said, reading), needs=Needs.NOT_UNDERSTOOD, memory={AGAIN: True})
    if not _asked_back(said):
        return Answer(words.text("not_understood.txt", number=_number(said)), needs=Needs.NOT_UNDERSTOOD,
                      **_still_asked(said))
    return Answer(needs=Needs.NOT_UNDERSTOOD, did=await _passed_on.ask(db, said, Why.NOT_UNDERSTOOD))


def _answers_something_old(said: Said) -> bool:
    """Whether it is a single digit where nothing is asked any more: most likely the answer to a push of last week."""
    return said.context.kind == "none" and unicodedata.normalize("NFKC", said.text).strip() in set("123456789")


def _still_asked(said: Said) -> dict[str, Any]:
    """What was asked before stays asked: whoever mistyped a birth date may type it again."""
    memory = {**said.memory, AGAIN: True}
    if said.asked is None:
        return {"memory": memory, "addressed": tuple(person.id for person in said.people)}
    return {"memory": memory, "addressed": tuple(said.asked.addressed), "listing_id": said.asked.listing_id,
            "asks": f"{said.context.kind}:{','.join(map(str, said.context.numbers))}"}


def _asked_back(said: Said) -> bool:
    """Whether the last answer to this phone, within twelve hours, was this very one."""
    last = next((message for message in said.told if message.purpose == Purpose.ANSWER), None)
    return last is not None and AGAIN in last.memory and last.created_at > clock.now() - WITHIN


def _number(said: Said) -> int | None:
    """The number to reply with, where one is on the table."""
    return said.context.numbers[0] if said.context.kind in ("push", "list") and said.context.numbers else None
