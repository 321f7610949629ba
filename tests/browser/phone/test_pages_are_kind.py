"""Residents' pages, every one of them and in every state (`walks.py`), in both languages: nothing that axe-core finds,
contrast of AAA included, nothing that the Nu HTML checker says, and the rules of kindness: text of 20 px and more,
lines 1.5 apart, fingers' width for whatever can be pressed, no scrolling sideways, one main action, help in the same
place."""

import pytest

from tests.browser.phone.looks import Looks
from tests.browser.phone.station import Station
from tests.browser.phone.walks import Walk

pytestmark = pytest.mark.xdist_group("phone")
LANGUAGES = ("zh", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_clean_and_kind(station: Station, language: str) -> None:
    walk, looks = Walk(station, language), Looks()
    for name in walk.everything():
        looks.closely(name, walk)
    assert not looks.complaints(), "\n".join(looks.complaints())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_at_the_largest_text(station: Station, language: str) -> None:
    walk, looks = Walk(station, language, size="30"), Looks()
    for name in walk.everything():
        looks.enlarged(name, walk)
    assert not looks.complaints(), "\n".join(looks.complaints())


def test_what_is_unkind_is_seen(station: Station) -> None:
    """The rules of this test, tried on a page that breaks each of them."""
    walk, looks = Walk(station), Looks()
    walk.page.set_content("""<!doctype html><html lang="zh"><title>x</title><meta name="viewport" content="width=240">
        <body style="font-size:14px;line-height:1.2;margin:0"><main><h1>x</h1><p style="color:#757575">grey on white
        <a href="/">in a sentence</a></p><p style="white-space:nowrap">much much too long for any screen of a phone that
        somebody has in the hand</p><button>one</button><button>two</button>
        <p style="float:left;height:0">over</p><p>each other</p></main>""")
    looks.closely("unkind", walk)
    found = "\n".join(looks.complaints())
    for complaint in ("instead of 48", "instead of 60", "text of 14 px", "lines 16.8px apart", "scroll sideways",
                      "sticks out", "text lies over other text", "2 main actions", "color-contrast-enhanced",
                      "the help line"):
        assert complaint in found, f"not seen: {complaint}\n{found}"
