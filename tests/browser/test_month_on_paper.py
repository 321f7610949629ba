"""A month of the calendar fits on one sheet, however much there is in it and however long that is said."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser

from app import assets, i18n, words
from app.occasions import occasions
from app.occasions.occasions import Bus, Course, Kind
from app.printing import month, qr
from app.routes._months import Month, by_day
from app.routes.office.month import _entry

MORNING = datetime.fromisoformat("2026-03-02T09:30:00+08:00")
MILLIMETRES = 25.4 / 96  # of one of the browser's pixels
A4, AT_ONE_METRE = 297.0, 3.0


def _one(number: int) -> Bus | Course:
    """On one day after the other, two on some; each as long as it can be."""
    starts = MORNING + timedelta(days=number - number // 3)
    facts: dict[str, Any] = {
        "number": 1210 + number, "title": "字" * occasions.TITLE_UNITS, "place": "地" * occasions.PLACE_UNITS,
        "id": number, "starts_at": starts, "places": 45, "state": "open"}
    if number % 4:
        return Bus(**facts, kind=Kind.BUS, ends_at=starts + timedelta(hours=8, minutes=15), cost_fen=123450,
                   destination="城" * occasions.DESTINATION_UNITS)
    return Course(**facts, kind=Kind.COURSE, ends_at=starts + timedelta(days=4, hours=2), cost_fen=0, destination="")


def _short(number: int) -> Course:
    starts = MORNING + timedelta(days=number)
    return Course(id=number, number=210 + number, title="编织课", place="山妹坊", kind=Kind.COURSE, starts_at=starts,
                  ends_at=starts + timedelta(hours=2), places=9, cost_fen=0, destination="", state="open")


def _page(language: str, found: list[Any]) -> tuple[str, int]:
    """The page, and how many of them stand on it."""
    with i18n.speaking(language):
        entries = {one.id: _entry(one) for one in found}
        size, count = month.fit(list(entries.values()))
        html = words.environment().get_template("print/month.html").render(
            about="", back="/office", way_back="", code=lambda address: qr.svg(address, address), months=[], size=size,
            month=Month.of(date(2026, 3, 1)), entries=entries, text_to="+8614200000099", rest=len(found) - count,
            days=by_day(found[:count], since=MORNING), address="https://jobs.example/calendar?month=2026-03&area=demo",
            community=SimpleNamespace(id=1, name="青龙泉社区", phone="0700-7221234"))
    css = assets.read(assets.asset("print.css").rpartition("/")[2])
    assert css
    return html.replace("</head>", f"<style>{css.decode()}</style></head>"), count


@pytest.mark.parametrize("make", [_one, _short], ids=["long", "short"])
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_it_fits_on_one_page_and_can_be_read(chromium: Browser, language: str, make: Callable[[int], Any]) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    for wanted in range(0, 29, 2):
        html, shown = _page(language, [make(number) for number in range(wanted)])
        page.set_content(html)
        height = page.evaluate("document.querySelector('.paper').getBoundingClientRect().height") * MILLIMETRES
        wide = page.evaluate("[...document.querySelectorAll('.dates *')].filter(e => e.scrollWidth > e.clientWidth + 1 "
                             "&& getComputedStyle(e).display != 'inline').map(e => e.outerHTML)")
        assert height <= A4, (wanted, height)
        assert wide == [], wanted
        assert shown == wanted or shown >= (11 if make is _one else 15)
        if shown:
            size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.facts-of')).fontSize)")
            assert size * MILLIMETRES >= AT_ONE_METRE
