"""Who of an audience a text may go to, and why not the others: one reason each, the first that holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, null, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.audience import query
from app.audience.query import Audience
from app.calls.calls import Call, Why
from app.db import generous
from app.residents.residents import Resident
from app.sms import batches, limits
from app.sms.consent import JOBS, Consent, Word

REASONS = ("no_phone", "wrong_phone", "stopped", "no_consent", "complaint", "told_already", "told_today", "told_week")


@dataclass(frozen=True)
class Count:
    """`matching` people; a text may go to `people` of them; the others by reason."""

    matching: int
    people: int
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Span:
    """A range of phones, the first excluded and the last included: a piece of the work. Without a last one it is all
    that is left."""

    after: str = ""
    until: str | None = None

    def covers(self, phone: Any) -> ColumnElement[bool]:
        return phone > self.after if self.until is None else and_(phone > self.after, phone <= self.until)


async def count(db: AsyncSession, whom: Audience, leaves: datetime, *, listing_id: int | None = None) -> Count:
    """How many a text that leaves then would reach, and why not the others."""
    await generous(db)
    each, why = _each(whom, leaves, listing_id, None)
    told = each.add_columns(why.label("why")).subquery()
    # One row of sums: grouping by a word whose values PostgreSQL cannot guess would keep it from working in parallel.
    columns = [func.count().filter(told.c.why == _word(reason)) for reason in REASONS]
    matching, *numbers = (await db.execute(select(func.count(), *columns).select_from(told))).one()
    left_out = {reason: number for number, reason in sorted(zip(numbers, REASONS, strict=True), reverse=True) if number}
    return Count(matching, matching - sum(numbers), left_out)


def reached(whom: Audience, leaves: datetime, *columns: Any, listing_id: int | None = None,
            span: Span | None = None) -> Select[Any]:
    """The columns of those to whom a text that leaves then may go."""
    each, why = _each(whom, leaves, listing_id, span, *columns)
    return each.where(why.is_(None))


def left_out(whom: Audience, leaves: datetime, reasons: Sequence[str], *columns: Any) -> Select[Any]:
    """The columns of those who match, but get no text for one of these reasons."""
    each, why = _each(whom, leaves, None, None, *columns)
    return each.where(why.in_([_word(reason) for reason in reasons]))


def _each(whom: Audience, leaves: datetime, listing_id: int | None, span: Span | None,
          *columns: Any) -> tuple[Select[Any], ColumnElement[str | None]]:
    """Everybody of the audience, each beside what is known of their phone, and the reason why not."""
    said, sore = aliased(Consent), _phones(complaints(), span)
    full = limits.pushed_enough(leaves, *([span.covers] if span else [])).subquery()
    people = query.matching(whom, *columns)
    consent = and_(said.phone == Resident.phone, said.purpose == literal_column(f"'{JOBS}'"))
    if span is not None:
        people, consent = people.where(span.covers(Resident.phone)), and_(consent, span.covers(said.phone))
    people = (people.outerjoin(said, consent).outerjoin(full, full.c.phone == Resident.phone)
              .outerjoin(sore, sore.c.phone == Resident.phone))
    reasons: list[Any] = [
        (Resident.phone.is_(None), _word("no_phone")), (Resident.wrong_phone_at.is_not(None), _word("wrong_phone")),
        (said.word == Word.STOPPED, _word("stopped")),
        (said.word.is_(None), _word("no_consent")), (sore.c.phone.is_not(None), _word("complaint"))]
    if listing_id is not None:
        told = _phones(limits.told_of(listing_id), span)
        people = people.outerjoin(told, told.c.phone == Resident.phone)
        reasons.append((told.c.phone.is_not(None), _word("told_already")))
    reasons += [(full.c.today >= batches.A_DAY, _word("told_today")), (full.c.phone.is_not(None), _word("told_week"))]
    return people, case(*reasons, else_=null())


def _phones(chosen: Any, span: Span | None) -> Any:
    """Each phone once, as a set to join."""
    return (chosen if span is None else chosen.where(span.covers(chosen.selected_columns[0]))).subquery()


def complaints() -> Select[str]:
    """Every number whose complaint is still open."""
    return select(Call.phone).where(Call.why == Why.COMPLAINT, Call.done_at.is_(None)).distinct()


def _word(word: str) -> ColumnElement[str]:
    return literal_column(f"'{word}'")
