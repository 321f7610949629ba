"""What the carriers page shows of each gateway: how it stands, what it may be given, and what was decided of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import settings_of
from app.settings import Settings
from app.sms import allowance, breaker
from app.sms.breaker import Decision, State
from app.staff.accounts import Officer

SHOWN = 20


@dataclass(frozen=True)
class Shown:
    """One gateway. `used` and `quota` are today's segments, `rate` segments a second; None where nothing is limited."""

    name: str
    bulk: bool
    answers: bool
    state: str
    why: str
    since: datetime | None
    retry_at: datetime | None
    used: int
    quota: int | None
    rate: float | None

    @property
    def works(self) -> bool:
        return self.state == State.WORKING


async def shown(db: AsyncSession) -> dict[str, Shown]:
    """By name, in their order."""
    settings, rows = settings_of(db), await breaker.standings(db)
    return {name: _shown(name, settings, rows.get(name)) for name in settings.gateways}


async def decided(db: AsyncSession) -> Sequence[tuple[Decision, str]]:
    """The last decisions, the newest first, each with the officer's name, if it was one."""
    found = await breaker.decisions(db, most=SHOWN)
    names: dict[int, str] = {row.id: row.name for row in await db.execute(
        select(Officer.id, Officer.name).where(Officer.id.in_({one.officer_id for one in found if one.officer_id})))}
    return [(one, names.get(one.officer_id or 0, "")) for one in found]


def _shown(name: str, settings: Settings, row: breaker.Standing | None) -> Shown:
    return Shown(name, name in settings.bulk_gateways, name in settings.reply_gateways,
                 row.state if row else State.WORKING, row.why if row else "", row.since if row else None,
                 row.retry_at if row else None, allowance.used_today(row), allowance.quota(settings, name),
                 allowance.rate(settings, name))
