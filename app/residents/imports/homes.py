"""Which household a person of a list belongs to: found by number and door, or made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import core
from app.org.areas import Area
from app.residents.households import Household
from app.residents.imports import ids
from app.residents.imports.people import Person
from app.residents.imports.registry import areas_in, pieces

FIELDS = frozenset({"area_id", "unit", "room", "household", "origin"})


@dataclass(slots=True, eq=False)
class Home:
    """A household at hand: of the registry with its id, or about to be added."""

    id: int | None
    area_id: int | None
    number: str
    unit: str
    room: str
    origin: str
    dirty: bool = False

    def learn(self, **values: str) -> None:
        """Take over what is said; a word that is empty says nothing."""
        for name, value in values.items():
            if value and getattr(self, name) != value:
                setattr(self, name, value)
                self.dirty = True


async def settle(db: AsyncSession, scope: Area, people: Sequence[Person]) -> None:
    """Give everybody the household that their door and number ask for. A household is not a flat: the same door with
    two numbers is two households, and somebody without a number joins the first one behind the door."""
    table = core(Household).c
    rows = await db.execute(select(*(table[name] for name in _COLUMNS)).where(table.area_id.in_(areas_in(scope)))
                            .order_by(table.id))
    homes = _Homes([Home(*row) for row in rows])
    chosen = [(person, home) for person in people if (home := homes.choose(person))]
    await _add(db, homes.new)
    await _update(db, [home for home in homes.known if home.dirty])
    for person, home in chosen:
        person.household_id = home.id


_COLUMNS = ("id", "area_id", "number", "unit", "room", "origin")


class _Homes:
    def __init__(self, known: list[Home]) -> None:
        self.known = known
        self.new: list[Home] = []
        self._by_id = {home.id: home for home in known}
        self._exact: dict[tuple[Any, ...], Home] = {}
        self._by_number: dict[tuple[Any, ...], Home] = {}
        self._by_door: dict[tuple[Any, ...], Home] = {}
        for home in known:
            self._index(home)

    def choose(self, person: Person) -> Home | None:
        """The household; None for somebody of whom the list says nothing about where they live."""
        if not (person.unit or person.room or person.household or person.origin):
            return None
        home = self._find(person)
        if home is None:
            home = Home(None, person.area_id, person.household, person.unit, person.room, person.origin)
            self.new.append(home)
        else:
            home.learn(number=person.household, unit=person.unit, room=person.room, origin=person.origin)
        self._index(home)
        return home

    def _find(self, person: Person) -> Home | None:
        area, number, unit, room = person.area_id, person.household, person.unit, person.room
        if number:
            return (self._exact.get((area, number, unit, room))
                    or (self._by_number.get((area, number)) if not (unit or room) else None)
                    or self._exact.get((area, number, "", ""))
                    or (self._exact.get((area, "", unit, room)) if room else None))
        if room:
            return self._by_door.get((area, unit, room))
        return self._own(person)

    def _own(self, person: Person) -> Home | None:
        """Somebody without number and room keeps the household that they are in."""
        return self._by_id.get(person.household_id) if person.household_id else None

    def _index(self, home: Home) -> None:
        self._exact.setdefault((home.area_id, home.number, home.unit, home.room), home)
        if home.number:
            self._by_number.setdefault((home.area_id, home.number), home)
        if home.room:
            self._by_door.setdefault((home.area_id, home.unit, home.room), home)


async def _add(db: AsyncSession, homes: Sequence[Home]) -> None:
    for home, household_id in zip(homes, await ids.take(db, core(Household), len(homes)), strict=True):
        home.id = household_id
    for piece in pieces(homes):
        await db.execute(insert(core(Household)), [{name: getattr(home, name) for name in _COLUMNS} for home in piece])


async def _update(db: AsyncSession, homes: Sequence[Home]) -> None:
    table = core(Household)
    statement = update(table).where(table.c.id == bindparam("this")).values(
        {name: bindparam(name) for name in ("number", "unit", "room", "origin")})
    for piece in pieces(homes):
        await db.execute(statement, [{"this": home.id, "number": home.number, "unit": home.unit, "room": home.room,
                                      "origin": home.origin} for home in piece])
