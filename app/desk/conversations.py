"""Conversations by phone: what came in and what went out, for officers in whose area somebody of that phone lives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload

from app import clock
from app.access import links
from app.db import take_turn
from app.org.areas import Area, inside
from app.phones import national
from app.residents.residents import Resident
from app.sms.answers import Needs
from app.sms.arrivals import Inbound, State
from app.sms.outbox import Message, Purpose
from app.staff import audit, scopes
from app.staff.accounts import May, Officer
from app.staff.audit import Audit

A_PAGE = 30
LINES = 60
ALARM = "alarm"  # in the memory of a message that tells somebody near of another person's danger
MANY = 500  # nobody wants to know more exactly
# A repeated call is no text of its own. Where one belongs that nobody has read yet is not known; it is read at once.
_UNSEEN = (State.DUPLICATE, State.STORED)
ORDER = (Needs.URGENT, Needs.COMPLAINT, Needs.QUESTION, Needs.NOT_UNDERSTOOD, Needs.TOLD)


@dataclass(frozen=True)
class Conversation:
    """One phone: `text` is the one that the list shows, `people` use the phone, `needs` says what is still open of
    it, the most pressing first. What came after the text of the id `seen` nobody has looked at, and stays open."""

    text: Inbound
    people: tuple[Resident, ...]
    needs: tuple[Needs, ...] = ()
    seen: int = 0


@dataclass(frozen=True)
class Line:
    """One text of a conversation, theirs or ours; `author` is the officer who wrote or corrected it, if one did."""

    at: datetime
    body: str
    inbound: Inbound | None = None
    message: Message | None = None
    author: str = ""


@dataclass(frozen=True)
class Open:
    """How many phones wait for somebody to look, by need and in all."""

    by_need: dict[Needs, int] = field(default_factory=dict)
    phones: int = 0


def theirs(officer: Officer) -> Select[Inbound]:
    """The texts of the officer's area: those whose writer lives there or shares the phone with somebody who does; or,
    of a phone that nobody knew, where it was understood to belong. Those of no area are the station's."""
    return _read().where(_mine(officer, Inbound, Resident))


async def listed(db: AsyncSession, officer: Officer, *, need: Needs | None = None, everything: bool = False,
                 before: int | None = None) -> list[Conversation]:
    """Conversations, newest first, one page: those that wait for somebody to look, for one reason or any, or all.
    `before` is the text id of the last one of the page before."""
    chosen = theirs(officer)
    if before is not None:
        chosen = chosen.where(Inbound.id < before)
    later, writer = aliased(Inbound), aliased(Resident)
    newer = select(later.id).outerjoin(writer, writer.id == later.resident_id).where(
        later.phone == Inbound.phone, later.id > Inbound.id, later.state.not_in(_UNSEEN),
        _mine(officer, later, writer))
    if not everything:
        chosen = chosen.where(_open(Inbound, need))
        # Looked for among the phone's texts, not among everything that is open: hence no bare column for the index.
        newer = newer.where(func.coalesce(later.needs, "") == need if need else later.needs != "",
                            later.handled_at.is_(None))
    # Of what is open, few rows are found by the index of what is open, and sorted: walking down the ids would pass by
    # everything that was ever handled.
    order = Inbound.id if everything or need else Inbound.id + 0
    texts = list(await db.scalars(chosen.where(~newer.exists()).order_by(order.desc()).limit(A_PAGE)))
    people = await _people(db, [text.phone for text in texts], officer)
    needs = await _needs(db, [text.phone for text in texts], officer)
    return [Conversation(text, people.get(text.phone, ()), needs.get(text.phone, ())) for text in texts]


async def open_count(db: AsyncSession, officer: Officer) -> Open:
    """How many phones wait, by need and in all."""
    waiting = theirs(officer).where(_open(Inbound, None))
    rows = await db.execute(waiting.with_only_columns(Inbound.needs, func.count(Inbound.phone.distinct()))
                            .group_by(Inbound.needs))
    phones = await db.scalar(waiting.with_only_columns(func.count(Inbound.phone.distinct())))
    return Open({Needs(need): count for need, count in rows}, phones or 0)


async def waiting(db: AsyncSession, officer: Officer) -> int:
    """How many phones wait, as far as the first MANY texts say."""
    phones = theirs(officer).where(_open(Inbound, None)).with_only_columns(Inbound.phone).limit(MANY).subquery()
    return await db.scalar(select(func.count(phones.c.phone.distinct()))) or 0


async def load(db: AsyncSession, inbound_id: int, officer: Officer, *, seen: int | None = None) -> Conversation:
    """The conversation of which this text is part, by the newest text of that phone which the officer may see; `seen`
    is the newest text that was on the page. Raises NotFound, also for one outside the officer's area."""
    asked = await scopes.one(db, theirs(officer), Inbound, inbound_id)
    text = await db.scalar(theirs(officer).where(Inbound.phone == asked.phone).order_by(Inbound.id.desc())
                           .limit(1)) or asked
    people = await _people(db, [text.phone], officer)
    needs = await _needs(db, [text.phone], officer)
    return Conversation(text, people.get(text.phone, ()), needs.get(text.phone, ()),
                        text.id if seen is None else seen)


async def users(db: AsyncSession, text: Inbound, officer: Officer) -> list[Resident]:
    """Those of the officer's area who use the phone now and can have written this text then: none where it was
    somebody else's phone then."""
    people = (await _people(db, [text.phone], officer)).get(text.phone, ())
    if text.resident_id is None:
        return list(people)
    writer = await db.get(Resident, text.resident_id)
    if writer is None or writer.phone != text.phone or writer.left_at is not None:
        return []
    return [person for person in people if person.created_at <= text.received_at]


async def newest(db: AsyncSession, officer: Officer, phones: Iterable[str]) -> dict[str, int]:
    """By phone the id of its newest text, of those phones from which one came that the officer may see."""
    rows = await db.execute(theirs(officer).where(Inbound.phone.in_(set(phones)))
                            .with_only_columns(Inbound.phone, func.max(Inbound.id)).group_by(Inbound.phone))
    return {row[0]: row[1] for row in rows}


async def lines(db: AsyncSession, conversation: Conversation, officer: Officer) -> list[Line]:
    """The latest texts of both sides that the officer may see, oldest first, codes left out; their own by arrival, ours
    by writing. A phone may have been somebody else's before."""
    phone = conversation.text.phone
    mine = _mine(officer, Inbound, Resident)
    if conversation.people:  # one that is being read now is known by its phone alone
        mine = or_(mine, Inbound.state == State.STORED)
    came = list(await db.scalars(_joined().where(Inbound.phone == phone, Inbound.state != State.DUPLICATE, mine)
                                 .order_by(Inbound.id.desc()).limit(LINES)))
    went = await _ours(db, phone, officer)
    wrote = await authors(db, "message", [message.id for message in went])
    corrected = await authors(db, "inbound", [text.id for text in came])
    found = [Line(text.received_at, text.text, inbound=text, author=corrected.get(text.id, "")) for text in came]
    found += [Line(one.created_at, links.covered(one.body), message=one, author=wrote.get(one.id, "")) for one in went]
    return sorted(found, key=lambda line: (line.at, line.message is not None))[-LINES:]


async def open_phone(db: AsyncSession, conversation: Conversation, *, by: Officer) -> str:
    """The whole number, for an officer who asked to see it; asking is audited."""
    scopes.require(by, May.OPEN)
    audit.record(db, "open_phone", conversation.text, by=by)
    return national(conversation.text.phone)


async def handled(db: AsyncSession, conversation: Conversation, *, by: Officer) -> int:
    """Nothing that was seen of it waits any more; returns how many texts did. Audited when there were any."""
    scopes.require(by, May.ANSWER)
    await take_turn(db, "inbox")
    done = await mark_handled(db, conversation, by=by)
    if done:
        audit.record(db, "handled", conversation.text, by=by, texts=done)
    return done


async def waits_of(db: AsyncSession, conversation: Conversation, officer: Officer) -> list[Inbound]:
    """What waits of it and was seen, oldest first."""
    return list(await db.scalars(_waits_of(conversation, officer).order_by(Inbound.id)))


async def mark_handled(db: AsyncSession, conversation: Conversation, *, by: Officer) -> int:
    """As part of another verb, which holds the turn and leaves the audit row."""
    ids = _waits_of(conversation, by).with_only_columns(Inbound.id)
    result: Any = await db.execute(
        update(Inbound).where(Inbound.id.in_(ids))
        .values(handled_at=clock.now(), handled_by_id=by.id).execution_options(synchronize_session="fetch"))
    return int(result.rowcount)


async def authors(db: AsyncSession, subject: str, ids: Sequence[int]) -> dict[int, str]:
    """The officers who answered (a message) or corrected (an incoming text), by id."""
    rows = await db.execute(
        select(Audit.subject_id, Officer.name).join(Officer, Officer.id == Audit.officer_id)
        .where(Audit.subject == subject, Audit.subject_id.in_(ids), Audit.verb.in_(("answer_text", "correct")))
        .order_by(Audit.id))
    return {row[0]: row[1] for row in rows if row[0] is not None}


def _joined() -> Select[Inbound]:
    return select(Inbound).outerjoin(Resident, Resident.id == Inbound.resident_id)


def _read() -> Select[Inbound]:
    return _joined().where(Inbound.state.not_in(_UNSEEN), Inbound.phone != "")  # of somebody who was erased


def _mine(officer: Officer, text: Any, writer: Any) -> ColumnElement[bool]:
    """Whether the officer may see the text. Who shares the phone counts if they are in the register since before it,
    and not once the phone is somebody else's."""
    within = select(Area.id).where(inside(officer.area)).correlate(None)
    other = aliased(Resident)
    shares = exists().where(other.phone == text.phone, other.left_at.is_(None), other.created_at <= text.received_at,
                            other.area_id.in_(within))
    home = func.coalesce(writer.area_id, text.area_id)
    mine = or_(home.in_(within), and_(writer.phone == text.phone, writer.left_at.is_(None), shares))
    return or_(mine, home.is_(None)) if officer.may(May.EDIT_RESIDENTS) else mine


def _waits_of(conversation: Conversation, officer: Officer) -> Select[Inbound]:
    return theirs(officer).where(Inbound.phone == conversation.text.phone, Inbound.id <= conversation.seen,
                                 _open(Inbound, None))


async def _ours(db: AsyncSession, phone: str, officer: Officer) -> list[Message]:
    """What we wrote to the phone's people of the officer's area. An alarm, which goes to whoever is near somebody
    else, is no part of it."""
    found = list(await db.scalars(select(Message).where(Message.phone == phone, Message.purpose != Purpose.CODE)
                                  .order_by(Message.id.desc()).limit(LINES)))
    meant = {resident_id for message in found for resident_id in message.addressed}
    known = set(await db.scalars(scopes.visible(Resident, officer).where(Resident.id.in_(meant))
                                 .with_only_columns(Resident.id)))
    answered = {message.inbound_id for message in found if message.inbound_id}
    seen = set(await db.scalars(theirs(officer).where(Inbound.id.in_(answered)).with_only_columns(Inbound.id)))
    strange = await db.scalar(_read().where(Inbound.phone == phone, ~_mine(officer, Inbound, Resident))
                              .order_by(Inbound.id.desc()).limit(1).with_only_columns(Inbound.answered_at))

    def is_mine(message: Message) -> bool:
        if message.memory.get(ALARM):
            return False
        if message.inbound_id:
            return message.inbound_id in seen
        return bool(known & set(message.addressed)) if message.addressed else (
            strange is None or message.created_at > strange)

    return [message for message in found if is_mine(message)]


def _open(table: Any, need: Needs | None) -> Any:
    """The condition of the partial index: somebody should look at it and nobody has."""
    some = table.needs != literal_column("''")  # as the index says it: no database looks into a parameter for that
    return and_(some if need is None else and_(table.needs == need, some), table.handled_at.is_(None))


async def _needs(db: AsyncSession, phones: Sequence[str], officer: Officer) -> dict[str, tuple[Needs, ...]]:
    rows = await db.execute(theirs(officer).where(Inbound.phone.in_(phones), _open(Inbound, None))
                            .with_only_columns(Inbound.phone, Inbound.needs).distinct())
    found: dict[str, set[str]] = {}
    for phone, need in rows:
        found.setdefault(phone, set()).add(need)
    return {phone: tuple(need for need in ORDER if need in needs) for phone, needs in found.items()}


async def _people(db: AsyncSession, phones: Iterable[str], officer: Officer) -> dict[str, tuple[Resident, ...]]:
    """Those of the officer's area who use these phones."""
    found: dict[str, tuple[Resident, ...]] = {}
    for person in await db.scalars(scopes.visible(Resident, officer).where(
            Resident.phone.in_(set(phones)), Resident.left_at.is_(None))
            .options(joinedload(Resident.area)).order_by(Resident.id)):
        found[person.phone or ""] = (*found.get(person.phone or "", ()), person)
    return found
