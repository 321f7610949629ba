"""How long a campaign's texts are, of all its people at once: one query that counts texts by their length."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audience.query import Audience
from app.audience.reach import Span
from app.campaigns import pieces, wording
from app.campaigns.rare import rare
from app.campaigns.wording import Hole, Part
from app.db import generous
from app.residents.residents import Resident
from app.sms import length
from app.sms.length import Length

WORTH_SHORTENING = 10  # characters: more than that is another text


@dataclass(frozen=True)
class Saving:
    """So many characters fewer for everybody would save so many segments."""

    fewer: int
    segments: int


@dataclass(frozen=True)
class Sizes:
    """How many texts have which length, and a phone that gets one of each: the first in the order of phones."""

    counts: Counter[Length]
    phones: dict[Length, str]

    @property
    def texts(self) -> int:
        return self.counts.total()

    @property
    def segments(self) -> int:
        return sum(size.segments * texts for size, texts in self.counts.items())

    @property
    def longest(self) -> Length | None:
        return self._ordered[-1] if self.counts else None

    @property
    def typical(self) -> Length | None:
        """The middle one: half of the texts are as long or shorter."""
        if not self.counts:
            return None
        reached = list(accumulate(self.counts[size] for size in self._ordered))
        return self._ordered[bisect_right(reached, (self.texts - 1) // 2)]

    @property
    def full(self) -> int:
        """How many texts would cost a segment more with one character more."""
        return sum(texts for size, texts in self.counts.items() if size.left == 0)

    @property
    def saving(self) -> Saving | None:
        """The fewest characters that bring nearly all of what shortening a little can save."""
        saved = {fewer: sum((size.segments - _plain(max(size.units - fewer, 0)).segments) * texts
                            for size, texts in self.counts.items()) for fewer in range(1, WORTH_SHORTENING + 1)}
        best = saved[WORTH_SHORTENING]
        fewer = next((fewer for fewer, segments in saved.items() if segments >= 0.9 * best), 0)
        return Saving(fewer, saved[fewer]) if best > 0 else None

    @property
    def _ordered(self) -> list[Length]:
        return sorted(self.counts, key=lambda size: (size.units, size.segments))


@dataclass(frozen=True)
class Phones(Span):
    """Some phones only, as a piece of the work."""

    these: tuple[str, ...] = ()

    def covers(self, phone: Any) -> ColumnElement[bool]:
        return phone.in_(self.these)  # type: ignore[no-any-return]


def only(phones: Collection[str]) -> Phones:
    return Phones(until=max(phones, default=""), these=tuple(phones))


async def of(db: AsyncSession, whom: Audience, parts: list[Part], leaves: datetime, *,
             listing_id: int | None = None) -> Sizes:
    """Exact, without writing anybody's text: what differs is how long the names and the building are. Only texts with
    characters that count as two are written and measured one by one."""
    await generous(db)
    counts: Counter[Length] = Counter()
    phones: dict[Length, str] = {}
    odd = []
    filled = {"name": Resident.name, "building": pieces.HOME.name.label("building")}
    holes = wording.holes(parts)
    for row in await db.execute(_alike(pieces.people(whom, parts, leaves, Resident.phone,
                                                     *(filled[name] for name in sorted(holes)),
                                                     listing_id=listing_id), holes)):
        if row.odd is None:
            size = length.measure(_as_long(parts, row))
            counts[size] += row.texts
            phones[size] = min(phones.get(size, row.phone), row.phone)
        else:
            odd.append(row.odd)
    texts = pieces.texts(whom, parts, leaves, listing_id=listing_id, span=only(odd)).c
    for phone, body in await db.execute(select(texts.phone, texts.body)) if odd else ():
        size = length.measure(body)
        counts[size] += 1
        phones.setdefault(size, phone)
    return Sizes(counts, phones)


def _alike(people: Select[Any], holes: set[str]) -> Select[Any]:
    """How many phones get a text with values of the same length. Each phone with rare characters stands alone."""
    each = people.subquery().c
    values: dict[str, ColumnElement[Any]] = {}
    rarely: ColumnElement[Any] = literal(0)
    if "name" in holes:
        values["name"] = func.sum(func.length(each.name) + 1) - 1  # a sign stands between two names
        rarely = func.max(case((rare(each.name), 1), else_=0))
    if "building" in holes:
        values["building"] = func.length(func.min(each.building))
        rarely = rarely + func.max(case((rare(each.building), 1), else_=0))
    one = (select(each.phone, rarely.label("rarely"), *(value.label(name) for name, value in values.items()))
           .group_by(each.phone).subquery()).c
    odd = case((one.rarely > 0, one.phone), else_=null())
    lengths = [one[name] for name in values]
    return select(odd.label("odd"), *lengths, func.count().label("texts"),
                  func.min(one.phone).label("phone")).group_by(odd, *lengths)


def _as_long(parts: list[Part], row: Any) -> str:
    """A text as long as theirs."""
    return "".join("字" * getattr(row, part.name) if isinstance(part, Hole) else part for part in parts)


@cache
def _plain(units: int) -> Length:
    """The length of so many characters of which none is rare; the signature makes every text UCS-2."""
    return length.measure("字" * units)
