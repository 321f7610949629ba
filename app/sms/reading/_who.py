"""Which of the people of this phone a text names."""

from dataclasses import replace

from app.sms.reading import Reading, first
from app.sms.reading._message import Message

_OF_PEOPLE = {"SIGNUP", "CANCEL", "DECLINE", "YES", "NO", "STATUS", "LINK", "POINTS", "CHOICE", "QUESTION", "PROFILE",
              "REGISTER"}


def told(message: Message, found: Reading) -> Reading:
    """The reading with `who`, the names in the clauses that decided, where the text names anybody."""
    if not message.named or not _OF_PEOPLE & set(found.intent.split("+")):
        return found
    apart = _each_for_itself(message, found)
    if apart:
        return apart
    deciding = _deciding(message, found)
    if found.parts:
        parts = tuple(_with(part, _names(message, part.intent) or message.named) for part in found.parts)
        return replace(_with(found, deciding), parts=parts)
    return _with(found, deciding)


def _each_for_itself(message: Message, found: Reading) -> Reading | None:
    """One of them for one listing, another for another: two deeds."""
    if "jobs" not in found.slots or found.intent not in ("SIGNUP", "CANCEL") or len(message.named) < 2:
        return None
    said = [(part, first(part)) for part in (message.only([one]) for one in message.sentences)]
    parts = tuple(_with(one, part.named) for part, one in said
                  if one.intent == found.intent and "job" in one.slots and len(part.named) == 1)
    if len(parts) == 2 and len({part.slots["who"] for part in parts}) == 2:
        return Reading(f"{found.intent}+{found.intent}", found.slots, found.rule, found.certainty, parts)
    return None


def _deciding(message: Message, found: Reading) -> tuple[str, ...]:
    return _names(message, found.intent.partition("+")[0]) or message.named


def _names(message: Message, intent: str) -> tuple[str, ...]:
    """Those named in sentences that, alone, say the same as the whole."""
    if len(message.sentences) < 2 or len(message.named) < 2:
        return ()
    same = [part for part in (message.only([one]) for one in message.sentences) if first(part).intent == intent]
    return tuple(dict.fromkeys(name for part in same for name in part.named))


def _with(found: Reading, names: tuple[str, ...]) -> Reading:
    return replace(found, slots={**found.slots, "who": "+".join(names)})
