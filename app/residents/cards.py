"""The card of one resident: put somebody into the registry, correct what it says, note that they moved away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app import clock
from app.db import take_turn
from app.errors import NotFound, Refused
from app.i18n import _
from app.org import areas
from app.org.areas import Area, Level
from app.residents import households, id_numbers, residents, vault
from app.residents.households import Household
from app.residents.id_numbers import IdNumber
from app.residents.imports import cells, doors, vocabulary
from app.residents.imports.apply import TURN
from app.residents.imports.bad import BadCell
from app.residents.residents import Resident, Sex, WordKind, WorkStatus
from app.residents.vault import WrongKey
from app.staff import audit, scopes
from app.staff.accounts import May, Officer
from app.staff.scopes import require

SOURCE = "staff"
T = TypeVar("T")


@dataclass(frozen=True, repr=False)
class Facts:
    """What staff type about a person: texts as people write them. `id_number` None leaves what is there;
    `namesake` says that somebody of the same name was compared and is another person."""

    name: str
    area: Area
    sex: Sex | None = None
    born_on: date | None = None
    phone: str = ""
    unit: str = ""
    room: str = ""
    work_status: WorkStatus = WorkStatus.UNKNOWN
    skills: Sequence[str] = ()
    wishes: Sequence[str] = ()
    limits: Sequence[str] = ()
    id_number: str | None = None
    namesake: bool = False


class AlreadyHere(Refused):
    """The registry has this person, or somebody who looks like them: `other`."""

    def __init__(self, sentence: str, *, field: str, other: Resident) -> None:
        super().__init__(sentence, field=field, name=other.masked_name, area=other.area.name)
        self.other = other


async def add(db: AsyncSession, facts: Facts, *, by: Officer) -> Resident:
    """A new resident. Raises Refused, naming the field; AlreadyHere, naming the other person in masked form."""
    require(by, May.EDIT_RESIDENTS)
    card = _read(facts, by, _id_number(facts.id_number or ""))
    await take_turn(db, TURN)  # an import that runs just now may be adding the same person
    resident = Resident(name=card.name, sex=card.sex, born_on=card.born_on, phone=card.phone, area_id=facts.area.id)
    if card.id_number:
        await _take_id_number(db, resident, card.id_number, by)
    await _must_be_another(db, resident, facts, by)
    if card.unit or card.room:
        resident.household_id = (await households.behind(db, facts.area, unit=card.unit, room=card.room)).id
    db.add(resident)
    await db.flush()
    for kind, words in card.words.items():
        await residents.set_words(db, resident, kind, words)
    if facts.work_status != WorkStatus.UNKNOWN:
        await residents.set_work_status(db, resident, facts.work_status, source=SOURCE, by=by)
    audit.record(db, "add_resident", resident, by=by)
    await db.flush()
    return resident


async def change(db: AsyncSession, resident: Resident, facts: Facts, *, by: Officer) -> None:
    """Correct what the registry says. A corrected phone is no wrong one any more. Raises as `add` does."""
    require(by, May.EDIT_RESIDENTS)
    _must_not_be_erased(resident)
    kept = facts.id_number is None
    number = _own_number(db, resident) if kept else _id_number(facts.id_number or "")
    card = _read(facts, by, number)
    await take_turn(db, TURN)
    changed = await _move(db, resident, card, facts.area)
    changed += _set(resident, card)
    if "phone" in changed:
        resident.wrong_phone_at = None
    if not kept and await _take_id_number(db, resident, number, by):
        changed.append("id_number")
    if {"name", "born_on", "phone"}.intersection(changed):
        await _must_be_another(db, resident, facts, by)
    known = await residents.words_of(db, resident)
    for kind, words in card.words.items():
        if sorted(known[kind]) != sorted(words):
            await residents.set_words(db, resident, kind, words)
            changed.append(kind)
    if facts.work_status != resident.work_status:
        await residents.set_work_status(db, resident, facts.work_status, source=SOURCE, by=by)
        changed.append("work_status")
    if changed:
        audit.record(db, "change_resident", resident, by=by, fields=[str(name) for name in changed])
    await db.flush()


async def leave(db: AsyncSession, resident: Resident, *, by: Officer) -> None:
    """The person moved away, or died: no text goes to them any more, and the record stays."""
    require(by, May.EDIT_RESIDENTS)
    resident.left_at = resident.left_at or clock.now()
    audit.record(db, "resident_left", resident, by=by)


async def come_back(db: AsyncSession, resident: Resident, *, by: Officer) -> None:
    """The person lives here again, or never left. Raises Refused for somebody who was erased."""
    require(by, May.EDIT_RESIDENTS)
    _must_not_be_erased(resident)
    resident.left_at = None
    audit.record(db, "resident_back", resident, by=by)


async def open_id_number(db: AsyncSession, resident: Resident, *, by: Officer) -> str:
    """The whole number, for an officer who asked to see it; asking is audited."""
    require(by, May.OPEN)
    audit.record(db, "open_id_number", resident, by=by)
    return vault.of(db).open_text(resident.id_number) if resident.id_number else ""


def masked_id_number(db: AsyncSession, resident: Resident) -> str | None:
    """As pages show it; empty without a number, None when it was sealed with another key."""
    try:
        return id_numbers.mask(vault.of(db).open_text(resident.id_number)) if resident.id_number else ""
    except WrongKey:
        return None


@dataclass(frozen=True, repr=False)
class _Card:
    """The facts, read."""

    name: str
    sex: Sex | None
    born_on: date | None
    phone: str | None
    unit: str
    room: str
    words: dict[WordKind, list[str]]
    id_number: IdNumber | None


def _must_not_be_erased(resident: Resident) -> None:
    if resident.erased_at is not None:
        raise Refused(_("This person was erased. Whoever lives here again is put into the register anew."))


def _read(facts: Facts, by: Officer, number: IdNumber | None) -> _Card:
    """Raises Refused for the first thing that cannot be, in the order of the form."""
    if not by.area.contains(facts.area):
        raise NotFound
    if not facts.name.strip():
        raise Refused(_("Please give the person's name."), field="name")
    name = _taken("name", lambda: cells.name(facts.name))
    phone = _taken("phone", lambda: cells.phone(facts.phone)) if facts.phone else None
    if facts.born_on and not date(1900, 1, 1) <= facts.born_on <= clock.today():
        raise Refused(_("Nobody who lives here can be born on that day."), field="born_on")
    if number and facts.born_on and facts.born_on != number.born_on:
        raise Refused(_("The ID number says another birth date. Please compare both with the card."), field="born_on")
    if number and facts.sex and facts.sex != number.sex:
        raise Refused(_("The ID number says the other sex. Please compare both with the card."), field="sex")
    if facts.area.level not in (Level.COMMUNITY, Level.GRID, Level.BUILDING):
        raise Refused(_("Please choose where the person lives."), field="area")
    unit = _taken("unit", lambda: doors.unit(facts.unit))
    room = _taken("room", lambda: doors.room(facts.room))
    words = {WordKind.SKILL: list(_taken("skill", lambda: vocabulary.trades("、".join(facts.skills)))),
             WordKind.WISH: list(_taken("wish", lambda: vocabulary.trades("、".join(facts.wishes)))),
             WordKind.LIMIT: list(_taken("limit", lambda: vocabulary.limits("、".join(facts.limits))))}
    return _Card(name=name, sex=number.sex if number else facts.sex, phone=phone, unit=unit, room=room, words=words,
                 born_on=number.born_on if number else facts.born_on, id_number=number)


def _taken(field: str, read: Callable[[], T]) -> T:
    """What the reader of lists makes of a field. Raises Refused with the sentence of the bad cell."""
    try:
        return read()
    except BadCell as bad:
        raise Refused(bad.sentence, field=field, **bad.values) from None


def _id_number(typed: str) -> IdNumber | None:
    return _taken("id_number", lambda: cells.id_number(typed)) if typed else None


def _own_number(db: AsyncSession, resident: Resident) -> IdNumber | None:
    if not resident.id_number or masked_id_number(db, resident) is None:
        return None
    return id_numbers.read(vault.of(db).open_text(resident.id_number))


def _set(resident: Resident, card: _Card) -> list[str]:
    """Take over what differs; returns the names of it."""
    changed = [name for name in ("name", "sex", "born_on", "phone") if getattr(resident, name) != getattr(card, name)]
    for name in changed:
        setattr(resident, name, getattr(card, name))
    return changed


async def _move(db: AsyncSession, resident: Resident, card: _Card, area: Area) -> list[str]:
    """Put the person behind another door. A household without a door comes along where the building becomes known."""
    home = await db.get(Household, resident.household_id) if resident.household_id else None
    door = (home.unit, home.room) if home else ("", "")
    if (resident.area_id, *door) == (area.id, card.unit, card.room):
        return []
    before = await areas.get(db, resident.area_id)
    if card.unit or card.room:
        resident.household_id = (await households.behind(db, area, unit=card.unit, room=card.room)).id
    elif any(door) or not before.contains(area):
        resident.household_id = None
    changed = ["area"] if resident.area_id != area.id else []
    resident.area_id = area.id
    return changed + (["door"] if door != (card.unit, card.room) else [])


async def _take_id_number(db: AsyncSession, resident: Resident, number: IdNumber | None, by: Officer) -> bool:
    """Seal the number, or forget it; whether that changed anything. Raises AlreadyHere for somebody else's."""
    mark = vault.of(db).mark(number.number) if number else None
    if mark == resident.id_number_hash:
        return False
    if number is not None:
        with db.no_autoflush:
            other = await db.scalar(scopes.visible(Resident, by).where(
                Resident.id_number_hash == mark, Resident.id != (resident.id or 0))
                .options(joinedload(Resident.area)).limit(1))
        if other is not None:
            raise AlreadyHere(_("{name} in {area}, who moved away, has this ID number. Please bring them back instead.")
                              if other.left_at else _("{name} in {area} has this ID number already."),
                              field="id_number", other=other)
    resident.id_number = vault.of(db).seal_text(number.number) if number else None
    resident.id_number_hash = mark
    return True


async def _must_be_another(db: AsyncSession, resident: Resident, facts: Facts, by: Officer) -> None:
    """Raises AlreadyHere when somebody of that name has the same phone or birth date, unless staff have compared."""
    if facts.namesake:
        return
    with db.no_autoflush:
        others = await db.scalars(scopes.visible(Resident, by).where(
            Resident.name == resident.name, Resident.left_at.is_(None), Resident.id != (resident.id or 0))
            .options(joinedload(Resident.area)).order_by(Resident.id).limit(100))
    for other in others:
        if _look_alike(resident, other):
            raise AlreadyHere(_("{name} in {area} is in the registry already, with the same name and the same phone "
                                "or birth date."), field="name", other=other)


def _look_alike(one: Resident, other: Resident) -> bool:
    if one.id_number_hash and other.id_number_hash and one.id_number_hash != other.id_number_hash:
        return False
    if one.born_on and other.born_on:
        return one.born_on == other.born_on
    return one.phone is not None and one.phone == other.phone
