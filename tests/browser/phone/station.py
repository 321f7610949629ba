"""The station that all tests of residents' pages visit, and people of its registry who have not been there yet."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize

from app import phones
from tests.browser.visits import Carrier, Visits

_STRANGERS = (f"1429999{number:04}" for number in range(10_000))  # in nobody's registry
_ONE, _SEVERAL = "count(*) = 1", "count(*) between 2 and 3"
_GROWN = "born_on between '1966-01-01' and '1990-01-01'"
_PHONES = """
    select phone from resident where left_at is null and wrong_phone_at is null and phone is not null
    group by phone having {} order by min(id) desc limit 40
"""


@dataclass
class Station(Carrier):
    """One demo. Each test asks it for people whom no other test has."""

    folder: Path
    browser: Browser
    askers: Iterator[str] = field(default_factory=lambda: (f"198.51.100.{number}" for number in range(1, 255)))
    _people: dict[str, Iterator[str]] = field(default_factory=dict)

    def somebody(self) -> str:
        """The number, as people write it, of somebody who has it alone and whose age is known."""
        return self._next(f"{_ONE} and sum({_GROWN}) = 1")

    def family(self) -> str:
        """A number that two or three grown-ups share."""
        return self._next(f"{_SEVERAL} and sum({_GROWN}) = count(*)")

    def ageless(self) -> str:
        """The number of somebody whose birth date nobody knows."""
        return self._next(f"{_ONE} and sum(born_on is null) = 1")

    def stranger(self) -> str:
        return next(_STRANGERS)

    def full(self) -> int:
        """The number of a job without free places."""
        numbers: list[int] = self._rows("select number from listing where places <= (select count(*) from signup "
                                        "where listing_id = listing.id and place = 'taken') limit 1")
        return numbers[0]

    def held(self, phone: str) -> list[int]:
        """The numbers of what this phone's people have a place on."""
        return self._rows("select number from listing join signup on listing_id = listing.id join resident on "
                          "resident_id = resident.id where signup.place = 'taken' and phone = ? order by number",
                          phones.read(phone))

    def code(self, phone: str) -> str:
        return self.text_with(r"\b\d{6}\b", phone=phone)[0]

    def page(self, screen: ViewportSize, *, scripts: bool = True) -> Page:
        """Somebody new, who comes from an address of their own: no test uses up the codes of the others."""
        return self.visits().page(screen, scripts=scripts, extra_http_headers={"X-Forwarded-For": next(self.askers)})

    def visits(self) -> Visits:
        return Visits(self.address, self.browser)

    def _next(self, having: str) -> str:
        if having not in self._people:
            found = self._rows(_PHONES.format(having))
            self._people[having] = iter([phones.national(phone) for phone in found])
        return next(self._people[having])

    def _rows(self, question: str, *values: str) -> list[Any]:
        """The first column of what the demo's database answers."""
        with closing(sqlite3.connect(f"file:{self.folder}/var/demo.db?mode=ro", uri=True)) as db:
            return [first for first, *_others in db.execute(question, values)]
