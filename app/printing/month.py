"""A month of the calendar on one sheet, in letters as large as leave room for all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from app.printing.board import wide

ROOM = 176.0  # millimetres for the rows; print.css leaves that much between head and foot
# Millimetres: the letters of a title, those below it, and what is left above and below; print.css has the same. The
# smallest are still read from one metre.
SIZES = ((11.0, 7.0, 3.0), (9.0, 6.0, 2.2), (7.4, 4.8, 1.5), (5.8, 3.9, 0.9), (4.6, 3.2, 0.5))
_TEXT, _COST = 86.0, 35.0  # how wide the two columns are whose lines may break
_LINE = 1.27  # of the letters' size


@dataclass(frozen=True)
class Entry:
    """What one row says."""

    title: str
    hours: str
    where: str
    cost: str


def fit(entries: Sequence[Entry]) -> tuple[int, int]:
    """Which of the sizes is printed, from 0, and how many of the entries there is room for."""
    for size in range(len(SIZES)):
        if sum(height(one, size) for one in entries) <= ROOM:
            return size, len(entries)
    count, left = 0, ROOM
    for one in entries:
        left -= height(one, len(SIZES) - 1)
        if left < 0:
            break
        count += 1
    return len(SIZES) - 1, count


def height(one: Entry, size: int) -> float:
    """Millimetres of its row."""
    title, said, edge = SIZES[size]
    hours, where = wide(one.hours) * said, wide(one.where) * said
    below = 1 if hours + said + where <= _TEXT else ceil(hours / _TEXT) + ceil(where / _TEXT)
    text = ceil(wide(one.title) * title / _TEXT) * title + below * said
    beside = title + ceil(wide(one.cost) * said / _COST) * said
    return max(text, beside) * _LINE + 2 * edge + 0.5
