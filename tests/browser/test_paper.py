"""What is printed fits on its page, in letters as large as its length allows."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser

from app import assets, i18n, words
from app.printing import qr
from app.printing.notice import MOST_READABLE, Notice, Work

NOON = datetime.fromisoformat("2026-03-11T12:00:00+08:00")
WORK = Work(210, "字" * 12, "地" * 12, NOON, "12000元/月，当天结")
CHOICES = "回1想外出 2想就近 3暂时不想"
MILLIMETRES = 25.4 / 96  # of one of the browser's pixels
A4 = 297.0
AT_THREE_METRES = 7.5  # millimetres: a hundredth of the distance would be ideal, a quarter less is still read


def _notice(characters: int, work: Work | None, choices: str) -> Notice:
    return Notice("出去干活，欢迎报名", "字" * characters + choices, work, "青龙泉社区", "0700-7221234", "",
                  "https://jobs.example/jobs/210?area=demo", NOON)


def _page(template: str, notice: Notice) -> str:
    covered = SimpleNamespace(area=SimpleNamespace(name="12号楼"), people=199)
    values: dict[str, Any] = {"notice": notice, "sheets": [(covered, notice)], "few": 5,
                              "about": "动员", "back": "/office", "way_back": "",
                              "code": lambda address: qr.svg(address, address)}
    with i18n.speaking("zh"):
        html = words.environment().get_template(f"print/{template}.html").render(values)
    css = assets.read(assets.asset("print.css").rpartition("/")[2])
    assert css
    return html.replace("</head>", f"<style>{css.decode()}</style></head>")


@pytest.mark.parametrize("work", [None, WORK], ids=["words", "work"])
@pytest.mark.parametrize("template", ["poster", "sheets"])
def test_it_fits_on_one_page_however_long_it_is(chromium: Browser, template: str, work: Work | None) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    for characters in (1, 45, 46, 90, 91, 140, 141, 260, 261, 600):
        page.set_content(_page(template, _notice(characters, work, "" if work else CHOICES)))
        height = page.evaluate("document.querySelector('.paper').getBoundingClientRect().height") * MILLIMETRES
        assert height <= A4, (characters, height)


def test_a_poster_that_counts_as_readable_can_be_read_at_three_metres(chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    for notice in (_notice(MOST_READABLE, None, ""), _notice(30, WORK, "")):
        assert notice.readable
        page.set_content(_page("poster", notice))
        for part in (".message", "h1", ".how", ".huge", ".facts dd"):
            if page.locator(part).count():
                size = page.evaluate(f"parseFloat(getComputedStyle(document.querySelector('{part}')).fontSize)")
                assert size * MILLIMETRES >= AT_THREE_METRES, part
