"""Putting right how a text was read: its deed is undone and the right one done, in one transaction."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, i18n, words
from app.db import Id, Table, settings_of, take_turn
from app.desk import conversations, replies
from app.errors import Refused
from app.i18n import _
from app.listings import signups
from app.listings.listings import Listing
from app.listings.listings import State as ListingState
from app.org import areas
from app.residents.residents import Resident
from app.sms import answers, conversation, inbox, length, outbox
from app.sms.answers import Answer, Said
from app.sms.arrivals import Inbound, State
from app.sms.outbox import Purpose
from app.sms.reading import Context, Reading
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.audit import Audit
from app.staff.scopes import require

RULE = answers.BY_STAFF
MOST_OFFERED = 8
# What a text can be put right to without more ado; a place is asked for by number.
PLAIN = ("QUESTION", "DECLINE", "CALLBACK", "UNSUB", "RESUB", "COMPLAINT", "WRONG_PERSON", "URGENT", "JOBS", "STATUS",
         "HELP", "SMALLTALK", "IGNORE")


class Correction(Table):
    """One reading put right: as it was read, and what was meant."""

    __tablename__ = "correction"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    intent: Mapped[str] = mapped_column(String(40))
    rule: Mapped[str] = mapped_column(String(60))
    slots: Mapped[dict[str, Any]]
    meant: Mapped[str] = mapped_column(String(40))
    meant_slots: Mapped[dict[str, Any]]

    __table_args__ = (Index(None, "inbound_id", "id"),)


@dataclass(frozen=True)
class Choice:
    """Something that the text may have meant: one button. Its slots are the listing and, where needed, the person."""

    intent: str
    slots: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What a form sends for it."""
        return "|".join((self.intent, *(f"{name}={self.slots[name]}" for name in sorted(self.slots))))


@dataclass(frozen=True)
class Fixed:
    """A reading that was put right: as what it had been read, by whom and when it was put right, and which of its
    deeds were undone (keys of `Answer.did`)."""

    intent: str
    slots: Mapping[str, str]
    by: str
    at: datetime
    undone: tuple[str, ...]


async def choices(db: AsyncSession, text: Inbound, people: Sequence[Resident]) -> list[Choice]:
    """What the text may have meant, the likeliest first: the places on the table or named in the text, those that are
    held and were not given by this text, and all that needs no number."""
    given = set(text.did.get("signed_up", ()))
    held = [one for one in await signups.held_by(db, [person.id for person in people]) if one.id not in given]
    found = [Choice("SIGNUP", slots) for number in await _offered(db, text) for slots in _each(number, people)]
    found += [Choice("CANCEL", slots) for one in held
              for slots in _each(one.listing.number, [one.resident], shared=len(people) > 1)]
    found += [Choice(intent) for intent in PLAIN]
    return [choice for choice in found if not _is_now(choice, text) and (
        choice.slots or choice.intent != text.intent or choice.intent == "QUESTION")]  # answered, or by a person


async def chosen(db: AsyncSession, text: Inbound, people: Sequence[Resident], key: str) -> Choice:
    """The choice whose button was pressed. Raises Refused for one that is none any more."""
    for choice in await choices(db, text, people):
        if choice.key == key:
            return choice
    now = Choice(text.intent, text.slots)
    if now.key == key:
        return now
    raise Refused(_("That is not possible any more. Please look at the conversation again."))


async def made_of(db: AsyncSession, ids: Sequence[int]) -> dict[int, Fixed]:
    """By incoming text: how it was put right last, and what was undone by it."""
    rows = await db.execute(
        select(Correction, Officer.name).join(Officer, Officer.id == Correction.officer_id)
        .where(Correction.inbound_id.in_(ids)).order_by(Correction.id))
    undone = {row.subject_id: row.detail.get("undone", []) for row in await db.scalars(
        select(Audit).where(Audit.subject == Inbound.__tablename__, Audit.subject_id.in_(ids), Audit.verb == "correct")
        .order_by(Audit.id))}
    return {one.inbound_id: Fixed(one.intent, one.slots, name, one.at, tuple(undone.get(one.inbound_id, ())))
            for one, name in rows}


async def correct(db: AsyncSession, text: Inbound, choice: Choice, *, by: Officer) -> None:
    """The text meant this. What it did is undone, what was meant is done, its writer is told once, and the text is
    kept as an example. Raises Refused, and then nothing has changed."""
    require(by, May.ANSWER)
    await take_turn(db, "inbox")
    await db.refresh(text, with_for_update=True)
    if text.state == State.STORED or text.answered_at is None:
        raise Refused(_("This text is still being read. Please try again in a moment."))
    if _is_now(choice, text):
        raise Refused(_("It was understood like that already."))
    said = await conversation.as_it_was(db, text.phone, text.text, inbound_id=text.id, moment=text.answered_at)
    with i18n.speaking(answers.language_of(said)):
        told = await answers.undo(db, text.did, by=by)
        answer = await answers.give(db, said, Reading(choice.intent, dict(choice.slots), RULE))
        await _tell(db, text, said, told, answer)
    db.add(Correction(inbound_id=text.id, officer_id=by.id, intent=text.intent, rule=text.rule, slots=text.slots,
                      meant=choice.intent, meant_slots=dict(choice.slots)))
    audit.record(db, "correct", text, by=by, was=text.intent, now=choice.intent, undone=sorted(text.did))
    text.intent, text.slots, text.rule = choice.intent, dict(choice.slots), RULE
    text.did, text.needs = answer.did, answer.needs or ""
    await db.flush()
    await conversations.mark_handled(db, text.phone, by=by)


async def _tell(db: AsyncSession, text: Inbound, said: Said, told: Sequence[str], answer: Answer) -> None:
    """One text where one segment holds it, else two: that we misunderstood and what was taken back, then what is said
    to what was meant. Nothing to a number that said stop, but that the stop is understood."""
    if await replies.has_stopped(db, text.phone) and "stopped" not in answer.did:
        return
    sorry = "".join((words.text("misread.txt"), *told)) if told else ""
    if sorry and answer.text and _is_short(db, sorry + answer.text):
        sorry, answer = "", Answer(sorry + answer.text, answer.asks, answer.addressed, answer.memory,
                                   answer.listing_id)
    leaves = await replies.may_leave(db, text.phone)
    rows = []
    if sorry:
        rows.append(outbox.written(settings_of(db), to=text.phone, text=sorry, purpose=Purpose.ANSWER,
                                   inbound_id=text.id, area_id=text.area_id, not_before=leaves))
    if answer.text:
        rows.append({**inbox.message_of(db, said, answer, inbound_id=text.id)})
        rows[-1]["next_at"] = max(rows[-1]["next_at"], leaves)
    await outbox.queue_all(db, rows)


def _is_short(db: AsyncSession, said: str) -> bool:
    return length.measure(outbox.sign(said, settings_of(db).sms_signature)).segments == 1


async def _offered(db: AsyncSession, text: Inbound) -> list[int]:
    """The numbers on the table when the text came, and those in its words: of each, what can be signed up for now."""
    on_table = Context.parse(text.context or "none").numbers
    named = [int(digits) for digits in re.findall(r"(?<!\d)\d{2,5}(?!\d)", unicodedata.normalize("NFKC", text.text))]
    numbers = list(dict.fromkeys((*on_table, *named)))[:MOST_OFFERED]
    if text.area_id is None or not numbers:
        return []
    community = await areas.community_of(db, await areas.get(db, text.area_id))
    to_come = set(await db.scalars(select(Listing.number).where(
        Listing.area_id == community.id, Listing.number.in_(numbers), Listing.state == ListingState.OPEN,
        Listing.starts_at > clock.now())))
    return [number for number in numbers if number in to_come]


def _each(number: int, people: Sequence[Resident], *, shared: bool = False) -> list[dict[str, str]]:
    """The number alone, or, on a shared phone, with each of its people's names."""
    if len(people) < 2 and not shared:
        return [{"job": str(number)}]
    return [{"job": str(number), "who": person.name} for person in people]


def _is_now(choice: Choice, text: Inbound) -> bool:
    return choice.key == Choice(text.intent, text.slots).key
