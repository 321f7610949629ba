"""How long a campaign's texts are, of all its people at once: one query that counts texts by their length."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import accumulate

from sqlalchemy import case, func, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audience.query import Audience
from app.campaigns import pieces, wording
from app.campaigns.rare import rare
from app.campaigns.wording import Part
from app.db import generous
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


async def of(db: AsyncSession, whom: Audience, parts: list[Part], leaves: datetime, *,
             listing_id: int | None = None) -> Sizes:
    """Exact, also where characters in names count as two: those few texts are measured one by one."""
    await generous(db)
    told = pieces.texts(whom, parts, leaves, listing_id=listing_id).c
    odd = case((rare(told.body), told.body), else_=null()) if wording.holes(parts) else null()
    counted = (select(func.length(told.body).label("units"), odd.label("odd"), told.phone).subquery()).c
    counts: Counter[Length] = Counter()
    phones: dict[Length, str] = {}
    for row in await db.execute(select(counted.units, counted.odd, func.count().label("texts"),
                                       func.min(counted.phone).label("phone")).group_by(counted.units, counted.odd)):
        size = length.measure(row.odd) if row.odd else _plain(row.units)
        counts[size] += row.texts
        phones[size] = min(phones.get(size, row.phone), row.phone)
    return Sizes(counts, phones)


@cache
def _plain(units: int) -> Length:
    """The length of so many characters of which none is rare; the signature makes every text UCS-2."""
    return length.measure("字" * units)
