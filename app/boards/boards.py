"""A day's work of a community, read once for however many notice boards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import quote

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.db import settings_of
from app.jobs import jobs
from app.jobs.jobs import Job
from app.listings import signups
from app.listings.listings import State
from app.listings.signups import Counts
from app.nearby import spots, walking
from app.nearby.walking import Point
from app.org import areas
from app.org.areas import Area, Level
from app.printing.board import Board, Offer, nearest_first
from app.settings import Settings
from app.staff import scopes
from app.staff.accounts import Officer

MOST = 1000  # works of one day that are looked at
COMING = 60  # works of later days, where the day has none: more than fit on a page


@dataclass(frozen=True)
class Day:
    """`today` are the works of the day that one can still sign up for, `later` those that follow."""

    community: Area
    day: date
    today: Sequence[Job]
    later: Sequence[Job]
    counts: Mapping[int, Counts]
    spots: Mapping[str, Point]
    at: datetime
    settings: Settings

    def board(self, building: Area | None = None) -> Board:
        """What hangs in that building, or at the station, in the language of the moment."""
        here = building or self.community
        return self._board(building, self._minutes(spots.point_of(here.lat, here.lng)))

    def everywhere(self) -> Board:
        """What is read aloud to the whole community, from where everybody walks another way."""
        return self._board(None, {})

    def _board(self, building: Area | None, minutes: Mapping[str, int]) -> Board:
        return Board(self.community.name, building.name if building else "", clock.at(self.day, time()),
                     nearest_first([self._offer(job, minutes) for job in self.today]),
                     [self._offer(job, minutes) for job in self.later], self.community.phone, self.settings.text_to,
                     self._address(building), self.at)

    def _offer(self, job: Job, minutes: Mapping[str, int]) -> Offer:
        pay, rate = jobs.pay_by_day(job)
        return Offer(job.number, job.title, pay, job.place, job.starts_at, job.ends_at,
                     self.counts[job.id].left(job.places), job.paid_same_day, minutes.get(job.place), rate)

    def _minutes(self, start: Point | None) -> dict[str, int]:
        """On foot to each spot by name, from where the sheet hangs; empty where nobody knows where that is."""
        return {name: walking.minutes(start, point) for name, point in self.spots.items()} if start else {}

    def _address(self, building: Area | None) -> str:
        """The list, seen from where the sheet hangs."""
        here = f"{self.settings.public_url}/jobs?area={quote(self.community.code)}"
        return f"{here}&from={quote(building.code)}" if building else here


async def of(db: AsyncSession, officer: Officer, community: Area, day: date) -> Day:
    """The works of that day that are open, have not begun and have a place left; where there are none, the next."""
    begin, end = (clock.at(day + timedelta(days=days), time()) for days in (0, 1))
    now = clock.now()
    to_come = _open_in(officer, community).where(Job.starts_at > now)
    today, counts = await _free(db, to_come.where(Job.starts_at >= begin, Job.starts_at < end).limit(MOST))
    later: list[Job] = []
    if not today:
        later, counts = await _free(db, to_come.where(Job.starts_at >= end).limit(COMING))
    return Day(community, day, today, later, counts, await spots.of(db, community), now, settings_of(db))


async def communities(db: AsyncSession, officer: Officer) -> list[Area]:
    """Those that the officer prints for: their own, or all in their area, by name."""
    own = await areas.community_of(db, officer.area)
    if own.level == Level.COMMUNITY:
        return [own]
    return list(await db.scalars(scopes.visible(Area, officer).where(Area.level == Level.COMMUNITY)
                                 .order_by(Area.name, Area.id)))


async def buildings(db: AsyncSession, officer: Officer, community: Area) -> list[Area]:
    """The buildings of the community that lie in the officer's area."""
    return await areas.buildings(db, officer.area if community.contains(officer.area) else community)


def has_station(officer: Officer, community: Area) -> bool:
    """Whether the officer also prints what hangs at the station: not whoever has one building or one grid."""
    return officer.area.contains(community)


def _open_in(officer: Officer, community: Area) -> Select[Job]:
    return (scopes.around(Job, officer).where(Job.area_id == community.id, Job.state == State.OPEN)
            .order_by(Job.starts_at, Job.number))


async def _free(db: AsyncSession, chosen: Select[Job]) -> tuple[list[Job], Mapping[int, Counts]]:
    found = list(await db.scalars(chosen))
    counts = await signups.counts(db, [job.id for job in found])
    return [job for job in found if counts[job.id].left(job.places)], counts
