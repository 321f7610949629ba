"""What the page of an uploaded list shows: so many of each kind, and some of the rows with whom they may mean."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app import i18n, phones
from app.audience import lists, matches
from app.audience.matches import DECIDED, Kind, Row
from app.i18n import _
from app.residents.residents import Resident, mask_name
from app.routes.office._forms import Form

SHOWN = 60  # rows of a kind


@dataclass(frozen=True)
class Line:
    """One row of the file, masked; `note` is what staff should know of it, `people` whom it may mean, by the names of
    their ticks."""

    number: int
    name: str
    phone: str
    note: str
    people: dict[str, Resident]


@dataclass(frozen=True)
class Part:
    """The rows of one kind: how many there are, and the first of them."""

    count: int
    lines: list[Line]

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


@dataclass(frozen=True)
class Shown:
    """`parts` by kind, only those that occur; `chosen` people are taken as the form stands."""

    rows: int
    chosen: int
    parts: dict[str, Part]

    @property
    def open(self) -> int:
        """Rows that staff decide."""
        return sum(self.parts[kind].count for kind in DECIDED if kind in self.parts)

    def count(self, *kinds: str) -> int:
        return sum(self.parts[kind].count for kind in kinds if kind in self.parts)


def first_form() -> Form:
    """Before staff have decided anything: what matched is taken, and nothing else."""
    return Form.of({"kinds": Kind.MATCHED})


def chosen(rows: Iterable[Row], form: Form) -> tuple[int, ...]:
    """Whom the form means."""
    return lists.people(rows, kinds=form.all("kinds"), ticked=form.all("who"))


async def shown(db: AsyncSession, rows: list[Row], form: Form) -> Shown:
    counts = matches.counts(rows)
    first = {kind: list(islice((row for row in rows if row.kind == kind), SHOWN)) for kind in Kind if counts[kind]}
    people = await _people(db, {one for some in first.values() for row in some for one in row.people})
    parts = {kind.value: Part(counts[kind], [_line(row, people) for row in some]) for kind, some in first.items()}
    return Shown(len(rows), len(chosen(rows, form)), parts)


async def _people(db: AsyncSession, ids: set[int]) -> dict[int, Resident]:
    found = await db.scalars(select(Resident).where(Resident.id.in_(ids)).options(
        joinedload(Resident.area), joinedload(Resident.household)))
    return {person.id: person for person in found}


def _line(row: Row, people: dict[int, Resident]) -> Line:
    note = (i18n.say(_("the same as row {earlier}"), earlier=row.earlier) if row.earlier
            else i18n.say(row.note, **row.values) if row.note else "")
    return Line(row.number, mask_name(row.name), phones.mask(row.phone) if row.phone else "", note,
                {f"{row.number}.{place}": people[one] for place, one in enumerate(row.people) if one in people})
