"""Who is in the registry already, found again by ID number, or by name with birth date, phone and door."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.db import core
from app.org.areas import Area, inside
from app.residents.hardship import Hardship
from app.residents.households import Household
from app.residents.imports.people import Person
from app.residents.residents import Resident, ResidentWord
from app.sms.consent import JOBS, Consent, Word

PIECE = 5_000
_PHONE = object()  # marks the one key that a contradicting birth date undoes
T = TypeVar("T")


class Registry:
    """Everybody whom a row may mean, the people of the rows above it included."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self._found: dict[Any, Person] = {}
        for person in people:
            self.add(person)

    def add(self, person: Person) -> None:
        """Make the person findable; who is there already under the same marks stays in front."""
        for key in _keys(person):
            self._found.setdefault(key, person)

    def find(self, said: Person) -> Person | None:
        """Whom a row means: the same ID number; else the same name and birth date with the same phone or door; else
        the same name behind the same door, in the same household or, unless two birth dates contradict, at the same
        phone; and where nothing else is known, the same name and birth date. Two ID numbers are two people."""
        for key in _keys(said):
            known = self._found.get(key)
            if known and not _contradict(key, known, said):
                return known
        return None


async def load(db: AsyncSession, scope: Area) -> Registry:
    """The residents inside an area. Who has moved away is found by ID number only."""
    people = {person.resident_id: person for person in await _people(db, scope)}
    here = select(core(Resident).c.id).where(core(Resident).c.area_id.in_(areas_in(scope)))
    words = core(ResidentWord).c
    rows = await db.execute(select(words.resident_id, words.kind, words.word)
                            .where(words.resident_id.in_(here)).order_by(words.word))
    for resident_id, kind, word in rows:
        setattr(people[resident_id], kind, (*getattr(people[resident_id], kind), word))
    ground = core(Hardship).c
    grounds = await db.execute(select(ground.resident_id, ground.code).where(
        ground.resident_id.in_(here), or_(ground.until.is_(None), ground.until >= clock.today())).order_by(ground.code))
    for resident_id, code in grounds:
        if code not in people[resident_id].hardship:
            people[resident_id].hardship += (code,)
    return Registry(people.values())


@dataclass(frozen=True)
class Said:
    """What holds for a number: its general word, since which day, and whether it agreed to anything at all."""

    word: str = ""
    since: date = date.min
    willing: bool = False


async def consents(db: AsyncSession, phones: Sequence[str]) -> dict[str, Said]:
    """Of each of the numbers that ever said anything."""
    found: dict[str, Said] = {}
    for piece in pieces(phones):
        for row in await db.execute(select(Consent.phone, Consent.purpose, Consent.word, Consent.since).where(
                Consent.phone.in_(piece))):
            said = found.get(row.phone, Said())
            if row.purpose == JOBS:
                said = replace(said, word=row.word, since=clock.local(row.since).date())
            found[row.phone] = replace(said, willing=said.willing or row.word == Word.AGREED)
    return found


async def fingerprint(db: AsyncSession, scope: Area) -> tuple[int, int]:
    """Changes whenever somebody is added; by it a check knows that it has grown old."""
    table = core(Resident).c
    row = (await db.execute(select(func.count(table.id), func.coalesce(func.max(table.id), 0))
                            .where(table.area_id.in_(areas_in(scope))))).one()
    return row[0], row[1]


def areas_in(scope: Area) -> Select[tuple[int]]:
    """The ids of an area and everything below it, for a condition on the rows that lie there."""
    return select(core(Area).c.id).where(inside(scope))


def pieces(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items, a few thousand at a time: what one statement takes on either engine."""
    return (items[start:start + PIECE] for start in range(0, len(items), PIECE))


def _keys(person: Person) -> Iterator[Any]:
    if person.id_mark:
        yield person.id_mark
    if person.left:
        return
    door = person.door
    if person.born_on:
        if person.phone:
            yield person.name, person.born_on, person.phone
        if door:
            yield person.name, person.born_on, door
    if door:
        yield person.name, door
    if person.household:
        yield person.name, "household", person.household
    if person.phone:
        yield _PHONE, person.name, person.phone
    elif not (door or person.household or person.id_mark):
        yield person.name, person.born_on


def _contradict(key: Any, known: Person, said: Person) -> bool:
    if known.id_mark and said.id_mark and known.id_mark != said.id_mark:
        return True
    return bool(key[0] is _PHONE and known.born_on and said.born_on and known.born_on != said.born_on)


async def _people(db: AsyncSession, scope: Area) -> list[Person]:
    table, home = core(Resident).c, core(Household).c
    rows = await db.execute(
        select(table.id, table.household_id, table.name, table.sex, table.born_on, table.id_number,
               table.id_number_hash, table.phone, table.area_id, table.work_status, table.left_at,
               home.unit, home.room, home.number, home.origin)
        .select_from(core(Resident)).outerjoin(core(Household), home.id == table.household_id)
        .where(table.area_id.in_(areas_in(scope))).order_by(table.id))
    return [Person(resident_id=row[0], household_id=row[1], name=row[2], sex=row[3], born_on=row[4], id_number=row[5],
                   id_mark=row[6], phone=row[7], area_id=row[8], work_status=row[9], left=row[10] is not None,
                   unit=row[11] or "", room=row[12] or "", household=row[13] or "", origin=row[14] or "")
            for row in rows]
