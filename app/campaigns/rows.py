"""A campaign's rows: recipients, why each of them is told, and the outbox, one INSERT … SELECT per piece.

Putting such a statement together takes longer than a reply may wait, so it is done once for many pieces; where each of
them begins and ends is said when it is written.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Insert,
    Select,
    String,
    and_,
    bindparam,
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
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app import clock
from app.audience import reach
from app.audience.query import Audience
from app.audience.reach import Span
from app.campaigns import pieces
from app.campaigns.pace import Pace
from app.campaigns.wording import Part
from app.db import core, settings_of
from app.dialects import spelled
from app.residents.residents import Resident
from app.sms import batches, length, limits
from app.sms.batches import Batch, Reason, Recipient
from app.sms.consent import Word
from app.sms.outbox import Message, Priority, Purpose, Status

_recipient, _message, _reason = core(Recipient), core(Message), core(Reason)
_LAST = "+" + "9" * 15  # no number comes after it (ITU-T E.164: fifteen digits at the most)
_each = spelled("each", sqlite="json_each({0})", postgresql="json_array_elements_text({0})")  # of a JSON list, as rows
_OUT = bindparam("out", type_=String(), expanding=True)


class _Piece(Span):
    """Of which it is said when it is written where it begins and ends."""

    def covers(self, phone: Any) -> ColumnElement[bool]:
        return and_(phone > bindparam("after", type_=String()), phone <= bindparam("until", type_=String()))


_PIECE = _Piece()


@dataclass(frozen=True)
class Terms:
    """What an answer to a text answers: the reader's context, and what its numbers stand for; and until when the text
    may leave."""

    asks: str = ""
    options: tuple[str, ...] = ()
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Written:
    """What a piece of people came to."""

    texts: int
    people: int
    segments: int


class People:
    """Writes down the recipients of a batch and why each of them is told."""

    def __init__(self, batch: Batch, whom: Audience, of: list[Part], *, leaves: datetime, why: list[str]) -> None:
        told = pieces.texts(whom, of, leaves, listing_id=batch.listing_id, span=_PIECE)
        self._recipients = insert(_recipient).from_select(
            ["batch_id", "phone", "body", "segments", "addressed"],
            select(literal(batch.id, _recipient.c.batch_id.type), told.c.phone, told.c.body, told.c.segments,
                   told.c.addressed))
        each, mine = _each(_recipient.c.addressed).table_valued("value").alias("each"), _of_batch(batch)
        self._reasons = insert(_reason).from_select(
            ["batch_id", "resident_id", "phone", "why"],
            select(_recipient.c.batch_id, cast(each.c.value, BigInteger), _recipient.c.phone,
                   literal(why, _reason.c.why.type)).select_from(_recipient.join(each, true())).where(mine))
        measured = _recipient.c.segments
        self._sums = select(func.coalesce(func.sum(measured), 0), func.count(case((measured == 0, 1)))).where(mine)
        self._odd = select(_recipient.c.id, _recipient.c.body).where(mine, measured == 0)
        self._measured = update(_recipient).where(_recipient.c.id == bindparam("row")).values(segments=bindparam("is"))

    async def write(self, db: AsyncSession, span: Span) -> Written:
        """One piece."""
        connection, values = await db.connection(), _values(span)
        texts = await _written(connection, self._recipients, values)
        people = await _written(connection, self._reasons, values)
        segments, odd = (await connection.execute(self._sums, values)).one()
        if odd:
            segments += await self._measure(connection, values)
        return Written(texts=texts, people=people, segments=segments)

    async def _measure(self, connection: AsyncConnection, values: dict[str, Any]) -> int:
        """Measure what the database could not; returns how many segments that is."""
        rows = [{"row": row.id, "is": length.measure(row.body).segments}
                for row in await connection.execute(self._odd, values)]
        await connection.execute(self._measured, rows)
        return sum(row["is"] for row in rows)


class Texts:
    """Writes down the outbox rows of a batch. Whoever may not be told any more gets a row that says so, so that the
    counts always add up to the recipients."""

    def __init__(self, db: AsyncSession, batch: Batch, *, leaves: datetime, pace: Pace, terms: Terms) -> None:
        values = {name: literal(value, _message.c[name].type) for name, value in {
            "purpose": Purpose.PUSH.value, "priority": int(Priority.BULK), "gateway": settings_of(db).bulk_gateways[0],
            "attempts": 0, "expires_at": terms.expires_at, "asks": terms.asks, "area_id": batch.area_id,
            "memory": {"batch": batch.id, "options": list(terms.options)} if terms.options else {},
            "listing_id": batch.listing_id}.items()} | {"next_at": pace.due(_recipient.c.id)}
        phone, mine = _recipient.c.phone, _of_batch(batch)
        self._stopped = batch.state == batches.State.STOPPED
        self._no_longer = _no_longer(batch, leaves)
        self._all = _put(values, mine)
        self._others = _put(values, and_(mine, phone.not_in(_OUT)))
        self._some = _put(values, and_(mine, phone.in_(_OUT)))

    async def write(self, db: AsyncSession, span: Span) -> int:
        """One piece; returns how many rows."""
        connection, now = await db.connection(), clock.now()
        values = {**_values(span), "created_at": now}
        queued = {**values, "status": Status.QUEUED.value, "reason": "", "ended_at": None}
        withdrawn = {**values, "status": Status.WITHDRAWN.value, "ended_at": now}
        if self._stopped:
            return await _written(connection, self._all, {**withdrawn, "reason": "batch_stopped"})
        out: dict[str, list[str]] = {}
        for row in await connection.execute(self._no_longer, _values(span)):
            out.setdefault(row.why, []).append(row.phone)
        if not out:
            return await _written(connection, self._all, queued)
        gone = [phone for phones in out.values() for phone in phones]
        rows = await _written(connection, self._others, {**queued, "out": gone})
        for why, phones in out.items():
            rows += await _written(connection, self._some, {**withdrawn, "reason": why, "out": phones})
        return rows


async def _written(connection: AsyncConnection, statement: Insert, values: dict[str, Any]) -> int:
    return (await connection.execute(statement, values)).rowcount


def _put(values: dict[str, Any], who: ColumnElement[bool]) -> Insert:
    """One outbox row for each of these recipients; whether it is queued or withdrawn is said when it is written."""
    said = {name: bindparam(name, type_=_message.c[name].type) for name in ("created_at", "status", "reason",
                                                                             "ended_at")}
    row = {**{name: _recipient.c[name] for name in ("phone", "body", "segments", "addressed", "batch_id")}, **values,
           **said}
    return insert(_message).from_select(list(row), select(*row.values()).where(who).order_by(_recipient.c.phone))


def _no_longer(batch: Batch, leaves: datetime) -> Select[Any]:
    """The recipients who may not be told any more, and why: mostly nobody, so that writing the others down needs no
    joins. What is kept beside people says quickly who may, whoever claims the text asks again; of the others the words
    themselves are looked up."""
    phone = _recipient.c.phone
    marks = reach.marked(leaves, batch.listing_id, _PIECE.covers)
    word = limits.word(phone, batch.about)
    here = exists().where(Resident.phone == phone, Resident.left_at.is_(None), Resident.wrong_phone_at.is_(None))
    why = case((word == Word.STOPPED, "stopped"), (or_(word.is_(None), word == Word.UNSAID), "no_consent"),
               (~here, "gone"), *((marks.c.why == number, reason) for number, reason in enumerate(reach.OF_PHONE)))
    fine = here.where(reach.word_beside(batch.about) == Word.AGREED)
    return select(phone, why.label("why")).select_from(_recipient.outerjoin(marks, marks.c.phone == phone)).where(
        _of_batch(batch), or_(~fine, marks.c.phone.is_not(None)), why.is_not(None))


def _of_batch(batch: Batch) -> ColumnElement[bool]:
    """The recipients of one piece of the batch."""
    return and_(_recipient.c.batch_id == batch.id, _PIECE.covers(_recipient.c.phone))


def _values(span: Span) -> dict[str, Any]:
    return {"after": span.after, "until": span.until or _LAST}
