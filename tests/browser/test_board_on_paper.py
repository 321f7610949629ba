"""The notice board on paper: as many A4 pages as reckoned, nothing cut off, letters for two metres."""

import re

import pytest
from playwright.sync_api import Browser, Page

from app import assets, i18n, words
from app.printing import qr
from app.printing.board import Board, nearest_first
from tests.printing.boards import board, longest, offer

MILLIMETRES = 25.4 / 96  # of one of the browser's pixels
A4 = 297.0
AT_TWO_METRES = 6.4  # millimetres: more than a three hundredth of the distance, since those who read are old
NAME = "易地搬迁安置点三期二十二号楼北单元"  # longer than any that we know
DAY_AFTER = 31  # hours after midnight

MIXED = [longest(100), *(offer(10 + n, minutes=n, paid_same_day=n % 2 == 0) for n in range(8)), longest(99999)]
BOARDS = {
    "one": (board([offer()]), 1),
    "few, with long pay": (board([offer(n, pay="12000元/月", minutes=40) for n in (10, 11, 12)]), 1),
    "three long ones": (board([longest(10 + n) for n in range(3)]), 1),
    "a page": (board([offer(10 + n, minutes=8, paid_same_day=True) for n in range(5)]), 1),
    "two pages": (board([offer(100 + n, minutes=8, paid_same_day=True) for n in range(11)]), 2),
    "by the hour": (board([offer(10 + n, pay="一天81元", rate="18元/时", paid_same_day=True) for n in range(9)]), 2),
    "forty": (board([offer(10 + n, minutes=8, paid_same_day=True) for n in range(40)], building=NAME), 2),
    "forty long ones": (board([longest(9990 + n) for n in range(40)], building=NAME, community=NAME), 2),
    "mixed": (board(nearest_first(MIXED)), 2),
    "at the station, no number to text to": (board([offer(10 + n) for n in range(7)], building="", text_to=""), 2),
    "what comes": (board([], [longest(10 + n) for n in range(9)], text_to=""), 1),
    "what comes soon": (board([], [offer(10 + n, hour=DAY_AFTER) for n in range(9)]), 1),
    "nothing": (board([], building="", text_to=""), 1),
}


def _shown(page: Page, language: str, *shown: Board) -> None:
    with i18n.speaking(language):
        again = [Board(**{name: getattr(one, name) for name in one.__dataclass_fields__ if name != "pages"})
                 for one in shown]  # how much fits on a page differs between languages
        html = words.environment().get_template("print/board.html").render(
            boards=again, about="", back="/office", way_back="", code=lambda address: qr.svg(address, address))
    css = assets.read(assets.asset("print.css").rpartition("/")[2])
    assert css
    page.set_content(html.replace("</head>", f"<style>{css.decode()}</style></head>"))


def _pages(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page, in millimetres."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    return [(round(float(wide) / 72 * 25.4), round(float(high) / 72 * 25.4)) for wide, high in boxes]


# What stands outside its paper, over what follows it, or outside the cell that it belongs to.
_CUT_OFF = """() => {
  const found = [];
  document.querySelectorAll('.paper').forEach((paper, number) => {
    const page = paper.getBoundingClientRect();
    const range = document.createRange();
    const walk = document.createTreeWalker(paper, NodeFilter.SHOW_TEXT);
    for (let text; (text = walk.nextNode());) {
      if (!text.data.trim() || text.parentElement.closest('svg')) continue;
      range.selectNodeContents(text);
      const cell = text.parentElement.closest('td, th, dd, dt, h2, h3, figcaption, p').getBoundingClientRect();
      for (const at of range.getClientRects())
        if (at.left < cell.left - 1 || at.right > Math.min(cell.right + 1, page.right - 20) || at.bottom > page.bottom)
          found.push(number + ': ' + text.data);
    }
    const parts = [...paper.children].map(one => one.getBoundingClientRect());
    if (parts.slice(1).some((part, i) => part.top < parts[i].bottom - .5)) found.push(number + ': parts overlap');
  });
  return found; }"""


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("name", BOARDS)
def test_it_has_as_many_pages_as_reckoned_and_nothing_is_cut_off(chromium: Browser, name: str, language: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    made, pages = BOARDS[name]
    _shown(page, language, made)
    papers = page.locator(".paper").count()
    if language == "zh":
        assert papers == pages
    assert page.evaluate(_CUT_OFF) == []
    assert _pages(page.pdf(prefer_css_page_size=True)) == [(210, 297)] * papers


def test_sheets_of_many_buildings_each_begin_on_a_page(chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    _shown(page, "zh", *(made for made, _pages in BOARDS.values()))
    assert len(_pages(page.pdf(prefer_css_page_size=True))) == sum(pages for _made, pages in BOARDS.values())


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_it_can_be_read_at_two_metres(chromium: Browser, language: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    for made in (BOARDS["mixed"][0], BOARDS["one"][0], BOARDS["what comes soon"][0]):
        _shown(page, language, made)
        for part in (".offers td p", ".offers tbody th", "article:not(.second) h3", ".day .date", ".nothing"):
            sizes = page.evaluate(f"[...document.querySelectorAll('{part}')]"
                                  ".map(one => parseFloat(getComputedStyle(one).fontSize))")
            assert all(size * MILLIMETRES >= AT_TWO_METRES - .01 for size in sizes), (part, sizes)
