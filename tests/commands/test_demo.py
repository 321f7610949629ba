"""`doorstep demo` as a process: it fills, serves, keeps its data, and starts afresh only when nobody uses it."""

import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.commands.conftest import Doorstep
from tests.patience import PATIENCE_SECONDS

Start = Callable[..., "subprocess.Popen[str]"]


def _said_until(process: "subprocess.Popen[str]", ending: str) -> str:
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if ending in line:
            return said
    raise AssertionError(f"the demo ended with: {said}{process.communicate()[1]}")


def _end(process: "subprocess.Popen[str]") -> int:
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode


@pytest.fixture
def live_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a station that is live; the demo must not follow it."""
    monkeypatch.setenv("SMS_GATEWAY", "twilio")
    monkeypatch.setenv("PUBLIC_URL", "https://station.example")


@pytest.mark.usefixtures("live_settings")
def test_the_demo_fills_serves_and_keeps_its_data(start: Start, doorstep: Doorstep, folder: Path, port: str) -> None:
    address = f"http://127.0.0.1:{port}"
    demo = start("demo", PORT=port)
    said = _said_until(demo, "make demo-reset")
    for part in (f"{address}/office/login", f"{address}/phones", "head, clerk, supervisor, admin", "password: demo"):
        assert part in said
    assert "香菇分拣" in httpx.get(f"{address}/jobs/10").text
    assert httpx.get(f"{address}/phones").status_code == 200

    in_use = doorstep("demo", "--reset", PORT="0")
    assert (in_use.status, in_use.err.strip()) == (
        1, "The demo database is in use; stop the demo that is running first.")
    taken = doorstep("demo", PORT=port)
    assert (taken.status, taken.err.strip()) == (
        1, f"PORT={port} is taken or is no port; choose another one, such as PORT=8001.")
    assert doorstep("--demo", "staff", "add", "li", "--role", "clerk", "--area", "demo").status == 0
    assert _end(demo) == 0

    again = start("demo", PORT=port)
    assert "Inventing" not in _said_until(again, "make demo-reset")
    assert _end(again) == 0
    assert _usernames(folder, "li") == 1

    afresh = start("demo", "--reset", PORT=port)
    assert "Inventing" in _said_until(afresh, "make demo-reset")
    assert _end(afresh) == 0
    assert _usernames(folder, "li") == 0


def _usernames(folder: Path, name: str) -> int:
    with closing(sqlite3.connect(folder / "var" / "demo.db")) as db:
        return int(db.execute("SELECT count(*) FROM officer WHERE username = ?", (name,)).fetchone()[0])


@pytest.mark.parametrize("port", ["many", "70000", "-1"])
def test_a_port_that_is_none(doorstep: Doorstep, port: str, folder: Path) -> None:
    said = doorstep("demo", PORT=port)
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith(f"PORT={port} is taken or is no port")
    assert not (folder / "var").exists()
