"""Looking at residents' pages with everything that can be held against them: axe-core with the rules of AAA, the Nu
HTML checker, and our own rules of kindness (`kind.js`) on every width, at every zoom."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.audits import RULES, axe, nu
from tests.browser.phone.walks import Walk
from tests.browser.visits import KEYPAD

KIND = Path(__file__).with_name("kind.js").read_text("utf-8")
STRICT = {**RULES, "runOnly": [*RULES["runOnly"], "wcag2aaa", "wcag21aaa", "wcag22aaa"],
          "rules": {"color-contrast-enhanced": {"enabled": True}}}
BASE_PX, LARGEST_PX = 20, 30
WIDTHS = (240, 320, 360, 1280)  # of keypad phones, small and usual smartphones, and the station's computer
ZOOMED = (160, 180, 640)        # what 200 % zoom leaves of 320, 360 and 1280
HEIGHT = 720
AID = """() => Array.from(document.querySelectorAll(".aid")).map(aid => {
  const box = aid.getBoundingClientRect(), links = Array.from(aid.querySelectorAll("a"));
  return [box.left, box.top + scrollY, box.width, box.height, links.map(link => link.textContent.trim()).join(" | ")];
})"""


@dataclass
class Looks:
    """Looks at one page after the other and keeps what was found, for `complaints` in the end."""

    found: list[str] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)
    aids: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def closely(self, name: str, walk: Walk) -> None:
        """With every checker, on every width."""
        page = walk.page
        self.documents[f"{name}, as sent"] = walk.sent.text()
        for width in _on(page, WIDTHS):
            self.found += [f"{name}, {width} px: {said}" for said in kind(page)]
            self.aids[f"{width} px"].setdefault(str(page.evaluate(AID)), name)
            if width == KEYPAD["width"]:
                self.found += [f"{name}, {width} px: {said}" for said in axe(page, STRICT)]
        self.documents[f"{name}, as it stands"] = page.content()
        for width in _on(page, ZOOMED):
            self.found += [f"{name}, {width} px, which is 200 %: {said}" for said in kind(page)]
        page.evaluate(f"document.documentElement.style.fontSize = '{2 * BASE_PX}px'")
        for width in _on(page, WIDTHS[1:]):
            self.found += [f"{name}, {width} px with text of 200 %: {said}" for said in kind(page, 2 * BASE_PX)]
        page.evaluate("document.documentElement.style.fontSize = ''")

    def enlarged(self, name: str, walk: Walk) -> None:
        """At the largest text that people can choose."""
        for width in _on(walk.page, WIDTHS):
            self.found += [f"{name}, {width} px at {LARGEST_PX} px: {said}" for said in kind(walk.page, LARGEST_PX)]
            self.aids[f"{width} px at {LARGEST_PX} px"].setdefault(str(walk.page.evaluate(AID)), name)

    def complaints(self) -> list[str]:
        """Everything that was found, also in the documents; each once. The help line is where it always is."""
        elsewhere = [f"the help line, {width}: {name}: {place}" for width, places in self.aids.items()
                     for place, name in places.items() if len(places) > 1 or place == "[]"]
        return list(dict.fromkeys(self.found + elsewhere + (nu(self.documents) if self.documents else [])))


def kind(page: Page, base: int = BASE_PX) -> list[str]:
    found: list[str] = page.evaluate(KIND, {"base": base, "sideways": True})
    return found


def _on(page: Page, widths: tuple[int, ...]) -> Iterator[int]:
    """The page at each width, with everything unfolded; afterwards as it was."""
    screen = page.viewport_size
    assert screen is not None
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        yield width
    page.set_viewport_size(screen)
