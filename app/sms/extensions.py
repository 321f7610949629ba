"""Five digits behind our number that say what a text is about, so that a reply to it says so, too.

1 and the number of a job, 2 and the number of a bulk text, or 90000. A number's last four digits have to do: what is
looked for is one of the few texts that this phone got lately. Saved numbers, and accounts without extensions, bring
replies to 90000 or to nothing; then the text that left last counts, as it does everywhere else.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.db import core, settings_of
from app.sms.arrivals import Inbound
from app.sms.outbox import Message, Purpose, Status

GENERAL = "90000"
_JOB, _BATCH = "1", "2"
_inbound = core(Inbound)


def about(message: Any, came_on: Mapping[int, str]) -> str:
    """The extension of a text, from its row. An answer leaves from the number to which the question was written, whose
    ids stand in `came_on`."""
    kind, _colon, numbers = message.asks.partition(":")
    if message.inbound_id in came_on:
        return came_on[message.inbound_id]
    if kind in ("push", "signed") and message.purpose in (Purpose.PUSH, Purpose.SERVICE) and numbers.isdigit():
        return _JOB + _last_four(int(numbers))
    if message.batch_id:
        return _BATCH + _last_four(message.batch_id)
    return GENERAL


async def of(db: AsyncSession, messages: Sequence[Any]) -> dict[int, str]:
    """The extension of each text by its id, where ours is an account that has extensions; else none."""
    if not settings_of(db).has_extensions:
        return {}
    came_on = await _came_on(db, messages)
    return {message.id: about(message, came_on) for message in messages}


async def threads(db: AsyncSession, told: Mapping[str, Sequence[Message]],
                  written_to: Mapping[str, str]) -> dict[str, Sequence[Message]]:
    """By phone, of what it was told lately, what is about the same as the number that it has written to; all of it
    where that names nothing that has left for this phone."""
    named = {phone: on for phone, on in written_to.items() if on and on != GENERAL and told.get(phone)}
    came_on = await _came_on(db, [message for phone in named for message in told[phone]])
    found: dict[str, Sequence[Message]] = dict(told)
    for phone, on in named.items():
        found[phone] = [message for message in told[phone]
                        if about(message, came_on) == on and not _waits(message)] or told[phone]
    return found


def _waits(message: Message) -> bool:
    """Nobody can have answered it yet."""
    return message.status == Status.QUEUED and (message.purpose == Purpose.PUSH or message.next_at > clock.now())


async def _came_on(db: AsyncSession, messages: Iterable[Any]) -> dict[int, str]:
    ids = {message.inbound_id for message in messages if message.inbound_id}
    if not ids:
        return {}
    rows = await db.execute(select(_inbound.c.id, _inbound.c.extension).where(
        _inbound.c.id.in_(ids), _inbound.c.extension.is_not(None)))
    return dict(rows.all())


def _last_four(number: int) -> str:
    return f"{number % 10_000:04d}"
