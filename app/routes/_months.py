"""A month of the calendar, as an address names it (2026-11), and what takes place on which of its days."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import TypeVar

from app import clock
from app.listings.listings import Listing

T = TypeVar("T", bound=Listing)
AHEAD = 11  # months that one can look ahead: what is posted is never later


@dataclass(frozen=True, order=True)
class Month:
    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @classmethod
    def read(cls, typed: str, *, least: "Month") -> "Month":
        """The month that is named; the first or the last that one can look at where it is none of them."""
        found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", typed)
        named = cls(int(found[1]), int(found[2])) if found else cls.of(clock.today())
        return min(max(named, least), cls.of(clock.today()).later(AHEAD))

    def later(self, months: int) -> "Month":
        year, number = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, number + 1)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def begins(self) -> datetime:
        return clock.at(self.first, time(0))

    @property
    def ends(self) -> datetime:
        return self.later(1).begins

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


def by_day(found: Sequence[T], *, since: datetime) -> list[tuple[datetime, list[T]]]:
    """What takes place on which day, in order; what has begun before stands on the first of them."""
    def day(one: T) -> date:
        return clock.local(max(one.starts_at, since)).date()

    return [(clock.at(shown, time(0)), list(some)) for shown, some in groupby(sorted(found, key=day), day)]
