"""People with all kinds of screens who open the same station's pages, and pictures of what they see."""

import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, CDPSession, Error, Page, ViewportSize

from tests.patience import STEP_SECONDS

OFFICE, SMARTPHONE, KEYPAD = (ViewportSize(width=width, height=height)
                              for width, height in ((1280, 900), (360, 720), (240, 320)))
PICTURES = Path(__file__).parents[2] / "var" / "screenshots"


@dataclass
class Carrier:
    """The simulated carrier of the station at this address: what the phones got."""

    address: str

    def texts(self, **asked: str) -> list[dict[str, str]]:
        """What the simulated phones got, the oldest first."""
        found: list[dict[str, str]] = httpx.get(f"{self.address}/gateway/simulator/messages", params=asked).json()
        return found

    def text_with(self, pattern: str, *, phone: str = "") -> "re.Match[str]":
        """Wait until a phone (or any) has got such a text."""
        asked = {"to": phone} if phone else {}
        ends = time.monotonic() + STEP_SECONDS
        while time.monotonic() < ends:
            for text in reversed(self.texts(**asked)):
                if found := re.search(pattern, text["text"]):
                    return found
            time.sleep(0.2)
        raise AssertionError(f"no text like {pattern} came to {phone or 'any phone'}")


@dataclass
class Visits(Carrier):
    """The station at one address, opened in one browser by people who share no cookies."""

    chromium: Browser
    complaints: list[str] = field(default_factory=list)

    def page(self, screen: ViewportSize, *, scripts: bool = True, **context: Any) -> Page:
        """A page for somebody new. Errors of scripts, and of the server, are kept in `complaints`."""
        page = self.chromium.new_context(base_url=self.address, viewport=screen, locale="zh-CN",
                                         java_script_enabled=scripts, **context).new_page()
        page.set_default_timeout(STEP_SECONDS * 1000)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("response", lambda answer: self.complaints.append(f"{answer.url}: {answer.status}")
                if answer.status >= 500 else None)
        return page


def back(page: Page) -> int:
    """Press the back button; how many pages one can still go back. Playwright's own way waits for one load, but where
    htmx put the page there, it loads again."""
    history, before = page.context.new_cdp_session(page), page.url
    index, entries = _where(history), history.send("Page.getNavigationHistory")["entries"]
    history.send("Page.navigateToHistoryEntry", {"entryId": entries[index - 1]["id"]})
    for _look in range(STEP_SECONDS * 20):
        page.wait_for_timeout(50)
        with suppress(Error):  # while one page takes the place of another, neither answers
            if _where(history) < index:
                break
    page.wait_for_load_state()
    assert not page.url.startswith("chrome-error:"), f"back from {before} leads to nothing"
    return index - 1


def _where(history: CDPSession) -> int:
    return int(history.send("Page.getNavigationHistory")["currentIndex"])


def picture(page: Page, name: str) -> None:
    """Keep what the whole page looks like, for whoever looks through the run's artefacts; nothing may stick out."""
    screen = page.viewport_size
    assert screen is not None
    width, height = page.locator("html").evaluate("html => [html.scrollWidth, html.scrollHeight]")
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": screen["width"], "height": height})
    page.screenshot(path=PICTURES / f"{name}.png")
    page.set_viewport_size(screen)
    assert width <= screen["width"], f"one has to scroll sideways on {name}"
