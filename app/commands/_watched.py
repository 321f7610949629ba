"""A small server beside the work of `doorstep work`, in the same loop."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from litestar import Litestar

from app import logs
from app.commands import Plain
from app.settings import Settings


class Watched:
    """Serves the application on METRICS_PORT until it is told to stop."""

    def __init__(self, app: Litestar, host: str, settings: Settings) -> None:
        self._server = _Server(uvicorn.Config(app, **logs.of_server(settings)))
        self._host, self._port = host, settings.metrics_port
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises Plain when the port is taken."""
        try:
            door = socket.create_server((self._host, self._port))
        except OSError:
            raise Plain(f"METRICS_PORT={self._port}: somebody else listens there") from None
        self._serving = asyncio.create_task(self._server.serve(sockets=[door]), name="watched")

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._serving is not None:
            await asyncio.gather(self._serving, return_exceptions=True)


class _Server(uvicorn.Server):
    """Leaves the signals to whoever does the work."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
