"""What is known of a community's ground, seen from where somebody lives: how far each spot is."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncSession

from app.nearby import spots, walking
from app.nearby.spots import Building
from app.nearby.walking import Point
from app.org.areas import Area


@dataclass(frozen=True)
class Ground:
    """`home` is the building that somebody chose, if it is one of this community."""

    spots: dict[str, Point]
    buildings: list[Building]
    station: Point | None
    home: Building | None = None

    @property
    def knows_home(self) -> bool:
        return self.home is not None and self.home.point is not None

    @property
    def start(self) -> Point | None:
        """From where minutes count: home, else the station."""
        return self.home.point if self.home and self.home.point else self.station

    @cached_property
    def minutes(self) -> dict[str, int]:
        """Minutes on foot to each spot by name; empty where nobody knows from where."""
        start = self.start
        return {} if start is None else {name: walking.minutes(start, point) for name, point in self.spots.items()}

    @cached_property
    def near(self) -> list[str]:
        """The spots within a quarter of an hour."""
        return sorted(name for name, minutes in self.minutes.items() if minutes <= walking.NEAR_MINUTES)


NOWHERE = Ground({}, [], None)


async def around(db: AsyncSession, community: Area | None, *, home: str = "") -> Ground:
    """The ground of the community for whoever lives in the building of that code; none where no community is known."""
    if community is None:
        return NOWHERE
    houses = await spots.buildings(db, community)
    return Ground(await spots.of(db, community), houses, spots.station(community, houses),
                  next((house for house in houses if house.code == home), None))
