"""One file per intent: do the deed, say the answer. The twin of a route: it decides nothing that a verb could decide.

Each file has INTENTS, the intents that it answers, EXAMPLES of them for the README, and `answer(db, said, reading)`,
which returns an Answer. A verb's Refused becomes the answer, and undoes the deed. A file whose deeds change something
has UNDO: for every key that it puts into `Answer.did`, a function `(db, value, *, by)` that takes it back and returns
the sentence for the writer.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from app import i18n
from app.db import deed, settings_of
from app.listings.listings import Listing
from app.org.areas import Area
from app.residents.residents import Resident
from app.sms import length, outbox
from app.sms.outbox import Message
from app.sms.reading import Context, Reading
from app.staff.accounts import Officer

BY_STAFF = "corrected"  # the rule of a reading that staff chose: they have asked whom we would ask
AGAIN = "again"  # in a message's memory: we have asked back once
# Whoever writes these has not answered what we asked, and may still do so.
_BESIDE = frozenset({"QUESTION", "HELP", "CALLBACK", "PROFILE", "REGISTER", "POINTS", "REDEEM", "ARRIVED",
                     "LINK"})
T = TypeVar("T")
Undo = Callable[..., Awaitable[str]]


class Needs(StrEnum):
    """Why staff should look at a text; each has a filter in the staff inbox."""

    URGENT = "urgent"
    COMPLAINT = "complaint"            # a wrong number too
    QUESTION = "question"
    NOT_UNDERSTOOD = "not_understood"
    TOLD = "told"                      # something that staff should know or do


@dataclass(frozen=True)
class Said:
    """One text, and what is known of whoever wrote it: `people` use this phone; `told` is what it got lately, newest
    first; `asked` is our open question; `area` is the community, None for a phone of which nothing is known. The
    listings that they were told `about` are here so that the session knows them, and `get` need not fetch each."""

    phone: str
    text: str
    people: list[Resident]
    told: list[Message]
    context: Context
    asked: Message | None
    area: Area | None
    about: tuple[Listing, ...] = ()

    @property
    def memory(self) -> Mapping[str, Any]:
        """What our last question must remember."""
        return self.asked.memory if self.asked else {}

    @property
    def still_asked(self) -> dict[str, Any]:
        """For an Answer that leaves open what was asked before: all that was on the table stays there."""
        if self.asked is None:
            return {}
        asks = f"{self.context.kind}:{','.join(map(str, self.context.numbers))}".rstrip(":")
        return {"asks": asks, "addressed": tuple(self.asked.addressed), "listing_id": self.asked.listing_id,
                "memory": {name: value for name, value in self.memory.items() if name != AGAIN}}

    @property
    def station_phone(self) -> str:
        return self.area.phone if self.area else ""


@dataclass(frozen=True)
class Answer:
    """An empty text is rightly no answer; `brief` is the same in fewer words, where something else is said beside it.
    `asks`, `addressed` and `memory` go with the message.

    `needs` says why staff should look at what was written. `did` is what the deed changed, for whoever has to undo it
    because the text meant something else: its keys are those of the `UNDO` tables of the files here. `meant` is the
    reading that was acted on, where what we had asked shows that it is another one.
    """

    text: str = ""
    asks: str = ""
    addressed: tuple[int, ...] = ()
    memory: dict[str, Any] = field(default_factory=dict)
    listing_id: int | None = None
    needs: Needs | None = None
    did: dict[str, Any] = field(default_factory=dict)
    brief: str = ""
    meant: Reading | None = None


@dataclass(frozen=True)
class Example:
    """What a resident may text, and what happens then: a row of the README. `context` is what was said before."""

    texts: tuple[str, ...]
    happens: str
    context: str = "none"


def that_fit(db: AsyncSession, things: Sequence[T], say: Callable[[Sequence[T]], str]) -> Sequence[T]:
    """As many of the first things as one segment can say; at least one."""
    for count in range(len(things), 1, -1):
        if _fits(db, say(things[:count])):
            return things[:count]
    return things[:1]


def first_that_fits(db: AsyncSession, *wordings: str) -> str:
    """The first wording that is one segment; else the last."""
    return next((text for text in wordings if _fits(db, text)), wordings[-1] if wordings else "")


def joined(first: str, second: str) -> str:
    """Two sentences in one text."""
    if not first or not second:
        return first or second
    stop, gap = (".", " ") if i18n.language() == "en" else ("。", "")
    return first + ("" if first[-1] in "。.!?" else stop) + gap + second


async def give(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    """Do the deed and say the answer. Raises Refused as the verb does."""
    from app.sms.answers import _two

    if reading.slots.get("id_number"):
        return await _two.without_id_numbers(db, said, reading)
    if reading.parts:
        return await _two.both(db, said, reading)
    return await one(db, said, reading)


async def one(db: AsyncSession, said: Said, reading: Reading) -> Answer:
    """The answer to one intent."""
    answer: Answer = await _by_intent()[reading.intent].answer(db, said, reading)
    beside = reading.intent in _BESIDE and not answer.asks and "born_on" not in reading.slots
    beside = beside and (said.context.kind != "signed" or reading.intent == "QUESTION")
    return replace(answer, **said.still_asked) if beside else answer


async def undo(db: AsyncSession, did: Mapping[str, Any], *, by: Officer) -> list[str]:
    """Take back what a misread text did; returns the sentences that its writer should be told, in their language.
    Raises Refused as the verbs do, for instance once a listing has started."""
    undoing, told = _undoing(), []
    async with deed(db):
        for what in sorted(did, key=lambda what: what != "signed_up"):  # it took the time that another place may need
            told.append(await undoing[what](db, did[what], by=by))
    return [sentence for sentence in told if sentence]


def language_of(said: Said) -> str:
    """The language in which this phone is answered."""
    return said.people[0].language if said.people else i18n.DEFAULT


def _fits(db: AsyncSession, text: str) -> bool:
    return length.measure(outbox.sign(text, settings_of(db).sms_signature)).segments == 1


@cache
def _by_intent() -> dict[str, Any]:
    return {intent: module for module in files() for intent in module.INTENTS}


@cache
def _undoing() -> dict[str, Undo]:
    return {what: undone for module in files() for what, undone in getattr(module, "UNDO", {}).items()}


def files() -> list[Any]:
    """Every file here that answers."""
    import sys

    from app.folders import modules_in

    return list(modules_in(sys.modules[__name__]))
