"""Who has had enough bulk texts, and who was told already, as sets to join: batches asks the same of one phone."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal_column, or_, select, true

from app import clock
from app.sms.batches import A_DAY, A_WEEK, NEVER
from app.sms.outbox import Message, Status


def pushed_enough(leaves: datetime, covers: Callable[[Any], ColumnElement[bool]] = lambda _phone: true()) -> Any:
    """`batches.over_limit` as a set, for queries over many people: (phone, today) of every number that has had enough
    pushes, of those that `covers` lets through."""
    day, week = clock.at(clock.local(leaves).date(), time.min), leaves - timedelta(days=7)
    mine = (Message.purpose == literal_column("'push'"), covers(Message.phone),
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


def told_of(listing_id: int) -> Select[str]:
    """`batches.told` as a set: every number that was or is being told of this listing."""
    return select(Message.phone).where(
        Message.listing_id == listing_id, Message.purpose == literal_column("'push'"),
        Message.status.not_in((Status.WITHDRAWN, Status.FAILED))).distinct()
