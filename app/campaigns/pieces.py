"""A campaign's rows, made inside the database: who gets what, and the outbox, one INSERT … SELECT per piece."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from app import clock
from app.audience import reach
from app.audience.query import Audience
from app.audience.reach import Span
from app.campaigns import wording
from app.campaigns.pace import Pace
from app.campaigns.rare import rare
from app.campaigns.wording import Hole, Part
from app.db import core, settings_of
from app.org.areas import Area, Level
from app.residents.residents import NAME_LENGTH, Resident
from app.sms import batches, length, limits
from app.sms.batches import Batch, Reason, Recipient
from app.sms.consent import Word
from app.sms.outbox import Message, Priority, Purpose, Status

_recipient, _message = core(Recipient), core(Message)


@dataclass(frozen=True)
class Terms:
    """What an answer to a text answers: the reader's context, and what its numbers stand for; and until when the text
    may leave."""

    asks: str = ""
    options: tuple[str, ...] = ()
    expires_at: datetime | None = None


def people(whom: Audience, of: list[Part], leaves: datetime, *columns: Any, listing_id: int | None = None,
           span: Span | None = None) -> Select[Any]:
    """Those to whom the text may go and whom it fits: somebody whose building nobody knows cannot be told theirs."""
    home = aliased(Area)
    found = reach.reached(whom, leaves, *columns, listing_id=listing_id, span=span)
    if "building" not in wording.holes(of):
        return found
    return (found.add_columns(home.name.label("building")).join(home, home.id == Resident.area_id)
            .where(home.level == Level.BUILDING))


def texts(whom: Audience, of: list[Part], leaves: datetime, *, listing_id: int | None = None,
          span: Span | None = None) -> Any:
    """One row for each phone: phone, body, segments, addressed (ids in the order of the registry), as a subquery."""
    each = (people(whom, of, leaves, Resident.id, Resident.phone, Resident.name, listing_id=listing_id, span=span)
            .order_by(Resident.phone, Resident.id).subquery())  # what is gathered below keeps this order
    gathered: dict[str, Any] = {"name": func.aggregate_strings(each.c.name, "、")}
    if "building" in wording.holes(of):
        gathered["building"] = func.min(each.c.building)
    told = select(each.c.phone, _list(each.c.id).label("addressed"),
                  *(column.label(name) for name, column in gathered.items())).group_by(each.c.phone).subquery()
    body = _body(of, told)
    one = select(told.c.phone, body.label("body"), told.c.addressed).subquery()
    units = func.length(one.c.body)  # exact: the signature makes it UCS-2; who has a rare name is measured afterwards
    segments = case((units <= 70, 1), else_=(units + 66) // 67)
    return select(one.c.phone, one.c.body, segments.label("segments"), one.c.addressed).subquery()


async def most_segments(db: AsyncSession, of: list[Part]) -> int | None:
    """More than any text can have, without looking at a text; None where that cannot be said."""
    if wording.holes(of) - {"name"}:
        return None
    units = sum(length.measure(part).units for part in of if isinstance(part, str))
    if wording.holes(of):
        sharing = select(func.count().label("people")).where(Resident.phone.is_not(None)).group_by(Resident.phone)
        together = await db.scalar(select(func.max(sharing.subquery().c.people))) or 0
        units += together * (2 * NAME_LENGTH + 1) * sum(isinstance(part, Hole) for part in of)
    return units // 67 + 1


@dataclass(frozen=True)
class Written:
    """What a piece of people came to."""

    texts: int
    people: int
    segments: int


async def write_people(db: AsyncSession, batch: Batch, whom: Audience, of: list[Part], *, leaves: datetime,
                       span: Span, why: list[str]) -> Written:
    """The recipients of one piece and why each of them is told."""
    told = texts(whom, of, leaves, listing_id=batch.listing_id, span=span)
    await db.execute(insert(_recipient).from_select(
        ["batch_id", "phone", "body", "segments", "addressed"],
        select(literal(batch.id, _recipient.c.batch_id.type), told.c.phone, told.c.body, told.c.segments,
               told.c.addressed).order_by(told.c.phone)))
    reason, each = core(Reason), _each_of(db, _recipient.c.addressed)
    people = await db.execute(insert(reason).from_select(
        ["batch_id", "resident_id", "phone", "why"],
        select(_recipient.c.batch_id, cast(each.c.value, BigInteger), _recipient.c.phone,
               literal(why, reason.c.why.type)).select_from(_recipient.join(each, true()))
        .where(_recipient.c.batch_id == batch.id, span.covers(_recipient.c.phone))))
    await _measure_rare(db, batch, span)
    row = (await db.execute(select(func.count(), func.coalesce(func.sum(_recipient.c.segments), 0)).where(
        _recipient.c.batch_id == batch.id, span.covers(_recipient.c.phone)))).one()
    return Written(texts=row[0], people=people.rowcount, segments=row[1])  # type: ignore[attr-defined]  # an INSERT


async def write_texts(db: AsyncSession, batch: Batch, span: Span, *, leaves: datetime, pace: Pace,
                      terms: Terms) -> int:
    """The outbox rows of one piece. Whoever may not be told any more gets a row that says so, so that the counts
    always add up to the recipients. Returns how many rows."""
    now = clock.now()
    values = {name: literal(value, _message.c[name].type) for name, value in {
        "purpose": Purpose.PUSH.value, "priority": int(Priority.BULK), "gateway": settings_of(db).sms_gateway,
        "attempts": 0, "created_at": now, "expires_at": terms.expires_at, "asks": terms.asks, "area_id": batch.area_id,
        "memory": {"batch": batch.id, "options": list(terms.options)} if terms.options else {},
        "listing_id": batch.listing_id}.items()} | {"next_at": pace.due(_recipient.c.id)}
    phone = _recipient.c.phone
    mine = and_(_recipient.c.batch_id == batch.id, span.covers(phone))
    if batch.state == batches.State.STOPPED:
        return await _put(db, values, mine, withdrawn="batch_stopped", at=now)
    out = await _no_longer(db, batch, leaves, span)
    rows = await _put(db, values, and_(mine, *(phone.not_in(phones) for phones in out.values())))
    for why, phones in out.items():
        rows += await _put(db, values, and_(mine, phone.in_(phones)), withdrawn=why, at=now)
    return rows


async def _put(db: AsyncSession, values: dict[str, Any], who: ColumnElement[bool], *, withdrawn: str = "",
               at: datetime | None = None) -> int:
    """One outbox row for each of these recipients: queued, or withdrawn at that moment for that reason."""
    status = Status.WITHDRAWN if withdrawn else Status.QUEUED
    row = {**{name: _recipient.c[name] for name in ("phone", "body", "segments", "addressed", "batch_id")}, **values,
           "status": literal(status.value), "reason": literal(withdrawn),
           "ended_at": literal(at, _message.c.ended_at.type)}
    made = await db.execute(insert(_message).from_select(
        list(row), select(*row.values()).where(who).order_by(_recipient.c.phone)))
    return int(made.rowcount)  # type: ignore[attr-defined]  # every INSERT has one


async def _no_longer(db: AsyncSession, batch: Batch, leaves: datetime, span: Span) -> dict[str, list[str]]:
    """The recipients who may not be told any more, by reason: mostly nobody, so that writing the others down needs no
    joins."""
    phone = _recipient.c.phone
    people, word = limits.asked(_recipient, phone, batch.about, span.covers)
    marks = reach.marked(leaves, batch.listing_id, span.covers)
    here = exists().where(Resident.phone == phone, Resident.left_at.is_(None), Resident.wrong_phone_at.is_(None))
    why = case((word == Word.STOPPED, "stopped"), (or_(word.is_(None), word == Word.UNSAID), "no_consent"),
               (~here, "gone"), *((marks.c.why == number, reason) for number, reason in enumerate(reach.OF_PHONE)))
    found: dict[str, list[str]] = {}
    for row in await db.execute(
            select(phone, why.label("why")).select_from(people.outerjoin(marks, marks.c.phone == phone))
            .where(_recipient.c.batch_id == batch.id, span.covers(phone), why.is_not(None))):
        found.setdefault(row.why, []).append(row.phone)
    return found


async def _measure_rare(db: AsyncSession, batch: Batch, span: Span) -> None:
    """Characters that count as two stand in a few names only: those texts are measured one by one."""
    found = await db.execute(select(_recipient.c.id, _recipient.c.body, _recipient.c.segments).where(
        _recipient.c.batch_id == batch.id, span.covers(_recipient.c.phone), rare(_recipient.c.body)))
    for row in found.all():
        segments = length.measure(row.body).segments
        if segments != row.segments:
            await db.execute(update(_recipient).where(_recipient.c.id == row.id).values(segments=segments))


def _body(of: list[Part], person: Any) -> ColumnElement[str]:
    """The text as an expression: plain pieces and what the person fills in."""
    pieces = [person.c[part.name] if isinstance(part, Hole) else literal(part) for part in of]
    body: ColumnElement[str] = pieces[0]
    for piece in pieces[1:]:
        body = body.concat(piece)
    return body


def _each_of(db: AsyncSession, listed: Any) -> Any:
    """The values of a JSON list as rows."""
    values = (func.json_array_elements_text if db.get_bind().dialect.name == "postgresql" else func.json_each)(listed)
    return values.table_valued("value").alias("each")


class _list(FunctionElement[Any]):  # reads like a function in SQL
    """The values of a group as a JSON list."""

    inherit_cache = True
    name = "list"


@compiles(_list, "sqlite")
def _sqlite_list(element: _list, compiler: Any, **how: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **how)})"


@compiles(_list, "postgresql")
def _postgresql_list(element: _list, compiler: Any, **how: Any) -> str:
    return f"json_agg({compiler.process(element.clauses, **how)})"
