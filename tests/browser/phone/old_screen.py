"""A screen that nobody sits in front of, a mouse and a keyboard, for a program that no test can ask what it shows."""

import mmap
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.patience import STEP_SECONDS

WIDTH, HEIGHT = 800, 8000  # so high that every page is on the screen as a whole
NOTHING = "nothing yet"
NO_SCREEN = "This test needs {}: run `make browser` (on Debian: apt-get install netsurf-gtk xvfb xdotool xclip)."


class Box(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int


@dataclass
class Screen:
    """Pixels to look at, and hands."""

    environ: dict[str, str]
    _memory: Path

    def pixels(self) -> list[bytes]:
        """The screen's lines, four bytes a pixel: Xvfb writes them into a file as an X window dump."""
        with self._memory.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as dump:
            number = [int.from_bytes(dump[place:place + 4], "big") for place in range(0, 100, 4)]
            start, length = number[0] + number[19] * 12, number[12]
            return [dump[start + line * length:start + line * length + WIDTH * 4] for line in range(HEIGHT)]

    def press(self, *keys: str) -> None:
        self._hands("key", "--delay", "20", *keys)

    def click(self, x: int, y: int) -> None:
        self._hands("mousemove", str(x), str(y), "click", "1")

    def focus(self, name: str) -> None:
        """Wait for the window of this name; keys go to it from then on."""
        self._hands("search", "--sync", "--onlyvisible", "--name", name, "windowfocus", "--sync", "%1")

    def paste(self, text: str) -> None:
        self._hold(text)
        self.press("ctrl+v")

    def copied(self) -> str:
        """What is marked, copied by the keys for it; nothing, if nothing is marked yet."""
        self._hold(NOTHING)
        self.press("ctrl+c")
        for _look in range(10):
            if (held := self._held()) != NOTHING:
                return held
            time.sleep(.05)
        return ""

    def _hold(self, text: str) -> None:
        """Put the text into the clipboard; xclip stays in the background to hand it over."""
        subprocess.run(["xclip", "-selection", "clipboard", "-in"], env=self.environ, input=text, text=True, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _held(self) -> str:
        return subprocess.run(["xclip", "-selection", "clipboard", "-out"], env=self.environ, capture_output=True,
                              text=True, check=False, timeout=STEP_SECONDS).stdout

    def _hands(self, *deeds: str) -> None:
        subprocess.run(["xdotool", *deeds], env=self.environ, check=True, timeout=STEP_SECONDS)


def changed(before: list[bytes], after: list[bytes], *, top: int, bottom: int) -> Box | None:
    """What is not as it was between these lines."""
    lines = [line for line in range(top, bottom) if before[line] != after[line]]
    if not lines:
        return None
    columns = [x for line in lines for x in range(WIDTH)
               if before[line][4 * x:4 * x + 4] != after[line][4 * x:4 * x + 4]]
    return Box(min(columns), lines[0], max(columns), lines[-1])


@contextmanager
def screen(folder: Path) -> Iterator[Screen]:
    for program in ("Xvfb", "xdotool", "xclip"):
        if shutil.which(program) is None:
            pytest.fail(NO_SCREEN.format(program), pytrace=False)
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir",
                               str(folder), "-nolisten", "tcp"], pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            display = told.readline().strip()
        assert display, "Xvfb did not start"
        yield Screen({"PATH": os.environ["PATH"], "DISPLAY": f":{display}", "HOME": str(folder), "LANG": "C.UTF-8"},
                     folder / "Xvfb_screen0")
    finally:
        server.terminate()
        server.wait(STEP_SECONDS)


def until(seen: Callable[[], bool], complaint: Callable[[], str]) -> None:
    ends = time.monotonic() + STEP_SECONDS
    while not seen():
        assert time.monotonic() < ends, complaint()
        time.sleep(.1)
