"""Servers as processes of their own: the real one on the database of a house, and one that does nothing."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # the wheel that brings PostgreSQL brings it

from tests.bench import connections
from tests.bench.house import House, until

START_SECONDS = 60
_ROOT = Path(__file__).parents[2]
_COMMAND = str(Path(sys.executable).parent / "doorstep")


@dataclass
class Server:
    """A process that answers on a port of this machine."""

    port: int
    process: "subprocess.Popen[bytes]"

    def cpu_seconds(self) -> float:
        """What it has used of the processors so far."""
        used = psutil.Process(self.process.pid).cpu_times()
        return float(used.user + used.system)


@asynccontextmanager
async def doorstep(house: House, *more: str) -> AsyncIterator[Server]:
    """`doorstep serve`, one process, which drains the outbox, too, unless it is told more."""
    port = _free_port()
    words = [_COMMAND, "serve", "--port", str(port), *more]
    async with _running(words, port, path="/health/ready", environ=_environ(house), folder=house.folder) as server:
        yield server


@asynccontextmanager
async def work(house: House) -> AsyncIterator[Server]:
    """`doorstep work`, one process."""
    port = _free_port()
    environ = {**_environ(house), "METRICS_PORT": str(port)}
    async with _running([_COMMAND, "work"], port, path="/health/ready", environ=environ, folder=house.folder) as server:
        yield server


@asynccontextmanager
async def provider(house: House) -> AsyncIterator[Server]:
    """A carrier that takes everything at once; see provider.py."""
    port = _free_port()
    words = [sys.executable, "-m", "tests.bench.provider", str(port)]
    async with _running(words, port, path="/", environ=dict(os.environ), folder=_ROOT) as server:
        yield server


async def taken(server: Server) -> dict[str, Any]:
    """What such a carrier has got since it was last asked: our ids by Kannel's way, (mobile, group) by Cloud MAS's."""
    _head, body = await connections.fetch(server.port, connections.get("/taken"))
    found: dict[str, Any] = json.loads(body)
    return found


@asynccontextmanager
async def bare(folder: Path, answer: bytes, *, media_type: str, status: int, headers: dict[str, str] | None = None,
               guarded: bool = False) -> AsyncIterator[Server]:
    """A Litestar application with one handler, which always returns these bytes, at /. A `guarded` one has a session
    and tokens, which are looked at, at /known."""
    port, path = _free_port(), folder / "bare-answer"
    path.write_bytes(answer)
    words = [sys.executable, "-m", "tests.bench.bare", str(port), str(path), media_type, str(status),
             json.dumps(headers or {}), "guarded" if guarded else ""]
    async with _running(words, port, path="/", environ=dict(os.environ), folder=_ROOT) as server:
        yield server


def _environ(house: House) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": house.settings.database_url, "SECRET_KEY": house.settings.secret_key,
            "DATA_KEY": house.settings.data_key, "SMS_GATEWAY": "simulator", "QUIET_HOURS": "off",
            "SMS_SIGNATURE": house.settings.sms_signature, "SIMULATOR_FAULTS": ""}


@asynccontextmanager
async def _running(words: list[str], port: int, *, path: str, environ: dict[str, str],
                   folder: Path) -> AsyncIterator[Server]:
    process = subprocess.Popen(words, cwd=folder, env=environ, stdin=subprocess.DEVNULL)  # noqa: ASYNC220  # brief
    try:
        await _ready(process, port, path)
        yield Server(port, process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _ready(process: "subprocess.Popen[bytes]", port: int, path: str) -> None:
    time_is_left = until(START_SECONDS)
    while time_is_left():
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        try:
            await connections.fetch(port, connections.get(path))
        except OSError:
            await asyncio.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
