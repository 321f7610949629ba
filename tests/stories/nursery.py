"""Processes of the command that are born with everything imported.

To import it takes a second of a processor, and stories in which processes die start them dozens of times. One process
imports it all and forks the others off. Each is a process as any other: of its own memory, files and sockets, to be
killed with its own number. What an operator starts is in tests/commands, tests/chaos and tests/browser.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO

import app
from app import folders
from app.cli import main

ROOT = Path(__file__).parents[2]


@dataclass
class Child:
    """As much of a Popen as stories ask for. Whose child it is in truth sees to it that no zombie stays of it."""

    pid: int
    _handle: int = field(init=False)

    def __post_init__(self) -> None:
        try:
            self._handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            self._handle = -1

    def __del__(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)

    def poll(self) -> int | None:
        """None while it lives."""
        return None if self._lives(0) else 0

    def wait(self, seconds: float | None = None) -> None:
        """Nothing is left of it when this returns."""
        if self._lives(seconds):
            raise TimeoutError(f"process {self.pid} still lives")

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, number)

    def _lives(self, seconds: float | None) -> bool:
        return self._handle >= 0 and not select.select([self._handle], [], [], seconds)[0]


class Nursery:
    """Starts with the first one that is asked for, and ends with the process that asks."""

    def __init__(self) -> None:
        self._door, theirs = socket.socketpair()
        with theirs:
            self._mother = subprocess.Popen([sys.executable, "-m", __name__, str(theirs.fileno())], cwd=ROOT,
                                            pass_fds=[theirs.fileno()], env={"PATH": os.environ.get("PATH", "")})

    def start(self, words: Sequence[str], *, environ: Mapping[str, str], folder: Path, said: IO[bytes]) -> Child:
        asked = json.dumps({"words": list(words), "environ": dict(environ), "folder": str(folder)}).encode()
        socket.send_fds(self._door, [len(asked).to_bytes(4, "big")], [said.fileno()])
        self._door.sendall(asked)
        answer = self._door.recv(4, socket.MSG_WAITALL)
        assert len(answer) == 4, "the process that starts the others has died"
        return Child(int.from_bytes(answer, "big"))


def start(words: Sequence[str], *, environ: Mapping[str, str], folder: Path, said: IO[bytes]) -> Child:
    """The command with these words; what it says goes into the file."""
    return _nursery().start(words, environ=environ, folder=folder, said=said)


@cache
def _nursery() -> Nursery:
    return Nursery()


def _bear(door: socket.socket) -> None:
    """Fork off whatever is asked for, until nobody asks any more."""
    _import_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that the system buries them
    while True:
        size, files, _flags, _address = socket.recv_fds(door, 4, 1)
        if not size:
            return
        asked = json.loads(door.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL))
        child = os.fork()
        if not child:
            door.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _become(asked["environ"], asked["folder"], files[0])
            sys.exit(main(asked["words"]))
        os.close(files[0])
        door.sendall(child.to_bytes(4, "big"))


def _import_all() -> None:
    for name in ("dotenv", "uvloop", "uvicorn.protocols.http.auto"):
        importlib.import_module(name)
    folders.modules_below(app)
    gc.freeze()


def _become(environ: Mapping[str, str], folder: str, said: int) -> None:
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(folder)
    for output in (1, 2):
        os.dup2(said, output)
    os.close(said)


if __name__ == "__main__":
    _bear(socket.socket(fileno=int(sys.argv[1])))
