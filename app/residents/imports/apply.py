"""Writing a checked file into the registry: in pieces of a few thousand rows, in one transaction, or not at all."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.db import core, settings_of, take_turn
from app.errors import Refused
from app.i18n import _
from app.org.areas import Area
from app.residents import vault
from app.residents.hardship import Hardship
from app.residents.imports import homes, ids, registry, threads
from app.residents.imports.check import Report
from app.residents.imports.people import Person
from app.residents.imports.registry import pieces
from app.residents.residents import CHANGED_PHONE, Resident, ResidentWord, WordKind, WorkStatus, WorkStatusChange
from app.residents.vault import Vault
from app.sms.consent import JOBS, Consent, ConsentRecord, Word
from app.staff import audit
from app.staff.accounts import Officer
from app.staff.audit import Audit

TURN = "import"
SOURCE = "import"
# What an import compares → the columns that hold it; what is missing here lies in other tables.
_HELD = {"name": "name", "sex": "sex", "born_on": "born_on", "phone": "phone", "area_id": "area_id",
         "work_status": "work_status"}


async def seal(report: Report, keys: Vault) -> None:
    """Encrypt the ID numbers, in a thread and before the transaction that writes them."""
    await threads.run(_seal, report, keys)


async def apply(db: AsyncSession, report: Report, *, area: Area, by: Officer) -> None:
    """Write what the report says. Raises Refused when a cell is bad, or when people were added since the check."""
    if report.errors:
        raise Refused(_("Some cells of this file cannot be taken, so nothing was changed."))
    await take_turn(db, TURN)
    if await registry.fingerprint(db, report.scope) != report.fingerprint:
        raise Refused(_("Somebody else has added people to the registry just now. Please check the file again."))
    await seal(report, vault.of(db))
    moved = [person for person, fields in report.touched.values() if fields & homes.FIELDS]
    await homes.settle(db, report.scope, [*report.new, *moved])
    await _add(db, report.new)
    await _change(db, report)
    await _note_phones(db, report, by)
    await _write_words(db, report)
    await _write_grounds(db, report, by)
    await _write_statuses(db, report, by)
    agreed = await _write_consents(db, report, by)
    audit.record(db, "import_residents", area, by=by, agreed=agreed, stayed_stopped=len(report.stopped),
                 **report.counts)
    await db.flush()


def _seal(report: Report, keys: Vault) -> None:
    changed = (person for person, fields in report.touched.values() if "id_number" in fields)
    for person in (*report.new, *changed):
        if person.id_number and len(person.id_number) == 18:
            person.id_number = keys.seal_text(person.id_number)


async def _add(db: AsyncSession, people: list[Person]) -> None:
    now = clock.now()
    for person, resident_id in zip(people, await ids.take(db, core(Resident), len(people)), strict=True):
        person.resident_id = resident_id
    for piece in pieces(people):
        await db.execute(insert(core(Resident)), [
            {"id": person.resident_id, "area_id": person.area_id, "household_id": person.household_id,
             "name": person.name, "sex": person.sex, "born_on": person.born_on, "phone": person.phone, "language": "zh",
             "work_status": person.work_status or WorkStatus.UNKNOWN, "id_number": person.id_number,
             "id_number_hash": person.id_mark, "created_at": now} for person in piece])


async def _change(db: AsyncSession, report: Report) -> None:
    """One statement for all who change in the same columns, so that nothing else of a row is written."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for person, fields in report.touched.values():
        values = _values(person, fields)
        if values:
            groups.setdefault(tuple(sorted(values)), []).append({"this": person.resident_id, **values})
    for names, rows in groups.items():
        statement = update(core(Resident)).where(core(Resident).c.id == bindparam("this")).values(
            {name: bindparam(name) for name in names})
        for piece in pieces(rows):
            await db.execute(statement, list(piece))


async def _note_phones(db: AsyncSession, report: Report, by: Officer) -> None:
    """Since when a number is somebody's is asked when its texts are shown: what was before is another person's."""
    now = clock.now()
    await _insert(db, core(Audit), [
        {"at": now, "officer_id": by.id, "verb": CHANGED_PHONE, "subject": Resident.__tablename__,
         "subject_id": person.resident_id, "area_id": person.area_id, "detail": {"source": SOURCE}}
        for person, fields in report.touched.values() if "phone" in fields])


def _values(person: Person, fields: set[str]) -> dict[str, Any]:
    values = {_HELD[name]: getattr(person, name) for name in fields if name in _HELD}
    if fields & homes.FIELDS:
        values["household_id"] = person.household_id
    if "id_number" in fields:
        values["id_number"], values["id_number_hash"] = person.id_number, person.id_mark
    if "phone" in fields:
        values["wrong_phone_at"] = None
    if "left" in fields:
        values["left_at"] = None
    return values


async def _write_words(db: AsyncSession, report: Report) -> None:
    table = core(ResidentWord)
    rows = [_word(person, kind, word) for person in report.new for kind in WordKind for word in getattr(person, kind)]
    for kind in WordKind:
        changed = [person for person, fields in report.touched.values() if kind in fields]
        rows += [_word(person, kind, word) for person in changed for word in getattr(person, kind)]
        for piece in pieces([person.resident_id for person in changed]):
            await db.execute(delete(table).where(table.c.resident_id.in_(piece), table.c.kind == kind))
    await _insert(db, table, rows)


def _word(person: Person, kind: WordKind, word: str) -> dict[str, Any]:
    return {"resident_id": person.resident_id, "kind": kind, "word": word}


async def _write_grounds(db: AsyncSession, report: Report, by: Officer) -> None:
    """Categories are added and never taken away by a list: each recognition has a life of its own."""
    found = [*((person, person.hardship) for person in report.new), *report.grounds]
    await _insert(db, core(Hardship), [
        {"resident_id": person.resident_id, "code": code, "ground": SOURCE, "officer_id": by.id}
        for person, codes in found for code in codes])


async def _write_statuses(db: AsyncSession, report: Report, by: Officer) -> None:
    now = clock.now()
    people = [*(person for person in report.new if person.work_status),
              *(person for person, fields in report.touched.values() if "work_status" in fields)]
    await _insert(db, core(WorkStatusChange), [
        {"resident_id": person.resident_id, "work_status": person.work_status, "at": now, "source": SOURCE,
         "officer_id": by.id} for person in people])


async def _write_consents(db: AsyncSession, report: Report, by: Officer) -> int:
    """Consent for numbers that never said anything, and an end to it, for every purpose, for those who refused on
    paper. A stop that came in since the check stays a stop. Returns how many agreed."""
    now = clock.now()
    agreed = [{"phone": phone, "purpose": JOBS, "word": Word.AGREED, "since": _moment(told.on, now)}
              for phone, told in report.told.items() if told.word == Word.AGREED]
    ended = [phone for phone, told in report.told.items() if told.word == Word.STOPPED]
    written: set[str] = set()
    for piece in pieces(agreed):
        written.update(await db.scalars(_insert_or_leave(db), list(piece)))
    said = [(phone, JOBS) for phone in written]
    for phones in pieces(ended):
        rows = await db.execute(update(core(Consent)).where(Consent.phone.in_(phones), Consent.word == Word.AGREED)
                                .values(word=Word.STOPPED, since=now)
                                .returning(core(Consent).c.phone, core(Consent).c.purpose))
        said += [(row.phone, row.purpose) for row in rows]
    await _insert(db, core(ConsentRecord), [
        {"phone": phone, "purpose": purpose, "word": report.told[phone].word, "source": SOURCE,
         "ground": report.told[phone].ground[:200], "officer_id": by.id,
         "at": _moment(report.told[phone].on, now) if report.told[phone].word == Word.AGREED else now}
        for phone, purpose in said])
    return len(written)


def _insert_or_leave(db: AsyncSession) -> Any:
    make = sqlite.insert if settings_of(db).is_sqlite else postgresql.insert
    return make(core(Consent)).on_conflict_do_nothing(index_elements=["phone", "purpose"]).returning(
        core(Consent).c.phone)


def _moment(day: Any, now: datetime) -> datetime:
    return min(clock.at(day, time(12)), now) if day else now


async def _insert(db: AsyncSession, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    for piece in pieces(list(rows)):
        await db.execute(insert(table), list(piece))
