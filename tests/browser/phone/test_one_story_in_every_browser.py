"""Whatever browser a phone has, the same story ends the same way: Chromium with scripts and without them, a browser
that shows text alone (w3m), and one of the old make that knows neither scripts nor today's styles (NetSurf)."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.i18n import gettext, speaking
from tests.browser.phone.netsurf import netsurf
from tests.browser.phone.station import Station
from tests.browser.phone.stories import sign_up_and_cancel
from tests.browser.phone.terminal import w3m
from tests.browser.visits import KEYPAD

pytestmark = pytest.mark.xdist_group("phone")


class Chromium:
    """A person with Chromium on a small screen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, path: str) -> None:
        self.page.goto(path)

    def see(self, words: str) -> None:
        expect(self.page.locator("body")).to_contain_text(words)

    def press(self, words: str) -> None:
        self.page.locator("a, button", has_text=words).first.click()

    def pick(self, number: int, title: str) -> None:
        self.page.locator(f"a[href^='/jobs/{number}']", has_text=title).first.click()

    def write(self, label: str, text: str, *, button: str) -> None:
        self.page.get_by_label(label).fill(text)
        self.page.get_by_role("button", name=button).first.click()

    def give_back(self) -> None:
        self.press_summary(gettext("I cannot come"))
        self.press(gettext("Yes, give my place back"))

    def press_summary(self, words: str) -> None:
        self.page.locator("summary", has_text=words).first.click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_in_chromium(station: Station, scripts: bool) -> None:
    sign_up_and_cancel(Chromium(station.page(KEYPAD, scripts=scripts)), station)


def test_in_a_browser_that_shows_text_alone(station: Station, tmp_path: Path) -> None:
    with w3m(station.address, tmp_path) as reader:
        sign_up_and_cancel(reader, station)


def test_in_an_engine_of_the_old_make(station: Station, tmp_path: Path) -> None:
    """In English, since NetSurf cannot be asked where Chinese words stand."""
    with netsurf(station.address, tmp_path) as reader, speaking("en"):
        sign_up_and_cancel(reader, station)
