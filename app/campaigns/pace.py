"""When each text of a batch leaves: all at once, or one after the other over some hours, never in the quiet hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, literal, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Moment, settings_of
from app.dialects import spelled
from app.settings import QuietHours
from app.sms import allowance, quiet
from app.sms.gateways import base
from app.sms.outbox import Message, Priority

# A moment and so many seconds.
_later = spelled("later", sqlite="strftime('%Y-%m-%d %H:%M:%f000', {0}, '+' || ({1}) || ' seconds')",
                 postgresql="{0} + make_interval(secs => {1})", gives=Moment())


@dataclass(frozen=True)
class Pace:
    """So many texts leave from `starts` on, evenly over so many minutes outside the quiet hours."""

    starts: datetime
    spread_minutes: int
    texts: int
    hours: QuietHours | None

    @property
    def ends(self) -> datetime:
        """When the last of them is due."""
        return quiet.passed(self.hours, self.starts, timedelta(minutes=self.spread_minutes))

    def due(self, place: Any) -> ColumnElement[datetime]:
        """When the text at that place is due, as SQL. Any whole numbers in a row are places, from whichever on."""
        starts = literal(self.starts, Moment())
        if not self.spread_minutes:
            return starts
        seconds = cast(place % self.texts, BigInteger) * literal(self.spread_minutes * 60, BigInteger()) // self.texts
        nights = [(seconds >= int(until), seconds + int(asleep)) for until, asleep in self._nights()]
        due: ColumnElement[datetime] = _later(starts, case(*reversed(nights), else_=seconds) if nights else seconds)
        return due

    def _nights(self) -> Iterator[tuple[float, float]]:
        """After how many seconds awake each night falls, and how long one has slept when it is over."""
        moment, awake, asleep = self.starts, 0.0, 0.0
        while self.hours is not None and awake < self.spread_minutes * 60:
            evening = quiet.closing(self.hours, moment)
            awake += (evening - moment).total_seconds()
            moment = quiet.opening(self.hours, evening)
            asleep += (moment - evening).total_seconds()
            yield awake, asleep


async def finished_by(db: AsyncSession, pace: Pace) -> datetime:
    """When the carrier will have taken the last text, at its rate and after what is due before; where it takes only so
    much in a day and no other one takes over, days later."""
    settings = settings_of(db)
    before = await db.scalar(select(func.count()).where(
        Message.gateway.in_(settings.bulk_gateways), Message.status == literal_column("'queued'"),
        Message.priority == literal_column(str(int(Priority.BULK))), Message.next_at <= pace.starts)) or 0
    first = settings.bulk_gateways[0]
    rate = float(settings.sms_per_second or base.abilities_of(first).per_second)
    rate = min(rate, allowance.rate(settings, first) or rate)
    taken = quiet.passed(pace.hours, pace.starts, timedelta(seconds=(before + pace.texts) / rate))
    most = allowance.quota(settings, first)
    if most is not None and len(settings.bulk_gateways) == 1:
        taken += timedelta(days=int((before + pace.texts) / max(most * (1 - allowance.KEPT_FOR_ANSWERS), 1)))
    return max(taken, pace.ends)
