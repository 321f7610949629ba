"""How much a gateway may be given: segments a second (GCRA, one moment in its row), and segments a day. The row is
locked while texts are claimed, so that all dispatchers share one allowance."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.db import core, settings_of
from app.settings import Settings
from app.sms.breaker import Standing
from app.sms.outbox import Priority

KEPT_FOR_ANSWERS = 0.1  # of a day's quota, which bulk texts cannot use up
BURST_SECONDS = 1.0     # of the rate at once; what is bulk makes an answer wait so long
MOST_SEGMENTS = 10      # of one text, by which the rate may be overdrawn

_standing = core(Standing)


@dataclass
class Allowance:
    """What may be handed over in this claim; `credit` counts down. `left` is what the day has left."""

    gateway: str
    credit: float | None
    left: int | None
    kept: int
    per_second: float | None
    earliest: datetime | None
    used: int = 0

    def segments(self, priority: Priority) -> float | None:
        """For texts of this priority: a text may begin while something is left. None is as much as one likes."""
        of_day = None if self.left is None else self.left - (self.kept if priority == Priority.BULK else 0)
        known = [float(one) for one in (self.credit, of_day) if one is not None]
        return max(min(known), 0.0) if known else None

    def take(self, segments: int) -> None:
        self.used += segments
        self.credit = None if self.credit is None else self.credit - segments
        self.left = None if self.left is None else self.left - segments


def rate(settings: Settings, gateway: str) -> float | None:
    """Segments a second; None where nothing is said."""
    found = dict(settings.sms_rate_limit).get(gateway)
    return None if found is None else float(found)


def quota(settings: Settings, gateway: str) -> int | None:
    """Segments a day in China; None where nothing is said."""
    found = dict(settings.sms_daily_quota).get(gateway)
    return None if found is None else int(found)


def has_left(settings: Settings, gateway: str, row: Any, priority: Priority) -> bool:
    """Whether the day's quota leaves something for texts of this priority."""
    most = quota(settings, gateway)
    if most is None:
        return True
    kept = int(most * KEPT_FOR_ANSWERS) if priority == Priority.BULK else 0
    return used_today(row) < most - kept


def used_today(row: Any) -> int:
    return int(row.used) if row is not None and row.day == clock.today() else 0


async def of(db: AsyncSession, gateway: str) -> Allowance | None:
    """What there is now, and the gateway's row locked until the transaction ends; None where nothing is limited."""
    settings = settings_of(db)
    per_second, most = rate(settings, gateway), quota(settings, gateway)
    if per_second is None and most is None:
        return None
    row = (await db.execute(select(_standing).where(_standing.c.name == gateway).with_for_update())).one()
    now = clock.now()
    earliest = credit = None
    if per_second is not None:
        burst = max(BURST_SECONDS, 1 / per_second)
        # A clock that ran ahead may have written a moment that no debt can reach.
        latest = now + timedelta(seconds=burst + MOST_SEGMENTS / per_second)
        earliest = min(max(row.earliest or now, now), latest)
        credit = (burst - (earliest - now).total_seconds()) * per_second
        credit = credit if credit >= 1 else 0.0
    return Allowance(gateway, credit, None if most is None else most - used_today(row),
                     int((most or 0) * KEPT_FOR_ANSWERS), per_second, earliest)


async def spend(db: AsyncSession, allowance: Allowance | None) -> None:
    """Write down what was taken."""
    if allowance is None or not allowance.used:
        return
    today = clock.today()
    row = (await db.execute(select(_standing).where(_standing.c.name == allowance.gateway))).one()
    later = None
    if allowance.earliest is not None and allowance.per_second is not None:
        later = allowance.earliest + timedelta(seconds=allowance.used / allowance.per_second)
    await db.execute(update(_standing).where(_standing.c.name == allowance.gateway).values(
        earliest=later, day=today, used=used_today(row) + allowance.used))
