"""Who has had enough bulk texts, and who was told already, as sets to join: batches asks the same of one phone."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal_column, or_, select, true
from sqlalchemy.orm import aliased

from app import clock
from app.sms.batches import A_DAY, A_WEEK, NEVER
from app.sms.consent import JOBS, Consent
from app.sms.outbox import Message, Status

Covers = Callable[[Any], ColumnElement[bool]]  # which phones are asked about


def every(_phone: Any) -> ColumnElement[bool]:
    return true()


def words(about: str, covers: Covers = every) -> Any:
    """`consent.word` as a set: (phone, word) of every number of which something is said for that purpose."""
    general = select(Consent.phone, Consent.word).where(Consent.purpose == _constant(JOBS), covers(Consent.phone))
    if about == JOBS:
        return general.subquery()
    own = aliased(Consent)
    its_own = select(own.phone, own.word).where(own.purpose == _constant(about), covers(own.phone))
    return general.where(~exists().where(own.phone == Consent.phone, own.purpose == _constant(about))).union_all(
        its_own).subquery()


def pushed_enough(leaves: datetime, covers: Covers = every) -> Any:
    """`batches.over_limit` as a set, for queries over many people: (phone, today) of every number that has had enough
    pushes."""
    day, week = clock.at(clock.local(leaves).date(), time.min), leaves - timedelta(days=7)
    mine = (Message.purpose == _constant("push"), covers(Message.phone),
            Message.status.not_in((Status.WITHDRAWN, Status.FAILED)))
    # What waits counts for every day that is asked about. Two selects, so that each of them finds its index.
    sent = select(Message.phone, Message.sent_at.label("at")).where(
        Message.sent_at >= week, Message.status != Status.QUEUED, *mine)
    waits = select(Message.phone, case((Message.status == Status.QUEUED, NEVER), else_=Message.next_at)).where(
        Message.sent_at.is_(None), or_(Message.status == Status.QUEUED, Message.next_at >= week), *mine)
    each = sent.union_all(waits).subquery()
    today = func.sum(case((each.c.at >= day, 1), else_=0))
    return (select(each.c.phone, today.label("today")).group_by(each.c.phone)
            .having((today >= A_DAY) | (func.count() >= A_WEEK)))


def told_of(listing_id: int, covers: Covers = every) -> Select[str]:
    """`batches.told` as a set: the numbers that were or are being told of this listing, one as often as it was."""
    return select(Message.phone).where(
        Message.listing_id == listing_id, Message.purpose == _constant("push"), covers(Message.phone),
        Message.status.not_in((Status.WITHDRAWN, Status.FAILED)))


def _constant(word: str) -> ColumnElement[str]:
    """A word of ours as it stands: the planner sees which rows are meant, and which index has them."""
    return literal_column(f"'{word}'")
