"""Two things wanted in one text: the deeds in their order, and one text that says both."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n, words
from app.db import deed
from app.errors import Refused
from app.sms.answers import Answer, Needs, Said, first_that_fits, joined, one
from app.sms.reading import Reading

_NOTHING_BESIDE = {"DECLINE", "NO", "ACK", "SMALLTALK", "IGNORE"}  # what else is wanted says it, too


async def both(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    """What the first leaves undone keeps the second from nothing; but a place is not given up for one that cannot be
    had: then the person is told so, and keeps it."""
    parts = [part for part in reading.parts if part.intent not in _NOTHING_BESIDE] or list(reading.parts[:1])
    if [part.intent for part in parts] == ["CANCEL", "SIGNUP"]:
        return await _exchange(db, said, *parts)
    answer = _beside(parts[0], await _or_no(db, said, parts[0]))
    for part in parts[1:]:
        known = {"job": job} if part.intent == "QUESTION" and (job := parts[0].slots.get("job")) else {}
        other = await _or_no(db, said, replace(part, slots={**known, **part.slots}))
        answer = _joined(db, answer, _beside(part, other))
    return answer


async def without_id_numbers(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    """The deed that was meant, and the request not to send an identity number by text again."""
    rest = {name: value for name, value in reading.slots.items() if name != "id_number"}
    bare = replace(reading, slots=rest)
    answer = await (both(db, said, bare) if reading.parts else _or_no(db, said, bare))
    asked = Answer(words.text("no_id_numbers.txt", short=False), brief=words.text("no_id_numbers.txt", short=True))
    return _joined(db, answer, asked)


async def _exchange(db: AsyncSession, said: Said, leaves: Reading, comes: Reading) -> Answer:
    """This place for that one, in one deed: while there is no new one, the old one stays."""
    try:
        async with deed(db):
            left = await one(db, said, leaves)
            came = await one(db, said, comes)
            if left.did and "signed_up" not in came.did:
                raise _InVain
    except Refused as no:
        came = Answer(i18n.why(no), addressed=tuple(person.id for person in said.people))
    except _InVain:
        came = await _or_no(db, said, comes)  # anew: the call or the question that it led to was undone as well
    else:
        return _joined(db, _beside(leaves, left), came) if left.did or left.asks else came
    return _joined(db, came, Answer(words.text("kept.txt", number=leaves.slots.get("job", ""))))


def _beside(part: Reading, answer: Answer) -> Answer:
    """Where more is said, the way on from a place given up, or from a fact, is one thing too many."""
    if part.intent in ("CANCEL", "QUESTION") and "calls" not in answer.did:
        return replace(answer, text=answer.brief or answer.text)
    return answer


class _InVain(Exception):
    """There is no new place, or not yet."""


async def _or_no(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    """The answer, or the sentence of whoever refused it."""
    try:
        async with deed(db):
            return await one(db, said, reading)
    except Refused as no:
        return Answer(i18n.why(no), addressed=tuple(person.id for person in said.people[:1]))


def _joined(db: AsyncSession, first: Answer, second: Answer) -> Answer:
    """One answer of two, with as much of each as one segment holds, the second cut short first. What the first asks
    stays open; what staff should see first, they see."""
    wordings = [joined(one, other) for one in _wordings(first) for other in _wordings(second)]
    asking = first if first.asks else second
    needs = [need for need in Needs if need in (first.needs, second.needs)]
    return Answer(first_that_fits(db, *wordings), brief=wordings[-1], asks=asking.asks,
                  addressed=asking.addressed or first.addressed, memory={**second.memory, **first.memory},
                  listing_id=asking.listing_id or first.listing_id or second.listing_id,
                  needs=needs[0] if needs else None, did=_merged(first.did, second.did))


def _wordings(answer: Answer) -> list[str]:
    return list(dict.fromkeys((answer.text, answer.brief or answer.text)))


def _merged(first: dict[str, object], second: dict[str, object]) -> dict[str, object]:
    """Deeds of the same kind side by side."""
    merged = {**first, **second}
    for what in first.keys() & second.keys():
        one, other = first[what], second[what]
        if isinstance(one, list) and isinstance(other, list):
            merged[what] = [*one, *other]
        elif isinstance(one, dict) and isinstance(other, dict):
            merged[what] = {**other, **one}
    return merged
