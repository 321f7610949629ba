"""The rows of a sheet as people, and every cell that cannot be taken. Needs no database, runs in a thread."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.i18n import _
from app.residents.id_numbers import IdNumber
from app.residents.imports import cells, dates, doors, vocabulary
from app.residents.imports.bad import BadCell
from app.residents.imports.doors import Buildings
from app.residents.imports.people import Person
from app.residents.imports.sheets import Sheet
from app.residents.imports.vocabulary import Categories
from app.residents.vault import Vault

MOST_REMEMBERED = 50_000  # results kept per column, so that 求职中 is read once and not a hundred thousand times


@dataclass(slots=True)
class Error:
    """What is wrong with one cell: Excel's row number, the column from 0, and the sentence with its values."""

    row: int
    column: int
    sentence: str
    values: dict[str, object]


@dataclass
class Lists:
    """What words in the cells are held against, and the keys for ID numbers."""

    buildings: Buildings
    categories: Categories
    vault: Vault


@dataclass(repr=False)
class Rows:
    """Everybody whose row can be taken, the cells that cannot, and how many rows there were."""

    people: list[Person] = field(default_factory=list)
    errors: list[Error] = field(default_factory=list)
    count: int = 0
    refused: int = 0
    other_origins: int = 0  # origin belongs to the household: its first row says it, and the others' is left out


def read(sheet: Sheet, lists: Lists) -> Rows:
    """Every row below the headings that is not empty."""
    return _Reader(sheet, lists).read()


def _readers(lists: Lists) -> dict[str, tuple[Callable[[Any], Any], bool]]:
    """Field → how its cell is read, and whether results are worth remembering because they come again and again."""
    return {
        "name": (cells.name, False),
        "sex": (cells.sex, True),
        "born_on": (dates.read, True),
        "id_number": (cells.id_number, False),
        "phone": (cells.phone, False),
        "building": (lambda value: lists.buildings.find(cells.text(value)), True),
        "unit": (lambda value: doors.unit(cells.text(value)), True),
        "room": (lambda value: doors.room(cells.text(value)), True),
        "household": (lambda value: cells.short(value, 40), False),
        "origin": (lambda value: cells.short(value, 60), True),
        "work_status": (lambda value: vocabulary.status(cells.text(value)), True),
        "skill": (lambda value: vocabulary.trades(cells.text(value)), True),
        "wish": (lambda value: vocabulary.trades(cells.text(value)), True),
        "limit": (lambda value: vocabulary.limits(cells.text(value)), True),
        "hardship": (lambda value: lists.categories.read(cells.text(value)), True),
        "consent": (cells.yes, True),
        "consent_on": (dates.read, True),
        "consent_source": (lambda value: cells.short(value, 150), True),
    }


class _Bad(NamedTuple):
    sentence: str
    values: dict[str, object]


class _Reader:
    def __init__(self, sheet: Sheet, lists: Lists) -> None:
        self._sheet = sheet
        self._lists = lists
        self._rows = Rows()
        self._errors: list[Error] = []  # of the row at hand
        self._where = sheet.columns.where
        self._fields: list[tuple[str, int, Callable[[Any], Any], dict[Any, Any] | None]] = [
            (name, self._where[name], read, {} if repeats else None)
            for name, (read, repeats) in _readers(lists).items() if name in self._where]
        self._id_rows: dict[str, tuple[int, str]] = {}
        self._consents: dict[str, tuple[int, bool]] = {}
        self._origins: dict[tuple[int | None, str, str, str], str] = {}

    def read(self) -> Rows:
        rows = self._rows
        for number, values in self._sheet.rows():
            found = self._cells(number, values)
            if not found and not self._errors:
                continue
            rows.count += 1
            person = self._person(number, found)
            if self._errors:
                rows.refused += 1
                rows.errors.extend(sorted(self._errors, key=lambda error: error.column))
                self._errors = []
            else:
                rows.people.append(person)
        return rows

    def _cells(self, number: int, values: list[Any]) -> dict[str, Any]:
        """Field and value of each cell that says something. What came before in a column is looked up first: this
        loop runs a million times and more."""
        found: dict[str, Any] = {}
        width = len(values)
        for name, column, read, known in self._fields:
            value = values[column] if column < width else ""
            if value == "":
                continue
            if known is not None and type(value) is str and value in known:
                result = known[value]
            else:
                result = None if _says_nothing(value, name) else _read(read, value)
                if known is not None and type(value) is str and len(known) < MOST_REMEMBERED:
                    known[value] = result
            if type(result) is _Bad:
                self._errors.append(Error(number, column, *result))
                continue
            if result is not None and result not in ("", ()):
                found[name] = result
        return found

    def _person(self, number: int, found: dict[str, Any]) -> Person:
        person = Person(row=number)
        id_number: IdNumber | None = found.pop("id_number", None)
        for name, value in found.items():
            setattr(person, "area_id" if name == "building" else name, value)
        if not person.name and not any(error.column == self._where["name"] for error in self._errors):
            self._complain(number, "name", _("The name is missing."))
        if id_number:
            self._identify(person, id_number)
        if person.room:
            self._split_door(person)
        self._hear_consent(person)
        if person.origin and (person.room or person.household):
            door = (person.area_id, person.household, person.unit, person.room)
            first = self._origins.setdefault(door, person.origin)
            self._rows.other_origins += first != person.origin
            person.origin = first
        return person

    def _identify(self, person: Person, id_number: IdNumber) -> None:
        """Take the ID number, and what it says where the list is silent; name where the two contradict."""
        if person.born_on and person.born_on != id_number.born_on:
            self._complain(person.row, "born_on", _("The birth date {here} differs from the one in the ID number, "
                                                    "{there}."),
                           here=person.born_on.isoformat(), there=id_number.born_on.isoformat())
        if person.sex and person.sex != id_number.sex:
            self._complain(person.row, "sex", _("The sex differs from the one in the ID number."))
        person.born_on, person.sex = id_number.born_on, id_number.sex
        person.id_number = id_number.number
        person.id_mark = mark = self._lists.vault.mark(id_number.number)
        first, name = self._id_rows.setdefault(mark, (person.row, person.name))
        if name != person.name and name and person.name:
            self._complain(person.row, "id_number", _("Row {earlier} has the same ID number with another name."),
                           earlier=first)

    def _split_door(self, person: Person) -> None:
        """3-1-502 in the room's column is building, unit and room."""
        whole = doors.whole(person.room)
        if whole is None:
            return
        building, unit, room = whole
        try:
            area_id = self._lists.buildings.find(building) if building else None
        except BadCell as bad:
            self._complain(person.row, "room", bad.sentence, **bad.values)
            return
        unit = doors.unit(unit)
        if (person.area_id and area_id and person.area_id != area_id) or (person.unit and person.unit != unit):
            self._complain(person.row, "room", _("Building or unit in this cell differ from the columns beside it."))
            return
        person.area_id, person.unit, person.room = area_id or person.area_id, unit, doors.room(room)

    def _hear_consent(self, person: Person) -> None:
        if person.consent is None:
            return
        if person.phone is None:
            if person.consent and not self._errors:
                self._complain(person.row, "consent", _("Somebody who agrees to texts needs a phone number."))
            return
        first, said = self._consents.setdefault(person.phone, (person.row, person.consent))
        if said != person.consent:
            self._complain(person.row, "consent", _("Row {earlier} says the opposite for the same phone. Consent "
                                                    "belongs to the number."), earlier=first)

    def _complain(self, row: int, name: str, sentence: str, **values: object) -> None:
        """Name a cell; what the file has no column for is named at the name's."""
        self._errors.append(Error(row, self._where.get(name, self._where["name"]), sentence, values))


def _read(read: Callable[[Any], Any], value: object) -> Any:
    try:
        return read(value)
    except BadCell as bad:
        return _Bad(bad.sentence, bad.values)


def _says_nothing(value: object, field_name: str) -> bool:
    if not isinstance(value, str):
        return value is None
    return value.isspace() or (field_name != "name" and len(value) < 6 and value.strip() in vocabulary.NOTHING)
