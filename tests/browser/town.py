"""A demo that several stories share, each with neighbours of its own, and what all of them do on their smartphones."""

import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.visits import SMARTPHONE, Visits


@dataclass
class Town:
    """Where it is served, and its database."""

    address: str
    book: Path
    _taken: int = 0

    def neighbour(self) -> str:
        """The number of somebody who is alone on the phone and has signed up for nothing."""
        self._taken += 1
        with sqlite3.connect(self.book) as db:
            return str(db.execute(
                "SELECT phone FROM resident GROUP BY phone HAVING count(*) = 1 AND min(born_on) BETWEEN '1966-01-01' "
                "AND '1990-01-01' AND max(id IN (SELECT resident_id FROM signup)) = 0 LIMIT 1 OFFSET ?",
                (self._taken,)).fetchone()[0])

    def signups(self, number: str) -> list[tuple[int, str]]:
        """What this phone's person signed up for, as the demo's own database says."""
        with sqlite3.connect(self.book) as db:
            return db.execute("SELECT number, signup.place FROM signup JOIN listing ON listing.id = listing_id "
                              "JOIN resident ON resident.id = resident_id WHERE phone = ? ORDER BY signup.id",
                              (number,)).fetchall()


def ready(phones: Visits) -> Page:
    """A smartphone that has been here before: its worker is there."""
    page = phones.page(SMARTPHONE)
    page.goto("/")
    page.wait_for_function("navigator.serviceWorker.controller")
    page.reload()
    return page


def proved(phones: Visits, page: Page, number: str) -> None:
    page.goto("/login")
    page.get_by_label("您的手机号").fill(number.removeprefix("+86"))
    page.locator("main form button").first.click()
    page.locator("#code").fill(phones.text_with(r"\b\d{6}\b", phone=number)[0])
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile("/me$"))


def press(page: Page) -> None:
    page.get_by_role("button", name=re.compile("我要报名")).click()
