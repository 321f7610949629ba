"""A whole file against the registry: what is wrong, who is new, and what would change. Nothing is written here."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app import clock
from app.db import Database
from app.org import areas
from app.org.areas import Area, Level
from app.residents import hardship, id_numbers, vault
from app.residents.imports import registry, rows, sheets, threads, vocabulary
from app.residents.imports.columns import Columns
from app.residents.imports.doors import Buildings
from app.residents.imports.people import COMPARED, Person
from app.residents.imports.registry import Registry, Said
from app.residents.imports.rows import Error, Lists, Rows
from app.residents.vault import Vault
from app.sms.consent import Word
from app.staff.accounts import Officer


@dataclass(slots=True, repr=False)
class Change:
    """What one row would change. `earlier` is the row above that means the same person, 0 when it is somebody of the
    registry. Each field comes with old and new; phones and ID numbers are masked where they are shown."""

    row: int
    earlier: int
    name: str
    fields: list[tuple[str, Any, Any]]


@dataclass(slots=True)
class Told:
    """What a number would say about texts from now on."""

    word: Word
    on: date | None
    ground: str


@dataclass(repr=False)
class Report:
    """The result of checking a file: every row is one of new, changed, unchanged and refused. It has no repr: that
    would be a hundred thousand people's data, wherever something prints it."""

    columns: Columns
    rows: int
    refused: int
    errors: list[Error]
    scope: Area
    fingerprint: tuple[int, int]
    buildings: dict[int, str]
    new: list[Person] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    changed: int = 0
    duplicates: int = 0  # rows that mean somebody of a row above
    touched: dict[int, tuple[Person, set[str]]] = field(default_factory=dict)  # resident id → the fields to write
    grounds: list[tuple[Person, tuple[str, ...]]] = field(default_factory=list)  # categories to add
    told: dict[str, Told] = field(default_factory=dict)  # by phone
    stopped: set[str] = field(default_factory=set)  # phones that said stop and stay stopped whatever the file says
    other_origins: int = 0
    own_words: Counter[str] = field(default_factory=Counter)  # skills and wishes that no job is looked for by

    @property
    def counts(self) -> dict[str, int]:
        """How the rows divide; one that repeats somebody new counts as changed or unchanged."""
        return {"rows": self.rows, "new": len(self.new), "changed": self.changed, "unchanged": self.unchanged,
                "refused": self.refused}


async def check(database: Database, data: bytes, *, area: Area, by: Officer) -> Report:
    """Read a file of residents of this area and compare it with the registry. The long work runs in a thread; while
    it does, or waits for another list, no connection to the database is held.

    Raises Refused when the file as a whole cannot be read.
    """
    async with database.reading() as db:
        community = await areas.community_of(db, area)
        scope = community if by.area.contains(community) else area
        buildings = Buildings(area, await areas.buildings(db, area),
                              prefixes=[node.name for node in await areas.above(db, area)])
        keys = vault.of(db)
        lists = Lists(buildings, vocabulary.Categories(await hardship.categories(db, clock.today())), keys)
    columns, read = await threads.run(_read, data, lists)
    phones = sorted({person.phone for person in read.people if person.phone and person.consent is not None})
    async with database.reading() as db:
        fingerprint = await registry.fingerprint(db, scope)
        known = await registry.load(db, scope)
        said = await registry.consents(db, phones)
    report = Report(columns, read.count, read.refused, read.errors, scope, fingerprint, buildings.names,
                    other_origins=read.other_origins)
    await threads.run(_Comparison(report, known, said, keys, area).run, read.people)
    return report


def _read(data: bytes, lists: Lists) -> tuple[Columns, Rows]:
    sheet = sheets.read(data)
    return sheet.columns, rows.read(sheet, lists)


@dataclass(slots=True, repr=False)
class _Comparison:
    """Goes through the rows from the top; each sees the registry as the rows above would leave it."""

    report: Report
    known: Registry
    said: dict[str, Said]
    keys: Vault
    area: Area

    def run(self, people: list[Person]) -> None:
        for person in people:
            self._place(person)
        _count_own_words(self.report, people)

    def _place(self, person: Person) -> None:
        if self.area.level == Level.BUILDING:
            person.area_id = person.area_id or self.area.id
        found = self.known.find(person)
        consent = self._hear(person)
        if found is None:
            person.area_id = person.area_id or self.area.id
            self.report.new.append(person)
            self.known.add(person)
            return
        change = Change(person.row, found.row, person.name, _merge(found, person, self.keys))
        if change.fields:
            self.known.add(found)
            _touch(self.report, found, change)
        if consent:
            change.fields.append(("consent", *consent))
        _count(self.report, change)
        found.row = person.row

    def _hear(self, person: Person) -> tuple[str, str] | None:
        """What the row changes about texts to its phone. Nobody who said stop is brought back by a list, and an
        older refusal than the agreement says nothing."""
        if person.consent is None or person.phone is None:
            return None
        held = self.said.get(person.phone, Said())
        word = held.word
        if person.consent and word == Word.STOPPED:
            self.report.stopped.add(person.phone)
            return None
        same = word == Word.AGREED if person.consent else not held.willing
        if same or person.phone in self.report.told:
            return None
        if not person.consent and (person.consent_on or date.max) < held.since:
            return None
        new = Word.AGREED if person.consent else Word.STOPPED
        self.report.told[person.phone] = Told(new, person.consent_on, person.consent_source)
        return word, new


def _touch(report: Report, found: Person, change: Change) -> None:
    """Note what has to be written for somebody of the registry."""
    if found.resident_id is None:
        return
    fields = report.touched.setdefault(found.resident_id, (found, set()))[1]
    for name, old, new in change.fields:
        fields.add(name)
        if name == "hardship":
            report.grounds.append((found, new[len(old):]))


def _count(report: Report, change: Change) -> None:
    report.duplicates += change.earlier > 0
    if change.fields:
        report.changed += 1
    else:
        report.unchanged += 1
    if change.fields or change.earlier:
        report.changes.append(change)


def _merge(known: Person, said: Person, keys: Vault) -> list[tuple[str, Any, Any]]:
    """Take over what the row says and the registry does not; an empty cell says nothing."""
    fields: list[tuple[str, Any, Any]] = []
    for name in COMPARED:
        new = getattr(said, name)
        if new is None or new in ("", ()):
            continue
        old = getattr(known, name)
        if old != new:
            setattr(known, name, new)
            fields.append((name, old, new) if name != "id_mark" else ("id_number", *_take_number(known, said, keys)))
    missing = tuple(code for code in said.hardship if code not in known.hardship)
    if missing:
        fields.append(("hardship", known.hardship, (*known.hardship, *missing)))
        known.hardship = (*known.hardship, *missing)
    if known.left:
        known.left = False
        fields.append(("left", True, False))
    return fields


def _take_number(known: Person, said: Person, keys: Vault) -> tuple[str, str]:
    """The old and the new ID number, masked."""
    old = known.id_number or ""
    if len(old) > 18:  # sealed
        old = keys.open_text(old)
    known.id_number = said.id_number
    return id_numbers.mask(old), id_numbers.mask(said.id_number or "")


def _count_own_words(report: Report, people: list[Person]) -> None:
    for person in people:
        for word in (*person.skill, *person.wish):
            if word not in vocabulary.TRADES:
                report.own_words[word] += 1
