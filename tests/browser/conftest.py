"""A demo that is being served, and a real browser to visit it with."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.town import Town
from tests.browser.visits import Visits
from tests.patience import PATIENCE_SECONDS, STEP_SECONDS

COMMAND = str(Path(sys.executable).parent / "doorstep")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync"]
NO_BROWSER = "This test needs a real browser: install Chromium (on Debian: apt-get install chromium fonts-noto-cjk)."


@pytest.fixture
def faults() -> str:
    """What goes wrong at the simulated carrier of the demo, as SIMULATOR_FAULTS says it. Override it in a module."""
    return ""


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo that was made once; 15,000 people take a while."""
    folder = tmp_path_factory.mktemp("invented")
    with served(folder):
        pass
    return folder


@pytest.fixture
def before(invented: Path) -> Path | None:
    """The demo of which a test gets a copy. Override it in a module that makes one of its own."""
    return invented


@pytest.fixture
def demo(tmp_path: Path, before: Path | None, faults: str) -> Iterator[str]:
    """The address of a demo that is served in a folder of its own."""
    if before is not None:
        shutil.copytree(before / "var", tmp_path / "var")
    with served(tmp_path, faults) as address:
        yield address


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def visits(demo: str, chromium: Browser) -> Visits:
    return Visits(demo, chromium)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, invented: Path) -> Iterator[Town]:
    """A demo for the stories of one file, which leave it good enough for the next one. They may prove twenty phones: a
    station sends no more codes an hour to one address."""
    folder = tmp_path_factory.mktemp("town")
    shutil.copytree(invented / "var", folder / "var")
    with served(folder) as address:
        yield Town(address, folder / "var" / "demo.db")


@contextmanager
def served(folder: Path, faults: str = "") -> Iterator[str]:
    """A demo that is made and served in this folder; its address. It may not complain of anything."""
    complaints = folder / "complaints.txt"
    environ = {"PATH": os.environ["PATH"], "PORT": _free_port(), "SIMULATOR_FAULTS": faults}
    with complaints.open("w") as err:
        process = subprocess.Popen([COMMAND, "demo"], cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=err,
                                   text=True)
    try:
        assert process.stdout is not None
        assert any("make demo-reset" in line for line in process.stdout), complaints.read_text()
        yield f"http://127.0.0.1:{environ['PORT']}"
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=PATIENCE_SECONDS)
        finally:
            process.kill()
    assert complaints.read_text() == ""


@contextmanager
def launched() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.fail(NO_BROWSER, pytrace=False)
    with sync_playwright() as playwright:
        expect.set_options(timeout=STEP_SECONDS * 1000)
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def _free_port() -> str:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return str(door.getsockname()[1])
