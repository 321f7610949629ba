"""The command as an operator calls it: in an empty folder, with nothing set that a test did not set."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli import main
from app.settings import _READERS

COMMAND = str(Path(sys.executable).parent / "doorstep")
KEYS = {"SECRET_KEY": "a-secret-key-for-tests-only", "DATA_KEY": "a-data-key-for-tests-only"}


@dataclass(frozen=True)
class Said:
    """What a call left behind."""

    status: int
    out: str
    err: str


Doorstep = Callable[..., Said]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in _READERS:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def doorstep(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doorstep:
    """Call the command in this process, with the keys set; keyword arguments are further settings."""

    def call(*words: str, **environ: str) -> Said:
        with monkeypatch.context() as changed:
            for name, value in {**KEYS, **environ}.items():
                changed.setenv(name, value)
            capsys.readouterr()
            try:
                status = main(words)
            except SystemExit as end:
                status = int(end.code or 0)
            said = capsys.readouterr()
        return Said(status, said.out, said.err)

    return call


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start the command as a process of its own; whatever still runs at the end of the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def call(*words: str, **environ: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen([COMMAND, *words], env={**os.environ, **KEYS, **environ}, cwd=folder, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(process)
        return process

    yield call
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@pytest.fixture
def port() -> str:
    return str(free_port())
