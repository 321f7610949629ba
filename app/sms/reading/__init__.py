"""What did they mean? `read(text, context)` is pure: no database, no clock, no network; every reading names its rule.

Each file is one intent, or one concern that comes before intents. It has RANK, its place in the order of concern, and
`find(message)`, which returns a Reading or None. The first file that finds something is believed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.sms.reading._message import Message

_USUAL = {"push": (3,), "list": (1, 2, 3), "signed": (3,), "confirm": (3,)}
NAMELESS = 43  # concerns from this rank on read the message without the names of those who use the phone
KINDS = ("none", "push", "list", "signed", "confirm", "who", "birth", "survey", "bus", "follow", "points")


@dataclass(frozen=True)
class Context:
    """What the phone was last told: the kind of question and the listing numbers on the table, newest first; `names`
    are those of the people who use this phone; `options` are what the numbers of a survey stand for, from 1 on, where
    they are others than away, near home and not now."""

    kind: str = "none"
    numbers: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    @classmethod
    def parse(cls, name: str) -> "Context":
        """From `push`, or with numbers `push:23`, `list:10,14`. Raises ValueError for a kind that there is not."""
        kind, _colon, given = name.partition(":")
        if kind not in KINDS:
            raise ValueError(f"there is no context {kind!r}; choose one of: {', '.join(KINDS)}")
        numbers = tuple(int(part) for part in given.split(",") if part) if given else _USUAL.get(kind, ())
        return cls(kind, numbers)


@dataclass(frozen=True)
class Reading:
    """`intent` in the words of docs/reading.md; `slots` are texts; `certainty` is between 0 and 1. Where two things
    are wanted, `intent` is `A+B` and `parts` are the readings of each, in the order in which they are to be done."""

    intent: str
    slots: Mapping[str, str] = field(default_factory=dict)
    rule: str = ""
    certainty: float = 1.0
    parts: tuple["Reading", ...] = ()


def read(text: str, context: Context = Context()) -> Reading:  # frozen
    """The meaning of one text from a phone. Never raises; of a long text the first 1,000 UTF-16 units count."""
    from app.sms.reading import _both, _guess, _who
    from app.sms.reading._message import Message

    message = written = Message.of(text, context)
    alone = first(message)
    if alone.intent == "UNKNOWN" and message.heard != message:
        message, alone = message.heard, _heard(message, first(message.heard))
    found = _both.wanted(message, alone) or alone
    if found.intent == "UNKNOWN":
        found = _guess.guess(written) or found
    return _with_identity(message, _who.told(message, found))


def _heard(message: "Message", found: Reading) -> Reading:
    """What was understood by its sound alone is less certain; where the text says no, it is no yes."""
    if found.intent == "UNKNOWN" or (message.negative and found.intent in ("SIGNUP", "YES", "CANCEL", "REDEEM")):
        return Reading("UNKNOWN", rule="nothing_fits", certainty=0.0)
    return replace(found, rule=f"{found.rule}_by_sound", certainty=min(found.certainty, 0.6))


def first(message: "Message") -> Reading:
    """What the first concern that finds something says of the message."""
    for concern in concerns():
        found: Reading | None = concern.find(message if concern.RANK < NAMELESS else message.nameless)
        if found is not None:
            return found
    return Reading("UNKNOWN", rule="nothing_fits", certainty=0.0)


def _with_identity(message: "Message", found: Reading) -> Reading:
    """An identity number says something about the person, whatever else is said; it is never repeated."""
    if not message.identity or found.intent == "IGNORE":
        return found
    if found.intent in ("UNKNOWN", "ACK", "SMALLTALK", "PROFILE"):
        return Reading("PROFILE", {**found.slots, "id_number": "yes"}, rule="identity_number")
    return replace(found, slots={**found.slots, "id_number": "yes"})


@cache
def concerns() -> list[ModuleType]:
    import sys

    from app.folders import modules_in

    found: list[Any] = modules_in(sys.modules[__name__])
    return sorted(found, key=lambda module: module.RANK)
