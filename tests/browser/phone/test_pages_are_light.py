"""A first visit to home, list and job takes 14 KB at the most, in one round trip: nothing but the document is needed to
read the page and to act on it."""

import pytest
from playwright.sync_api import Page, Route, expect

from app.i18n import gettext
from tests.browser.phone.station import Station
from tests.browser.phone.stories import NUMBER, TITLE
from tests.browser.phone.walks import OPEN
from tests.browser.phone.wire import WAITING, listening
from tests.browser.visits import SMARTPHONE

pytestmark = pytest.mark.xdist_group("phone")
MOST_BYTES = 14_000
LIGHT = ("home", "list", "job")


@pytest.mark.parametrize("name", LIGHT)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_first_visit_is_light(station: Station, name: str, language: str) -> None:
    """Deferred scripts are not counted, only because nothing waits for them; see the next test."""
    page = station.page(SMARTPHONE)
    page.context.add_cookies([{"name": "lang", "value": language, "url": station.address}])
    with listening(page) as wire:
        page.goto(OPEN[name], wait_until="networkidle")
    assert page.evaluate(WAITING) == []
    assert len(wire.documents()) == 1, f"{wire}"
    assert 0 < wire.bytes(without=("Script", "Manifest")) <= MOST_BYTES, f"{wire}"
    assert all(answer.url.startswith((station.address, "data:")) for answer in wire.answers.values()), f"{wire}"


@pytest.mark.parametrize("name", LIGHT)
def test_a_second_visit_brings_no_page_again(station: Station, name: str) -> None:
    page = station.page(SMARTPHONE)
    page.goto(OPEN[name], wait_until="networkidle")
    page.goto("/help", wait_until="networkidle")
    with listening(page) as wire:
        page.goto(OPEN[name], wait_until="networkidle")
    assert wire.bytes() < 1000, f"{wire}"


def test_the_document_alone_is_enough_to_read_and_to_sign_up(station: Station) -> None:
    """No other answer ever comes, and no script runs; what is seen is the same, and the form works."""
    whole, alone = station.page(SMARTPHONE), station.page(SMARTPHONE, scripts=False)
    alone.route("**/*", _documents_only)
    for name in LIGHT:
        assert _read(alone, OPEN[name]) == _read(whole, OPEN[name]), name
    phone = station.somebody()
    alone.get_by_label(gettext("Your mobile number")).fill(phone)
    alone.get_by_role("button", name=gettext("I want this work")).click()
    alone.get_by_label(gettext("Code")).fill(station.code(phone))
    alone.get_by_role("button", name=gettext("Go on")).click()
    expect(alone.locator(".held")).to_contain_text(gettext("You have a place"))
    expect(alone.locator("h1")).to_contain_text(TITLE)
    assert station.held(phone) == [NUMBER]


def _documents_only(route: Route) -> None:
    if route.request.resource_type == "document":
        route.continue_()
    else:
        route.abort()


def _read(page: Page, address: str) -> str:
    page.goto(address, wait_until="networkidle")
    return page.locator("main").inner_text()
