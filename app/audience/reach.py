"""Who of an audience a text may go to, and why not the others: one reason each, the first that holds.

Counting reads what is kept beside each resident. Writing (`reached`) asks the table of consents itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, or_, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.audience import query
from app.audience.query import Audience
from app.calls.calls import Call, Why
from app.db import generous
from app.residents.residents import Resident
from app.sms import batches, limits
from app.sms.consent import JOBS, Word
from app.sms.limits import Covers

OF_PERSON = ("no_phone", "wrong_phone", "stopped", "no_consent")
OF_PHONE = ("complaint", "told_already", "told_today", "told_week")
REASONS = (*OF_PERSON, *OF_PHONE)


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
    everybody, barred = _everybody(whom).subquery(), _barred(whom, leaves, listing_id).subquery()
    matching, *numbers = (await db.execute(select(everybody, barred).select_from(
        everybody.join(barred, true())))).one()
    left_out = {reason: number for number, reason in sorted(zip(numbers, REASONS, strict=True), reverse=True) if number}
    return Count(matching, matching - sum(numbers), left_out)


def reached(whom: Audience, leaves: datetime, *columns: Any, listing_id: int | None = None,
            span: Span | None = None) -> Select[Any]:
    """The columns of those to whom a text that leaves then may go."""
    covers = span.covers if span else limits.every
    marks = marked(leaves, listing_id, covers)
    found, word = limits.asked(query.matching(whom, *columns, covers=covers), Resident.phone, whom.about, covers)
    reachable: Select[Any] = found.outerjoin(marks, marks.c.phone == Resident.phone).where(
        Resident.wrong_phone_at.is_(None), word == Word.AGREED, marks.c.phone.is_(None))
    return reachable


def unreachable(whom: Audience, *columns: Any) -> Select[Any]:
    """The columns of those who match, but have no phone that can be texted."""
    return query.matching(whom, *columns).where(or_(Resident.phone.is_(None), Resident.wrong_phone_at.is_not(None)))


def marked(leaves: datetime, listing_id: int | None, covers: Covers = limits.every) -> Any:
    """The numbers that are told nothing whatever they agreed to, as a set to join:
    (phone, why), where `why` is the place in OF_PHONE of the first reason that holds."""
    full = limits.pushed_enough(leaves, covers).subquery()
    sets: list[Any] = [
        select(Call.phone, _place("complaint").label("why")).where(
            Call.why == Why.COMPLAINT, Call.done_at.is_(None), covers(Call.phone)),
        select(full.c.phone, case((full.c.today >= batches.A_DAY, _place("told_today")), else_=_place("told_week")))]
    if listing_id is not None:
        sets.append(limits.told_of(listing_id, covers).add_columns(_place("told_already")))
    each = union_all(*sets).subquery()
    return select(each.c.phone, func.min(each.c.why).label("why")).group_by(each.c.phone).subquery()


def _everybody(whom: Audience) -> Select[Any]:
    """How many match, and how many of them are left out for a reason of their own: one row of sums, because grouping
    by values that it cannot guess would keep PostgreSQL from working in parallel."""
    word, reached = word_beside(whom.about), and_(Resident.phone.is_not(None), Resident.wrong_phone_at.is_(None))
    reasons = (Resident.phone.is_(None), and_(Resident.phone.is_not(None), Resident.wrong_phone_at.is_not(None)),
               and_(reached, word == Word.STOPPED), and_(reached, or_(word.is_(None), word == Word.UNSAID)))
    return query.matching(whom, func.count().label("matching"), *_sums(OF_PERSON, reasons))


def _barred(whom: Audience, leaves: datetime, listing_id: int | None) -> Select[Any]:
    """How many of the others are left out because of their number. Those are few, so each is looked up."""
    marks = marked(leaves, listing_id)
    reasons = [marks.c.why == number for number in range(len(OF_PHONE))]
    return (query.matching(whom, *_sums(OF_PHONE, reasons)).join(marks, marks.c.phone == Resident.phone)
            .where(Resident.wrong_phone_at.is_(None), word_beside(whom.about) == Word.AGREED))


def _sums(names: Sequence[str], reasons: Sequence[ColumnElement[bool]]) -> list[ColumnElement[int]]:
    return [func.count().filter(reason).label(name) for name, reason in zip(names, reasons, strict=True)]


def _place(reason: str) -> ColumnElement[int]:
    return literal_column(str(OF_PHONE.index(reason)))


def word_beside(about: str) -> Any:
    """What is kept beside the person of their number, about this purpose."""
    return Resident.jobs_word if about == JOBS else func.coalesce(Resident.notices_word, Resident.jobs_word)
