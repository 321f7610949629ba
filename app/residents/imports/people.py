"""A person as a list or the registry states them."""

from dataclasses import dataclass
from datetime import date

# What an import compares, in the order in which changes are shown. An empty value says nothing and changes nothing.
COMPARED = ("name", "sex", "born_on", "id_mark", "phone", "area_id", "unit", "room", "household", "origin",
            "work_status", "skill", "wish", "limit")


@dataclass(slots=True, repr=False)
class Person:
    """`row` is Excel's row (0 for who is only in the registry); `resident_id` is None for who is only in the file."""

    row: int = 0
    resident_id: int | None = None
    household_id: int | None = None
    name: str = ""
    sex: str | None = None
    born_on: date | None = None
    id_number: str | None = None  # plain from a file, sealed from the registry
    id_mark: str | None = None
    phone: str | None = None
    area_id: int | None = None
    unit: str = ""
    room: str = ""
    household: str = ""
    origin: str = ""
    work_status: str | None = None
    skill: tuple[str, ...] = ()
    wish: tuple[str, ...] = ()
    limit: tuple[str, ...] = ()
    hardship: tuple[str, ...] = ()
    consent: bool | None = None
    consent_on: date | None = None
    consent_source: str = ""
    left: bool = False

    @property
    def door(self) -> tuple[int | None, str, str] | None:
        """Where the person lives, when it is known to the room."""
        return (self.area_id, self.unit, self.room) if self.room and self.area_id else None
