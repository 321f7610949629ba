"""Who has had enough bulk texts, and who was told already, as sets to join: batches asks the same of one phone."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, or_, select, true

from app import clock
from app.db import aside, core
from app.sms import batches
from app.sms.batches import A_DAY, A_WEEK
from app.sms.consent import JOBS, Consent
from app.sms.outbox import Message, Status

Covers = Callable[[Any], ColumnElement[bool]]  # which phones are asked about


def every(_phone: Any) -> ColumnElement[bool]:
    return true()


def asked(people: Any, phone: Any, about: str, covers: Covers = every) -> tuple[Any, ColumnElement[str | None]]:
    """The people (a select or a join) beside what their numbers said, and the word that holds for the purpose: its own
    if there is one, else the general one. Each is joined by its key, so that no planner has anything to choose."""
    words = []
    for purpose in dict.fromkeys((about, JOBS)):
        said = core(Consent).alias()
        words.append(said.c.word)
        people = people.outerjoin(said, and_(said.c.phone == phone, said.c.purpose == _constant(purpose),
                                             covers(said.c.phone)))
    return people, words[0] if len(words) == 1 else func.coalesce(*words)


def word(phone: Any, about: str) -> ColumnElement[str | None]:
    """What the number of a row said of the purpose, or else in general: for few rows, each of which is looked up."""
    said = core(Consent)
    words = [select(said.c.word).where(said.c.phone == phone, said.c.purpose == _constant(purpose)).scalar_subquery()
             for purpose in dict.fromkeys((about, JOBS))]
    return func.coalesce(*words, None)


def pushed_enough(leaves: datetime, covers: Covers = every) -> Any:
    """`batches.over_limit` as a set, for queries over many people: (phone, today) of every number that has had enough
    pushes."""
    day, week = clock.at(clock.local(leaves).date(), time.min), leaves - timedelta(days=7)
    # Not an IN: that is put together anew each time that a statement is made, even one that was made before.
    mine = (Message.purpose == _constant("push"), Message.status != Status.WITHDRAWN, Message.status != Status.FAILED)
    # Two selects, so that each of them finds its index.
    sent = select(Message.phone, Message.sent_at.label("at")).where(
        Message.sent_at >= week, Message.status != Status.QUEUED, covers(aside(Message.phone)), *mine)
    waits = select(Message.phone, batches.counts_at()).where(
        Message.sent_at.is_(None), or_(Message.status == Status.QUEUED, Message.next_at >= week),
        covers(Message.phone), *mine)
    each = sent.union_all(waits).subquery()
    today = func.sum(case((each.c.at >= day, 1), else_=0))
    return (select(each.c.phone, today.label("today")).where(batches.within(each.c.at, week, day))
            .group_by(each.c.phone).having((today >= A_DAY) | (func.count() >= A_WEEK)))


def told_of(listing_id: int, covers: Covers = every) -> Select[str]:
    """`batches.told` as a set: the numbers that were or are being told of this listing, one as often as it was."""
    return select(Message.phone).where(
        Message.listing_id == listing_id, Message.purpose == _constant("push"), covers(Message.phone),
        Message.status.not_in((Status.WITHDRAWN, Status.FAILED)))


def _constant(word: str) -> ColumnElement[str]:
    """A word of ours as it stands: the planner sees which rows are meant, and which index has them."""
    return literal_column(f"'{word}'")
