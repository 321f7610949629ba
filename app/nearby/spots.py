"""Spots: what everybody in a community calls by a name, and where it is. A job's place is looked up among them."""

from dataclasses import dataclass

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Id, Table, core
from app.errors import Refused
from app.i18n import _
from app.nearby import walking
from app.nearby.walking import Point
from app.org.areas import Area, Level, inside
from app.staff import audit
from app.staff.accounts import May, Officer
from app.staff.scopes import require

MOST = 300  # of one community: every list of work looks at all of them
FARTHEST_METRES = 50_000  # farther from the community's middle is a slip of the finger
NAME_LENGTH = 12  # as long as the place of a job may be


class Spot(Table):
    """`area_id` is the community."""

    __tablename__ = "spot"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    name: Mapped[str] = mapped_column(String(60))
    lat: Mapped[float]
    lng: Mapped[float]

    __table_args__ = (UniqueConstraint("area_id", "name"),)

    @property
    def point(self) -> Point:
        return Point(self.lat, self.lng)


@dataclass(frozen=True)
class Building:
    """A building of a community: `point` is nothing while nobody has entered it."""

    id: int
    code: str
    name: str
    point: Point | None


async def put(db: AsyncSession, community: Area, *, name: str, point: Point, by: Officer) -> Spot:
    """A new spot, or another place for the one of that name. Raises Refused, naming the field."""
    require(by, May.POST)
    name = name.strip()
    if not 0 < len(name) <= NAME_LENGTH:
        raise Refused(_("Please give a name of at most {most} characters, as everybody here says it."), field="name",
                      most=NAME_LENGTH)
    await _must_be_here(db, community, point)
    spot = await db.scalar(select(Spot).where(Spot.area_id == community.id, Spot.name == name))
    if spot is None:
        if (await db.scalar(select(func.count()).where(Spot.area_id == community.id)) or 0) >= MOST:
            raise Refused(_("A community can have {most} places at the most."), field="name", most=MOST)
        spot = Spot(area_id=community.id, name=name, lat=point.lat, lng=point.lng)
        db.add(spot)
    spot.lat, spot.lng = point.lat, point.lng
    await db.flush()
    audit.record(db, "put_spot", spot, by=by)
    return spot


async def remove(db: AsyncSession, spot: Spot, *, by: Officer) -> None:
    """The spot is not there any more; jobs keep its name as their place."""
    require(by, May.POST)
    audit.record(db, "remove_spot", spot, by=by)
    await db.execute(delete(Spot).where(Spot.id == spot.id))


async def locate(db: AsyncSession, community: Area, area: Area, point: Point | None, *, by: Officer) -> None:
    """Where a building of the community, or its station, is; nothing means that nobody knows. Raises Refused."""
    require(by, May.POST)
    if point is not None and area is not community:
        await _must_be_here(db, community, point, but=area.id)
    area.lat, area.lng = (point.lat, point.lng) if point else (None, None)
    await db.flush()
    audit.record(db, "locate", area, by=by, known=point is not None)


async def of(db: AsyncSession, community: Area) -> dict[str, Point]:
    """Every spot of the community by its name."""
    rows = await db.execute(select(Spot.name, Spot.lat, Spot.lng).where(Spot.area_id == community.id).order_by(Spot.id))
    return {name: Point(lat, lng) for name, lat, lng in rows}


async def buildings(db: AsyncSession, community: Area) -> list[Building]:
    """The buildings of the community, in the order in which they were entered."""
    at = core(Area).c
    rows = await db.execute(select(at.id, at.code, at.name, at.lat, at.lng).where(
        inside(community), at.level == Level.BUILDING).order_by(at.id))
    return [Building(*row[:3], point_of(*row[3:])) for row in rows]


def station(community: Area, houses: list[Building]) -> Point | None:
    """Where the station is, else the middle of the buildings, else nothing."""
    return point_of(community.lat, community.lng) or walking.middle([h.point for h in houses if h.point])


def point_of(lat: float | None, lng: float | None) -> Point | None:
    return None if lat is None or lng is None else Point(lat, lng)


async def _must_be_here(db: AsyncSession, community: Area, point: Point, *, but: int = 0) -> None:
    """Raises Refused for what lies far from what is known of the community; `but` is the area that is asked about."""
    known = station(community, [house for house in await buildings(db, community) if house.id != but])
    if known is not None and walking.metres(known, point) > FARTHEST_METRES:
        raise Refused(_("That is {km} kilometres away from here. Please copy the numbers again."), field="at",
                      km=round(walking.metres(known, point) / 1000))
