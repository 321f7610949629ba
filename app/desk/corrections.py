"""Putting right how a text was read: its deed is undone and the right one done, in one transaction."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import clock, i18n, words
from app.calls import calls
from app.calls.calls import Why
from app.db import Id, Table, fact, settings_of, take_turn
from app.desk import conversations, replies
from app.errors import Refused
from app.i18n import _
from app.listings import signups
from app.listings.listings import Listing
from app.listings.listings import State as ListingState
from app.listings.signups import Signup
from app.org import areas
from app.residents import residents
from app.residents.residents import Resident
from app.sms import answers, consent, conversation, extensions, inbox, length, outbox
from app.sms.answers import Answer, Said
from app.sms.arrivals import Inbound, State
from app.sms.consent import ConsentRecord
from app.sms.outbox import Message, Purpose
from app.sms.reading import Context, Reading
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.audit import Audit
from app.staff.scopes import require, visible

RULE = answers.BY_STAFF
MOST_OFFERED = 8
# What a text can be put right to without more ado; a place is asked for by number.
PLAIN = ("QUESTION", "DECLINE", "CALLBACK", "UNSUB", "RESUB", "COMPLAINT", "WRONG_PERSON", "URGENT", "JOBS", "STATUS",
         "HELP", "SMALLTALK", "IGNORE")
BEFORE_DESK = "texts_before_desk"  # the fact: the last text of whose deeds nothing was noted
_NOT_ANY_MORE = _("That is not possible any more. Please look at the conversation again.")
_OF_THE_PHONE = ("UNSUB", "RESUB", "WRONG_PERSON", "URGENT")  # they are about all that use it
_PLACES = frozenset({"signed_up", "cancelled"})
_SAID_WHEN_UNDONE = (*_PLACES, "stopped", "came_back", "wrong_phone", "born_on")  # no sentence: nothing was undone
_ASKED = ("confirm", "who", "birth", "list")  # questions; the others are what may be answered as well


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


def state_of(text: Inbound) -> str:
    """How a text is read now, for a form that must not change what somebody else has changed since."""
    return f"{text.rule}|{Choice(text.intent, text.slots).key}"


async def choices(db: AsyncSession, text: Inbound, officer: Officer) -> list[Choice]:
    """What the text may have meant, the likeliest first: the places on the table or named in the text, those that are
    held and were not given by this text, and all that needs no number. None where it is too late for any."""
    if await _why_not(db, text, officer) is not None:
        return []
    people = await conversations.users(db, text, officer)
    given = set(text.did.get("signed_up", ()))
    held = [one for one in await signups.held_by(db, [person.id for person in people]) if one.id not in given]
    found = [Choice("SIGNUP", slots) for slots in await _signups(db, text, people)]
    found += [Choice("CANCEL", slots) for one in held
              for slots in _each(one.listing.number, [one.resident], shared=len(people) > 1)]
    found += [Choice(intent) for intent in PLAIN]
    return [choice for choice in found if not _is_now(choice, text) and (
        choice.slots or choice.intent != text.intent or choice.intent == "QUESTION")]  # answered, or by a person


async def chosen(db: AsyncSession, text: Inbound, officer: Officer, key: str) -> Choice:
    """The choice whose button was pressed. Raises Refused for one that is none any more."""
    for choice in await choices(db, text, officer):
        if choice.key == key:
            return choice
    now = Choice(text.intent, text.slots)
    if now.key == key:
        return now
    raise await _why_not(db, text, officer) or Refused(_NOT_ANY_MORE)


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


async def correct(db: AsyncSession, text: Inbound, choice: Choice, *, by: Officer, seen: str = "") -> None:
    """The text meant this. What it did is undone, what was meant is done, its writer is told once, and the text is
    kept as an example. `seen` is how it was read (`state_of`) when the officer chose. Raises Refused, and then nothing
    has changed."""
    require(by, May.ANSWER)
    seen = seen or state_of(text)
    await take_turn(db, "inbox")
    await db.refresh(text, with_for_update=True)
    if _is_now(choice, text):
        raise Refused(_("It was understood like that already."))
    if seen != state_of(text):
        raise Refused(_NOT_ANY_MORE)
    choice = await chosen(db, text, by, choice.key)
    await _must_be_the_newest_word(db, text, choice)
    leaves = await replies.may_leave(db, text.phone)
    said = await _said(db, text, choice, by)
    with i18n.speaking(answers.language_of(said)), words.leaving(leaves):
        undone, told = await _undo(db, text, by=by)
        answer = await _do(db, said, choice, by=by)
        await _tell(db, text, said, told, answer, leaves=leaves)
    db.add(Correction(inbound_id=text.id, officer_id=by.id, intent=text.intent, rule=text.rule, slots=text.slots,
                      meant=choice.intent, meant_slots=dict(choice.slots)))
    audit.record(db, "correct", text, by=by, was=text.intent, now=choice.intent, undone=sorted(undone))
    text.intent, text.slots, text.rule = choice.intent, dict(choice.slots), RULE
    text.did, text.needs = answer.did, answer.needs or ""
    if text.handled_at is None:  # this text alone: what came since nobody has looked at
        text.handled_at, text.handled_by_id = clock.now(), by.id
    await db.flush()


async def _why_not(db: AsyncSession, text: Inbound, officer: Officer) -> Refused | None:
    """Why nothing can be put right about this text, if so."""
    if text.state == State.STORED or text.answered_at is None:
        return Refused(_("This text is still being read. Please try again in a moment."))
    if text.id <= int(await fact(db, BEFORE_DESK) or 0):
        return Refused(_("What this text did was not written down at that time. Please put it right by hand."))
    if text.resident_id is not None and not await conversations.users(db, text, officer):
        return Refused(_("This phone was somebody else's then. What was written before cannot be put right any more."))
    meant = [*text.did.get("signed_up", ()), *text.did.get("cancelled", ())]
    within = set(await db.scalars(visible(Resident, officer).with_only_columns(Resident.id).where(
        Resident.id.in_(select(Signup.resident_id).where(Signup.id.in_(meant)))))) if meant else set()
    if any(one.resident_id not in within for one in await signups.with_ids(db, meant)):
        return Refused(_("This text was about a place of somebody outside your area. Please ask the station."))
    return None


async def _must_be_the_newest_word(db: AsyncSession, text: Inbound, choice: Choice) -> None:
    """Stop and come back hold from the text on, so nothing may have been said of it since, but by this text."""
    if choice.intent not in ("UNSUB", "RESUB"):
        return
    put_right = await db.scalar(select(func.max(Correction.at)).where(Correction.inbound_id == text.id))
    log = select(ConsentRecord.id).where(
        ConsentRecord.phone == text.phone, ConsentRecord.purpose == consent.JOBS,
        or_(and_(ConsentRecord.source != consent.CORRECTED, ConsentRecord.at > text.answered_at),
            ConsentRecord.at > max(filter(None, (text.answered_at, put_right)))))
    if await db.scalar(log.limit(1)) is not None:
        raise Refused(_("This number has said stop or agreed since. The newer word holds."))


async def _said(db: AsyncSession, text: Inbound, choice: Choice, by: Officer) -> Said:
    """What was on the table then; places are for those of the officer's area alone, and those of their community."""
    moment = text.answered_at or text.received_at
    said = await conversation.as_it_was(db, text.phone, text.text, inbound_id=text.id, moment=moment,
                                         written_to=text.extension)
    people = await conversations.users(db, text, by)
    if choice.intent in _OF_THE_PHONE or not people:
        return said
    meant = [person for person in people if person.name == choice.slots.get("who")] or people
    ids = {person.id for person in meant}
    told = [message for message in said.told if not message.addressed or ids & set(message.addressed)]
    threads = await extensions.threads(db, {text.phone: told}, {text.phone: text.extension or ""})
    context, asked = conversation.context_of(threads[text.phone])
    return replace(said, people=people, told=told, asked=asked, context=replace(context, names=said.context.names),
                   area=await areas.community_of(db, await areas.get(db, meant[0].area_id)))


async def _undo(db: AsyncSession, text: Inbound, *, by: Officer) -> tuple[list[str], list[str]]:
    """Take back what the text did; returns the keys of what was still to be taken back, and what to tell of it."""
    undone, told = [], []
    for what in sorted(text.did, key=lambda what: what != "signed_up"):  # as answers.undo does
        before = await consent.own(db, text.phone)
        sentences = await answers.undo(db, {what: text.did[what]}, by=by)
        if sentences or what not in _SAID_WHEN_UNDONE or before != await consent.own(db, text.phone):
            undone.append(what)
        told += sentences
    return undone, told


async def _do(db: AsyncSession, said: Said, choice: Choice, *, by: Officer) -> Answer:
    """What was meant. A word about texts that this puts into the log is one that staff put there."""
    before = await db.scalar(select(func.max(ConsentRecord.id)).where(ConsentRecord.phone == said.phone)) or 0
    answer = await answers.give(db, said, Reading(choice.intent, dict(choice.slots), RULE))
    for record in await db.scalars(select(ConsentRecord).where(ConsentRecord.phone == said.phone,
                                                               ConsentRecord.id > before)):
        record.source, record.officer_id = consent.CORRECTED, by.id
    if len(said.people) == 1 and _PLACES & answer.did.keys() and len(await residents.by_phone(db, said.phone)) > 1:
        return replace(answer, text=f"{said.people[0].name}:{answer.text}")  # the others must not think it theirs
    return answer


async def _tell(db: AsyncSession, text: Inbound, said: Said, told: Sequence[str], answer: Answer, *,
                leaves: datetime) -> None:
    """One text where one segment holds it, else two: that we misunderstood and what was taken back, then what is said
    to what was meant. To a number that said stop nothing but that the stop is understood; a person telephones there
    where a place changed."""
    sorry = "".join((words.text("misread.txt"), *told)) if told else ""
    if await replies.has_stopped(db, text.phone) and "stopped" not in answer.did:
        if (told and _PLACES & text.did.keys()) or _PLACES & answer.did.keys():
            await calls.ask(db, Why.CHANGED, phone=text.phone, resident=said.people[0] if said.people else None,
                            said=sorry + answer.text, area_id=text.area_id, listing_id=answer.listing_id)
        return
    if sorry and answer.text and _is_short(db, sorry + answer.text):
        sorry, answer = "", replace(answer, text=sorry + answer.text)
    rows = []
    open_now = await _open_now(db, text)
    if sorry:
        rows.append(outbox.written(settings_of(db), to=text.phone, text=sorry, purpose=Purpose.ANSWER,
                                   inbound_id=text.id, area_id=text.area_id, not_before=leaves,
                                   came_by=text.gateway, **(open_now or {})))
    if answer.text:
        asks_anew = answer.asks.partition(":")[0] in _ASKED and answer.asks != said.still_asked.get("asks")
        row = inbox.message_of(db, said, answer, inbound_id=text.id, came_by=text.gateway, leaves=leaves)
        if open_now is not None and not asks_anew:
            addressed = open_now.get("addressed") or row["addressed"]
            row |= {"asks": "", "memory": {}, **open_now, "addressed": list(addressed)}
            row["listing_id"] = row["listing_id"] or answer.listing_id
        rows.append(row)
    await outbox.queue_all(db, rows)


async def _open_now(db: AsyncSession, text: Inbound) -> dict[str, Any] | None:
    """What is asked now, if anything was said between us since this text: that is what the next answer is to, not what
    was asked when it came. None if nothing was said since, or nothing but our answer to it asks anything."""
    wrote = select(Inbound.id).where(
        Inbound.phone == text.phone, Inbound.id > text.id, Inbound.state != State.DUPLICATE)
    told = select(Message.id).where(
        Message.phone == text.phone, Message.created_at > text.answered_at, Message.purpose != Purpose.CODE,
        or_(Message.inbound_id.is_(None), Message.inbound_id != text.id))
    if await db.scalar(wrote.limit(1)) is None and await db.scalar(told.limit(1)) is None:
        return None
    now = (await conversation.of(db, {text.phone: text.text}))[text.phone]
    return None if now.asked is not None and now.asked.inbound_id == text.id else now.still_asked


def _is_short(db: AsyncSession, said: str) -> bool:
    return length.measure(outbox.sign(said, settings_of(db).sms_signature)).segments == 1


async def _signups(db: AsyncSession, text: Inbound, people: Sequence[Resident]) -> list[dict[str, str]]:
    """The slots of every place that somebody of the phone may have meant, the same number for each of them together."""
    if not people:
        return [slots for number in await _offered(db, text, text.area_id) for slots in _each(number, people)]
    found = {person.id: await _offered(db, text, person.area_id) for person in people}
    numbers = list(dict.fromkeys(number for some in found.values() for number in some))
    return [slots for number in numbers for person in people if number in found[person.id]
            for slots in _each(number, [person], shared=len(people) > 1)]


async def _offered(db: AsyncSession, text: Inbound, area_id: int | None) -> list[int]:
    """The numbers on the table when the text came, and those in its words: of each, what can be signed up for now."""
    on_table = Context.parse(text.context or "none").numbers
    named = [int(digits) for digits in re.findall(r"(?<!\d)\d{2,5}(?!\d)", unicodedata.normalize("NFKC", text.text))]
    numbers = list(dict.fromkeys((*on_table, *named)))[:MOST_OFFERED]
    if area_id is None or not numbers:
        return []
    community = await areas.community_of(db, await areas.get(db, area_id))
    to_come = set(await db.scalars(select(Listing.number).where(
        Listing.area_id == community.id, Listing.number.in_(numbers), Listing.state == ListingState.OPEN,
        Listing.starts_at > clock.now(), Listing.created_at <= text.received_at)))  # numbers come back
    return [number for number in numbers if number in to_come]


def _each(number: int, people: Sequence[Resident], *, shared: bool = False) -> list[dict[str, str]]:
    """The number alone, or, on a shared phone, with each of its people's names."""
    if len(people) < 2 and not shared:
        return [{"job": str(number)}]
    return [{"job": str(number), "who": person.name} for person in people]


def _is_now(choice: Choice, text: Inbound) -> bool:
    return choice.key == Choice(text.intent, text.slots).key
