"""NetSurf, an engine of the old make, driven by mouse and keys: what the page says is copied from it, and where words
stand on the screen shows what changes there when one lets it search for them."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.i18n import gettext, speaking
from tests.browser.phone.old_screen import HEIGHT, NO_SCREEN, WIDTH, Box, Screen, changed, screen, until

BARS = 84  # pixels of the window's own lines above the page, while one searches
STATUS = 20  # pixels of the line below it
EMPTY = (8, 400)  # a place on each page where nothing is


@dataclass
class NetSurf:
    address: str
    screen: Screen

    def open(self, path: str) -> None:
        self.screen.press("ctrl+l", "ctrl+a")
        self.screen.paste(f"{self.address}{path}")
        self.screen.press("Return")

    def see(self, words: str) -> None:
        until(lambda: words in self.text(), lambda: f"NetSurf has no {words!r} in:\n{self.text()}")

    def press(self, words: str) -> None:
        found = self._find(words)
        self.screen.click((found.left + found.right) // 2, (found.top + found.bottom) // 2)

    def pick(self, number: int, _title: str) -> None:
        """By its number: NetSurf does not find Chinese words, though it shows them."""
        self.press(str(number))

    def write(self, label: str, text: str, *, button: str) -> None:
        """Into the field below this label."""
        found = self._find(label)
        self.screen.click(found.left + 60, found.bottom + 36)
        self.screen.press("ctrl+a")
        self.screen.paste(text)
        self.press(button)

    def give_back(self) -> None:
        self.press(gettext("Yes, give my place back"))

    def text(self) -> str:
        """What the page says, all of it."""
        self.screen.click(*EMPTY)
        self.screen.press("ctrl+a")
        return self.screen.copied()

    def _find(self, words: str) -> Box:
        """Where the words stand: searching for them marks them, and nothing else changes on the screen."""
        self.see(words)
        self.screen.click(*EMPTY)
        if not self._searching():
            self.screen.press("ctrl+f")
            until(self._searching, lambda: "NetSurf does not search")
        else:
            self.screen.click(200, BARS - 22)
        self.screen.press("ctrl+a", "BackSpace")
        before = self._at_rest()
        self.screen.paste(words)
        until(lambda: self._marked(before) is not None, lambda: f"NetSurf does not find {words!r}")
        self._at_rest()
        found = self._marked(before)
        assert found is not None
        return found

    def _searching(self) -> bool:
        """Whether the line to search with is there, which is as grey as the one with the address."""
        pixels = self.screen.pixels()
        return pixels[BARS - 2][4 * 600:4 * 601] == pixels[2][4 * 600:4 * 601]

    def _marked(self, before: list[bytes]) -> Box | None:
        return changed(before, self.screen.pixels(), top=BARS, bottom=HEIGHT - STATUS)

    def _at_rest(self) -> list[bytes]:
        """The screen, once it has stopped changing."""
        pictures = [self.screen.pixels()]

        def still() -> bool:
            pictures.append(self.screen.pixels())
            return pictures[-1] == pictures[-2]

        until(still, lambda: "NetSurf never stops drawing")
        return pictures[-1]


@contextmanager
def netsurf(address: str, folder: Path) -> Iterator[NetSurf]:
    program = shutil.which("netsurf-gtk")
    if program is None:
        pytest.fail(NO_SCREEN.format("netsurf-gtk"), pytrace=False)
    with screen(folder) as dark:
        browser = subprocess.Popen([program, f"--window_width={WIDTH}", f"--window_height={HEIGHT}",
                                    f"{address}/?lang=en"], env=dark.environ, cwd=folder, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            dark.focus("NetSurf")
            reader = NetSurf(address, dark)
            with speaking("en"):
                reader.see(gettext("All work"))  # until then it may not keep the language
            yield reader
        finally:
            browser.kill()
            browser.wait()
