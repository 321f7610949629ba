"""The back button leads back after every form, with and without scripts: no browser asks to send anything again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.phone.station import Station
from tests.browser.phone.walks import CANCEL, SIGN_UP, Walk
from tests.browser.visits import back

pytestmark = pytest.mark.xdist_group("phone")

# name → what somebody does; each begins on a page that was just opened, and sends forms. Places that are kept are not
# those of listing 10, which has only twelve of them.
JOURNEYS: dict[str, Callable[[Walk], object]] = {
    "sign-up": lambda walk: (walk.open("/jobs/10").send(SIGN_UP, phone="123").send(SIGN_UP, phone=walk.somebody())
                             .send(SIGN_UP, code="000000").send(SIGN_UP, code=walk.code()).open("/me").send(CANCEL)),
    "log-in": lambda walk: (walk.open("/login").send("/login", phone="123").send("/login", phone=walk.family())
                            .send("/login", code="000000").send("/login", code=walk.code())
                            .send("/me/who").send("/me/forget")),
    "birth date": lambda walk: (walk.prove("/jobs/12", walk.ageless()).send(SIGN_UP, born_on="1958")
                                .send(SIGN_UP, born_on="19680312")),
    "family": lambda walk: walk.prove("/jobs/11", walk.family()).send(SIGN_UP),
    "stranger": lambda walk: walk.prove("/jobs/10", walk.stranger()),
}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("journey", JOURNEYS)
def test_back_leads_back(station: Station, journey: str, scripts: bool) -> None:
    walk = Walk(station, scripts=scripts)
    JOURNEYS[journey](walk)
    while back(walk.page) > 1:  # 0: the empty page that every browser begins with
        expect(walk.page.locator("main h1").first).to_be_visible()
    assert walk.page.url.startswith(station.address)
