"""A simple drawn map: where one lives, where the work is, what lies around, north, and how long a hundred metres are.

An image of a few kilobytes that needs nobody's map. Its letters are large enough to be read where it is shown at two
thirds of its size, on a screen 240 pixels wide.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import cos, radians
from xml.sax.saxutils import escape

from app.i18n import _, say
from app.nearby import walking
from app.nearby.walking import Point

SIDE, STRIP = 300, 40  # units; the strip below is for the scale
_LETTER, _MARGIN, _MOST_AROUND = 23, 52, 6
_LEAST_METRES = 400  # across, so that something is around two doors beside each other
_LENGTHS = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
_METRES_A_DEGREE = 111_195


@dataclass(frozen=True)
class Place:
    name: str
    point: Point


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    width: float
    height: float

    def meets(self, other: "_Box") -> bool:
        return (self.left < other.left + other.width and other.left < self.left + self.width
                and self.top < other.top + other.height and other.top < self.top + self.height)


@dataclass
class _Sheet:
    """What is drawn so far, and the boxes that are taken."""

    middle: Point
    scale: float  # units a metre
    drawn: list[str] = field(default_factory=list)
    taken: list[_Box] = field(default_factory=list)

    def at(self, point: Point) -> tuple[float, float]:
        east = (point.lng - self.middle.lng) * _METRES_A_DEGREE * cos(radians(self.middle.lat))
        north = (point.lat - self.middle.lat) * _METRES_A_DEGREE
        return SIDE / 2 + east * self.scale, SIDE / 2 - north * self.scale

    def holds(self, point: Point) -> bool:
        x, y = self.at(point)
        return 12 < x < SIDE - 12 and 12 < y < SIDE - 12

    def name(self, said: str, point: Point, *, must: bool) -> bool:
        """Write a name beside its point where nothing is yet; one that must be there is written anyhow."""
        said = "".join(letter for letter in said if letter.isprintable())
        x, y = self.at(point)
        wide = sum(_LETTER if ord(letter) > 0x2E80 else _LETTER * .6 for letter in said)
        ways = [(x + 13, y - 14), (x - 13 - wide, y - 14), (x - wide / 2, y - 42), (x - wide / 2, y + 14)]
        boxes = [_Box(min(max(left, 3), max(3, SIDE - 3 - wide)), min(max(top, 2), SIDE - 30), wide, 28)
                 for left, top in ways]
        free = [box for box in boxes if not any(box.meets(other) for other in self.taken)]
        if not free and not must:
            return False
        box = (free or boxes)[0]
        self.taken.append(box)
        strong = " font-weight=\"bold\"" if must else ""
        squeezed = f' textLength="{SIDE - 6}" lengthAdjust="spacingAndGlyphs"' if wide > SIDE - 6 else ""
        self.drawn.append(
            f'<rect x="{box.left:.0f}" y="{box.top:.0f}" width="{min(wide, SIDE - 6):.0f}" height="28" fill="#fff"/>'
            f'<text x="{box.left:.0f}" y="{box.top + 22:.0f}"{strong}{squeezed}>{escape(said)}</text>')
        return True


def draw(goal: Place, start: Place | None, around: Iterable[Place]) -> str:
    """The work, the way to it from where one starts if that is known, and a few spots on the sheet."""
    sheet = _sheet([goal.point, *([start.point] if start else [])])
    points = [goal.point, *([start.point] if start else [])]
    for point in points:
        x, y = sheet.at(point)
        sheet.taken.append(_Box(x - 13, y - 13, 26, 26))
    sheet.taken.append(_Box(SIDE - 34, 0, 34, 62))  # the arrow
    way = _way(sheet, start.point, goal.point) if start else ""
    sheet.name(goal.name, goal.point, must=True)
    if start:
        sheet.name(start.name, start.point, must=True)
    marks = _around(sheet, goal, points, around)
    goal_x, goal_y = sheet.at(goal.point)
    work = f'<path d="M{goal_x:.0f} {goal_y - 13:.0f}l13 13-13 13-13-13z" fill="#8a1f00"/>'
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE + STRIP}" width="{SIDE}" '
            f'height="{SIDE + STRIP}" font-family="sans-serif" font-size="{_LETTER}" fill="#1c1a17">'
            f'<rect width="{SIDE}" height="{SIDE + STRIP}" fill="#fff"/>{way}{marks}{"".join(sheet.drawn)}'
            f'{work}{_house(sheet, start.point) if start else ""}{_north()}{_scale(sheet)}</svg>')


def _sheet(points: list[Point]) -> _Sheet:
    middle = walking.middle(points) or points[0]
    flat = _Sheet(middle, 1)
    across = max(abs(place - SIDE / 2) * 2 for point in points for place in flat.at(point))
    return _Sheet(middle, (SIDE - 2 * _MARGIN) / max(across, _LEAST_METRES))


def _way(sheet: _Sheet, start: Point, goal: Point) -> str:
    """A dotted line, which names keep away from."""
    (x, y), (to_x, to_y) = sheet.at(start), sheet.at(goal)
    steps = [(x + (to_x - x) * part / 12, y + (to_y - y) * part / 12) for part in range(13)]
    sheet.taken += [_Box(at_x - 7, at_y - 7, 14, 14) for at_x, at_y in steps]
    return (f'<path d="M{x:.0f} {y:.0f}L{to_x:.0f} {to_y:.0f}" stroke="#123f8c" stroke-width="5" '
            'stroke-dasharray="1 10" stroke-linecap="round"/>')


def _around(sheet: _Sheet, goal: Place, points: list[Point], around: Iterable[Place]) -> str:
    """Squares for other spots, those near the way first, as far as there is room for their names."""
    marks: list[str] = []
    for place in sorted((one for one in around if one.name != goal.name and sheet.holds(one.point)),
                        key=lambda one: min(walking.metres(one.point, point) for point in points)):
        x, y = sheet.at(place.point)
        spot = _Box(x - 7, y - 7, 14, 14)
        if len(marks) == _MOST_AROUND or any(spot.meets(other) for other in sheet.taken):
            continue
        sheet.taken.append(spot)
        if sheet.name(place.name, place.point, must=False):
            marks.append(f'<path d="M{x - 5:.0f} {y - 5:.0f}h10v10h-10z" fill="#45413a"/>')
        else:
            sheet.taken.remove(spot)
    return "".join(marks)


def _house(sheet: _Sheet, start: Point) -> str:
    x, y = sheet.at(start)
    return f'<path d="M{x:.0f} {y - 14:.0f}l14 13h-4v13h-20v-13h-4z" fill="#0d4a2b"/>'


def _north() -> str:
    said = say(_("N"))
    return (f'<path d="M{SIDE - 17} 4l8 24-8-5-8 5z"/><text x="{SIDE - 17}" y="52" text-anchor="middle">'
            f'{escape(said)}</text>')


def _scale(sheet: _Sheet) -> str:
    """The longest of the usual lengths that leaves room for its name."""
    metres = max((length for length in _LENGTHS if length * sheet.scale <= 150), default=_LENGTHS[0])
    end, said = 8 + metres * sheet.scale, say(_("{metres} m"), metres=metres)
    return (f'<path d="M8 {SIDE + 14}v10H{end:.0f}v-10" fill="none" stroke="#1c1a17" stroke-width="3"/>'
            f'<text x="{end + 10:.0f}" y="{SIDE + 28}">{escape(said)}</text>')
