"""Whom the rows of an uploaded list mean. A number tells, a name only helps; what does not tell is left to staff."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from unicodedata import normalize

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app import phones
from app.db import core
from app.i18n import _
from app.org.areas import Area
from app.residents.imports.contacts import Contact
from app.residents.imports.registry import areas_in, pieces
from app.residents.residents import Resident, mask_name

MOST_NAMESAKES = 5  # of more, a name does not help to tell anybody
MOST_SHARING = 12   # a number of more people is nobody's
_CROWD = _("More than {most} people of the registry have this number.")
_OTHER_ID = _("Another ID number stands in the registry.")
_ALMOST = _("One character of the name is another one in the registry.")
_OTHER_NAME = _("The number belongs to somebody of another name.")


class Kind(StrEnum):
    MATCHED = "matched"
    DOUBTFUL = "doubtful"    # the number is one person's, and the name or the ID number is another
    SHARED = "shared"        # the number is several people's, and the name does not tell
    NAMESAKE = "namesake"    # the number is nobody's here, and people of that name live here
    MOVED = "moved"          # whoever had the number has moved away
    UNKNOWN = "unknown"      # not in the registry
    REPEATED = "repeated"    # a row above means the same
    UNUSABLE = "unusable"    # no number that could tell


DECIDED = (Kind.DOUBTFUL, Kind.SHARED, Kind.NAMESAKE)  # by staff, row by row
_WHOLE = frozenset({Kind.UNKNOWN, Kind.NAMESAKE})      # for staff to register them


@dataclass(slots=True, repr=False)
class Row:
    """One row of the file (Excel's number) and whom it may mean, by ids. Name and phone are masked, whole where the
    number is in no registry; `note` is what staff should know of it, a sentence with the values that fill it; `earlier`
    is the row above that means the same."""

    number: int
    kind: Kind
    name: str = ""
    phone: str = ""
    id_number: str = ""
    people: list[int] = field(default_factory=list)
    note: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    earlier: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """Somebody of the registry, as far as a list can ask."""

    id: int
    name: str
    phone: str | None
    mark: str | None
    left: bool


async def people_like(db: AsyncSession, area: Area, contacts: Sequence[Contact]) -> list[Known]:
    """Everybody of the area whom a row may mean: a few statements, however long the list is."""
    table = core(Resident).c
    found = await _having(db, area, table.id_number_hash, {one.mark for one in contacts if one.mark})
    found += await _having(db, area, table.phone, {one.phone for one in contacts if one.phone})
    told = {number for one in found if not one.left for number in (one.mark, one.phone)}
    found += await _having(db, area, table.name, {
        one.name for one in contacts if one.name and one.mark not in told and (one.mark or one.phone not in told)})
    return sorted({one.id: one for one in found}.values(), key=lambda one: one.id)


def match(contacts: Iterable[Contact], known: Iterable[Known]) -> list[Row]:
    """The rows in the order of the file. Needs no database, runs in a thread."""
    return _Matching(known).rows(contacts)


async def _having(db: AsyncSession, area: Area, column: ColumnElement[Any], values: set[str]) -> list[Known]:
    table = core(Resident).c
    found = []
    for piece in pieces(sorted(values)):
        rows = await db.execute(select(table.id, table.name, table.phone, table.id_number_hash, table.left_at).where(
            column.in_(piece), table.area_id.in_(areas_in(area))))
        found += [Known(row[0], row[1], row[2], row[3], row[4] is not None) for row in rows]
    return found


class _Matching:
    """Goes through the rows from the top, and remembers what those above have said."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._marked: dict[str, list[Known]] = defaultdict(list)
        self._reached: dict[str, list[Known]] = defaultdict(list)
        self._named: dict[str, list[Known]] = defaultdict(list)
        for one in known:
            if one.mark:
                self._marked[one.mark].append(one)
            if one.phone:
                self._reached[one.phone].append(one)
            if not one.left:
                self._named[plain(one.name)].append(one)
        self._said: dict[Any, int] = {}  # what a row above said → its number
        self._meant: dict[int, int] = {}  # whom a row above meant → its number

    def rows(self, contacts: Iterable[Contact]) -> list[Row]:
        return [self._row(contact) for contact in contacts]

    def _row(self, contact: Contact) -> Row:
        row = Row(contact.row, Kind.REPEATED, contact.name, contact.phone, contact.id_number, note=contact.wrong,
                  values=contact.values, earlier=self._earlier(contact))
        if not row.earlier:
            row.kind, people = self._whom(contact)
            if row.kind == Kind.SHARED and len(people) > MOST_SHARING:
                row.kind, row.note, row.values, people = Kind.UNUSABLE, _CROWD, {"most": MOST_SHARING}, []
            elif row.kind == Kind.DOUBTFUL:
                row.note, row.values = _doubt(plain(contact.name), plain(people[0].name)), {}
            row.people = [one.id for one in people]
        if row.kind == Kind.MATCHED:
            first = self._meant.setdefault(row.people[0], row.number)
            if first != row.number:
                row.kind, row.earlier = Kind.REPEATED, first
        if row.kind not in _WHOLE:
            row.name, row.id_number = mask_name(row.name), ""
            row.phone = phones.mask(row.phone) if row.phone else ""
        return row

    def _earlier(self, contact: Contact) -> int:
        """The row above that says the same: the same ID number, or the same phone with the same name or with none."""
        keys: list[Any] = []
        if contact.mark:
            keys.append(contact.mark)
        elif contact.phone:
            keys.append((contact.phone, plain(contact.name)))
        found = next((self._said[key] for key in keys if key in self._said), 0)
        if not found and contact.phone and not contact.name and not contact.mark:
            found = self._said.get(contact.phone, 0)
        for key in (*keys, contact.phone or None):
            if key is not None:
                self._said.setdefault(key, contact.row)
        return found

    def _whom(self, said: Contact) -> tuple[Kind, list[Known]]:
        marked = self._marked.get(said.mark, [])
        here = [one for one in marked if not one.left]
        if here:
            return self._told(said, here)
        if marked:
            return Kind.MOVED, []
        users = [one for one in self._reached.get(said.phone, []) if not _is_another(one, said)]
        here = [one for one in users if not one.left]
        if here:
            return self._told(said, here, sure=not any(said.mark and one.mark for one in here))
        if any(not said.name or plain(one.name) == plain(said.name) for one in users):
            return Kind.MOVED, []
        alike = [one for one in self._named.get(plain(said.name), []) if not (said.mark and one.mark)]
        if said.name and 0 < len(alike) <= MOST_NAMESAKES:
            return Kind.NAMESAKE, alike
        return (Kind.UNKNOWN if said.phone or said.mark else Kind.UNUSABLE), []

    @staticmethod
    def _told(said: Contact, here: list[Known], *, sure: bool = True) -> tuple[Kind, list[Known]]:
        """One of those who have the number, by name if need be."""
        named = [one for one in here if plain(one.name) == plain(said.name)]
        fitting = named or here
        if len(fitting) > 1:
            return Kind.SHARED, fitting
        return (Kind.MATCHED if sure and (named or not said.name) else Kind.DOUBTFUL), fitting


def _is_another(known: Known, said: Contact) -> bool:
    """Two ID numbers are two people, unless the name is the same, too: then one of them is mistyped."""
    return bool(said.mark and known.mark) and plain(known.name) != plain(said.name)


def _doubt(said: str, known: str) -> str:
    if said == known:
        return _OTHER_ID
    return _ALMOST if _one_apart(said, known) else _OTHER_NAME


def _one_apart(first: str, second: str) -> bool:
    """Whether two names may be one, mistyped: one character is another one, missing, or one too many."""
    if len(first) > len(second):
        first, second = second, first
    if len(second) - len(first) > 1 or len(second) < 2:
        return False
    start = next((place for place, (one, other) in enumerate(zip(first, second, strict=False)) if one != other),
                 len(first))
    return first[start + (len(first) == len(second)):] == second[start + 1:]


def plain(name: str) -> str:
    """A name as it is compared: however it was typed."""
    return "".join(normalize("NFKC", name).casefold().split())


def counts(rows: Iterable[Row]) -> Counter[Kind]:
    """How many rows there are of each kind."""
    return Counter(row.kind for row in rows)
