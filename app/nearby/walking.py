"""How long one walks from one point to another: the straight line, a third longer for corners and steps, at the pace of
somebody who is not in a hurry."""

from dataclasses import dataclass
from math import asin, ceil, cos, radians, sin, sqrt

NEAR_MINUTES = 15
DETOUR, METRES_A_MINUTE = 1.3, 60
_EARTH_METRES = 6_371_000


@dataclass(frozen=True)
class Point:
    """Decimal degrees. All points of a community come from the same kind of map, so that they fit each other."""

    lat: float
    lng: float


def metres(one: Point, other: Point) -> float:
    """The straight line."""
    half = (sin(radians(other.lat - one.lat) / 2) ** 2
            + cos(radians(one.lat)) * cos(radians(other.lat)) * sin(radians(other.lng - one.lng) / 2) ** 2)
    return 2 * _EARTH_METRES * asin(sqrt(min(1.0, half)))


def minutes(one: Point, other: Point) -> int:
    """Rounded up; at least one, since nobody is told that it takes no time."""
    return max(1, ceil(metres(one, other) * DETOUR / METRES_A_MINUTE))


def middle(points: list[Point]) -> Point | None:
    """Where a community is when nobody has said where its station is."""
    if not points:
        return None
    return Point(sum(point.lat for point in points) / len(points), sum(point.lng for point in points) / len(points))
