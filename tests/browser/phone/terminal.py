"""w3m, a browser without pictures, scripts and styles, in a terminal: read from its screen, driven by keys."""

import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyte
import pytest

from app.i18n import gettext
from tests.patience import STEP_SECONDS

NO_W3M = "This test needs w3m: run `make browser` (on Debian: apt-get install w3m)."
COLUMNS, LINES = 60, 200  # as many lines as w3m draws: every page is on the screen as a whole
OPTIONS = ("-cookie", "-o", "accept_cookie=1", "-o", "display_charset=UTF-8", "-o", "wrap_search=1",
           "-o", "confirm_qq=0", "-o", "auto_image=0", "-o", "use_mouse=0", "-o", "use_history=0")
ENTER, TAB, TOP = "\r", "\t", "g"


@dataclass
class W3m:
    """One w3m; `press` and `write` as a person would: look for the words, then the key."""

    address: str
    _terminal: int
    _screen: pyte.Screen = field(default_factory=lambda: pyte.Screen(COLUMNS, LINES))
    _stream: pyte.ByteStream = field(init=False)

    def __post_init__(self) -> None:
        self._stream = pyte.ByteStream(self._screen)

    def open(self, path: str) -> None:
        self._keys(f"U\x15{self.address}{path}{ENTER}")  # "go to", with what stood there wiped away

    def see(self, words: str) -> None:
        self._until(lambda: words in self.text)

    def press(self, words: str) -> None:
        """Follow the first link, or press the first button, that begins with these words."""
        self.see(words)
        self._find(words)
        self._keys(ENTER)

    def pick(self, _number: int, title: str) -> None:
        self.press(title)

    def write(self, label: str, text: str, *, button: str) -> None:
        """Into the field behind this label; then press the button."""
        self.see(label)
        self._find(label)
        here = self._cursor()
        self._keys(TAB)
        self._until(lambda: self._cursor() != here)
        self._keys(ENTER)
        self._until(lambda: "TEXT:" in self._last_line())
        self._keys(text + ENTER)
        self._until(lambda: "TEXT:" not in self._last_line() and text in self.text)
        self.press(button)

    def give_back(self) -> None:
        self.press(gettext("Yes, give my place back"))

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    def _find(self, words: str) -> None:
        """Let w3m search for the words from the top; the cursor then stands on them."""
        self._keys(f"{TOP}/{words}{ENTER}")
        self._until(lambda: self._at_cursor().startswith(words))

    def _keys(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def _cursor(self) -> tuple[int, int]:
        return self._screen.cursor.y, self._screen.cursor.x

    def _at_cursor(self) -> str:
        row = self._screen.buffer[self._screen.cursor.y]
        return "".join(row[column].data for column in range(self._screen.cursor.x, COLUMNS))

    def _last_line(self) -> str:
        return self._screen.display[-1]

    def _until(self, seen: Callable[[], bool]) -> None:
        """Read what w3m draws until the screen shows it."""
        ends = time.monotonic() + STEP_SECONDS
        while not seen():
            left = ends - time.monotonic()
            assert left > 0, f"w3m still shows:\n{self.text}"
            if select.select([self._terminal], [], [], min(left, .5))[0]:
                self._stream.feed(os.read(self._terminal, 65536))


@contextmanager
def w3m(address: str, home: Path) -> Iterator[W3m]:
    program = shutil.which("w3m")
    if program is None:
        pytest.fail(NO_W3M, pytrace=False)
    environ = {"HOME": str(home), "LANG": "C.UTF-8", "TERM": "linux", "PATH": os.environ["PATH"]}
    process, terminal = pty.fork()
    if process == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        os.execve(program, [program, *OPTIONS, f"{address}/"], environ)
    try:
        yield W3m(address, terminal)
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)
