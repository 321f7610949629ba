"""What the pages of the staff inbox show: the list of conversations, and one conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.arguments import AnyRequest
from app.calls.calls import Call
from app.desk import conversations, corrections, replies, sentences
from app.desk.conversations import A_PAGE, ORDER, Conversation, Line, Open
from app.desk.corrections import Choice, Fixed
from app.listings.listings import Listing
from app.routes.office import calls
from app.sms.answers import Needs
from app.sms.arrivals import Inbound, State
from app.staff.accounts import Officer

ALL = "all"
FILTERS = ("", *ORDER, ALL)
CORRECTED_AT_MOST = 8  # of the newest texts; nobody puts an old one right


@dataclass(frozen=True)
class Asked:
    """What the address asks for: which conversations, from where on, and what the page has of it already."""

    need: str = ""
    before: int | None = None
    open: int | None = None
    seen: str = ""

    @classmethod
    def of(cls, request: AnyRequest) -> "Asked":
        given = request.query_params
        need = given.get("need", "")
        return cls(need if need in FILTERS else "", _id(given.get("before", "")), _id(given.get("open", "")),
                   given.get("seen", ""))

    def tail(self, **others: object) -> str:
        """The end of an address that keeps the filter."""
        kept = {"need": self.need, "before": self.before, **others}
        given = {name: value for name, value in kept.items() if value not in ("", None)}
        return "?" + urlencode(given) if given else ""


@dataclass(frozen=True)
class Listed:
    """One page of conversations, and how many wait for what; `open` is the phone of the one that stands beside the
    list. `version` tells whether anything is new."""

    conversations: list[Conversation]
    waiting: Open
    asked: Asked
    open: str

    @property
    def version(self) -> str:
        return _version(clock.today(), self.waiting, self.open, [
            (one.text.id, one.text.intent, one.text.rule, one.needs, [person.name for person in one.people])
            for one in self.conversations])

    @property
    def older(self) -> int | None:
        """The text from which the next page goes on, if there may be one."""
        return self.conversations[-1].text.id if len(self.conversations) == A_PAGE else None

    def count(self, need: str) -> int | None:
        return None if need == ALL else self.waiting.by_need.get(Needs(need), 0) if need else self.waiting.phones


@dataclass(frozen=True)
class Talk:
    """One conversation with everything that can be done about it: `choices` by text are what it may have meant, `fixed`
    by text is how it was put right, `leaves` is when words of staff would leave, `call` is the open task of a number
    that is not in the register."""

    conversation: Conversation
    lines: list[Line]
    listings: Mapping[int, list[Listing]]
    choices: Mapping[int, list[Choice]]
    fixed: Mapping[int, Fixed]
    stopped: bool
    leaves: datetime
    call: Call | None

    @property
    def seen(self) -> int:
        """The newest text that stands here as it was read; what comes later nobody has looked at."""
        return max((line.inbound.id for line in self.lines if line.inbound and line.inbound.state != State.STORED),
                   default=0)

    @property
    def version(self) -> str:
        now = clock.now()
        return _version(clock.today(), self.conversation.needs, self.stopped, [_of(line, now) for line in self.lines],
                        [[choice.key for choice in some] for some in self.choices.values()])


async def listed(db: AsyncSession, officer: Officer, asked: Asked, *, beside: int | None) -> Listed:
    """`beside` is a text of the conversation that is open."""
    need = Needs(asked.need) if asked.need not in ("", ALL) else None
    found = await conversations.listed(db, officer, need=need, everything=asked.need == ALL, before=asked.before)
    phone = await db.scalar(conversations.theirs(officer).where(Inbound.id == beside).with_only_columns(Inbound.phone))
    return Listed(found, await conversations.open_count(db, officer), asked, phone or "")


async def talk(db: AsyncSession, officer: Officer, inbound_id: int) -> Talk:
    """Raises NotFound for a conversation that is not the officer's."""
    conversation = await conversations.load(db, inbound_id, officer)
    lines = await conversations.lines(db, conversation, officer)
    texts = [line.inbound for line in lines if line.inbound is not None]
    read = [text for text in texts if text.state not in (State.STORED, State.DUPLICATE)]
    return Talk(conversation, lines, await _listings(db, read),
                {text.id: await corrections.choices(db, text, officer)
                 for text in read[-CORRECTED_AT_MOST:]},
                await corrections.made_of(db, [text.id for text in texts]),
                await replies.has_stopped(db, conversation.text.phone),
                await replies.may_leave(db, conversation.text.phone),
                None if conversation.people else await _call(db, officer, conversation))


async def ready(db: AsyncSession, one: Talk) -> Mapping[str, str]:
    """Sentences to start an answer from; none for whom nothing may be written to."""
    return {} if one.stopped else await sentences.ready(db, one.conversation)


async def _call(db: AsyncSession, officer: Officer, conversation: Conversation) -> Call | None:
    return await db.scalar(calls.theirs(officer).where(
        Call.phone == conversation.text.phone, Call.resident_id.is_(None), Call.done_at.is_(None))
        .order_by(Call.id.desc()).limit(1))


async def _listings(db: AsyncSession, texts: Sequence[Inbound]) -> dict[int, list[Listing]]:
    """By text the listings whose numbers were understood: those of that time, for numbers come back."""
    meant = {text.id: numbers_of(text.slots) for text in texts}
    wanted = {number for numbers in meant.values() for number in numbers}
    areas = {text.area_id for text in texts}
    rows = list(await db.scalars(select(Listing).where(Listing.number.in_(wanted), Listing.area_id.in_(areas))
                                 .order_by(Listing.id)))
    found = {}
    for text in texts:
        then = {row.number: row for row in rows if row.area_id == text.area_id and row.created_at <= text.received_at}
        found[text.id] = [then[number] for number in meant[text.id] if number in then]
    return found


def _id(typed: str) -> int | None:
    return int(typed[:18]) if typed.isdecimal() and typed.isascii() else None


def numbers_of(slots: Mapping[str, str]) -> list[int]:
    given = str(slots.get("jobs") or slots.get("job") or "").split("+")
    return [int(part) for part in given if part.isdecimal()]


def _of(line: Line, now: datetime) -> tuple[object, ...]:
    """What of it can change."""
    text, ours = line.inbound, line.message
    return ((text.id, text.state, text.intent, text.rule, text.needs, text.handled_at) if text else (),
            (ours.id, ours.status, ours.reason, ours.next_at > now) if ours else ())


def _version(*what: object) -> str:
    return blake2s(repr(what).encode(), digest_size=8).hexdigest()
