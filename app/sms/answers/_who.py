"""Who of those that use a phone is meant. Nobody is who is not in the registry on this phone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.residents.residents import Resident
from app.sms.answers import Said
from app.sms.reading import Reading

_OF_PEOPLE = ("who", "proxy", "headcount")


def remembered(said: Said, reading: Reading) -> Reading:
    """The reading, and what was said of people in the text to which we asked "which one?"."""
    return replace(reading, slots={**said.memory.get("people_meant", {}), **reading.slots})


def to_remember(reading: Reading) -> dict[str, Any]:
    """What the question "which one?" has to keep in mind."""
    kept = {name: reading.slots[name] for name in _OF_PEOPLE if name in reading.slots}
    return {"people_meant": kept} if kept else {}


def named(said: Said, reading: Reading) -> list[Resident]:
    """Those whom the text names."""
    names = set(filter(None, reading.slots.get("who", "").split("+")))
    return [person for person in said.people if person.name in names]


def by_ids(said: Said, ids: Sequence[int]) -> list[Resident]:
    """Those of these people who still use the phone, in the order of the ids."""
    by_id = {person.id: person for person in said.people}
    return [by_id[i] for i in ids if i in by_id]


def headcount(reading: Reading) -> int:
    """How many want to come; 1 where nothing is said of it."""
    given = reading.slots.get("headcount", "")
    return max(1, int(given)) if given.isdigit() else 1


def numbers(reading: Reading) -> list[int]:
    """The listings that the text names, in its order."""
    given = reading.slots.get("jobs") or reading.slots.get("job") or ""
    return list(dict.fromkeys(int(part) for part in given.split("+") if part.isdigit()))
