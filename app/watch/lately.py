"""The last day and the last hour, for people: what became of the texts that left, and why some did not arrive."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.db import core
from app.dialects import spelled
from app.org.areas import Area, inside
from app.sms.outbox import Attempt, Message, Status

HOURS = 24
SHOWN = (Status.DELIVERED, Status.ACCEPTED, Status.UNKNOWN, Status.FAILED)
_UNEVEN = timedelta(minutes=5)  # by which the order of ids and that of their moments may differ
_message, _attempt = core(Message), core(Attempt)


@dataclass
class Hour:
    """From `at` on: what has become by now of the texts that left in it, by `Status`."""

    at: datetime
    states: Counter[str] = field(default_factory=Counter)

    @property
    def texts(self) -> int:
        return self.states.total()


# The hour of a moment in UTC, as 2026-03-10 12.
_hour = spelled("hour", sqlite="strftime('%Y-%m-%d %H', {0})",
                postgresql="to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')")


async def by_hour(db: AsyncSession, *, within: Area | None) -> list[Hour]:
    """The last 24 hours, this one included, oldest first; of one area, or of all."""
    this = clock.now().replace(minute=0, second=0, microsecond=0)
    hours = {moment: Hour(moment) for moment in (this - timedelta(hours=back) for back in reversed(range(HOURS)))}
    begins = this - timedelta(hours=HOURS - 1)
    hour = _hour(_attempt.c.at)
    # A text that was tried again counts where it was tried last.
    chosen = (select(hour.label("hour"), _message.c.status, func.count().label("texts"))
              .join_from(_attempt, _message, and_(_message.c.id == _attempt.c.message_id,
                                                  _message.c.attempts == _attempt.c.number))
              .where(_attempt.c.id >= await _first_id(db, begins - _UNEVEN), _attempt.c.at >= begins,
                     _message.c.status.in_(SHOWN)).group_by(hour, _message.c.status))
    for row in await db.execute(_limited(chosen, within)):
        moment = datetime.strptime(row.hour, "%Y-%m-%d %H").replace(tzinfo=UTC)
        if moment in hours:  # a clock that ran ahead may have written a later one
            hours[moment].states[row.status] += row.texts
    return list(hours.values())


async def errors(db: AsyncSession, *, within: Area | None) -> dict[str, Counter[str]]:
    """By gateway and reason: the texts of which it became known within the last hour that they did not arrive."""
    chosen = (select(_message.c.gateway, _message.c.reason, func.count().label("texts"))
              .where(_message.c.status == literal_column("'failed'"),
                     _message.c.ended_at > clock.now() - timedelta(hours=1))
              .group_by(_message.c.gateway, _message.c.reason))
    found: dict[str, Counter[str]] = {}
    for row in await db.execute(_limited(chosen, within)):
        found.setdefault(row.gateway, Counter())[row.reason] += row.texts
    return found


def _limited(chosen: Any, within: Area | None) -> Any:
    """Texts of no area are the station's own: codes, alarms."""
    if within is None:
        return chosen
    return chosen.join(Area, Area.id == _message.c.area_id).where(inside(within))


async def _first_id(db: AsyncSession, moment: datetime) -> int:
    """The first try that is not older. Ids grow with time, so that it is found by halving, as in a dictionary: no index
    on moments has to be kept for every text that leaves."""
    first, last = (await db.execute(select(func.min(_attempt.c.id), func.max(_attempt.c.id)))).one()
    if first is None:
        return 0
    low, high = int(first), int(last) + 1
    while low < high:
        middle = (low + high) // 2
        row = (await db.execute(select(_attempt.c.id, _attempt.c.at).where(_attempt.c.id >= middle)
                                .order_by(_attempt.c.id).limit(1))).one()
        if row.at < moment:
            low = row.id + 1
        else:
            high = middle
    return low
