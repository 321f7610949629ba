"""A way to the database that can be lost: it forwards bytes on the loopback until it is cut, or swallows them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Relay:
    """Listens on `port` for what is meant for `target`."""

    target: int
    port: int = 0
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _flows: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> None:
        self._flows.set()
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Whoever is connected is thrown out, and nobody else gets in."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    def swallow(self) -> None:
        """Whoever is connected hears nothing more, and whoever connects hears nothing at all."""
        self._flows.clear()

    async def mend(self) -> None:
        """What was swallowed arrives after all, as on a net that has lost packets for a while."""
        self._flows.set()
        assert self._server is not None
        if not self._server.is_serving():
            await self.open()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        mine = {writer, back}
        self._writers |= mine
        try:
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        finally:
            self._writers -= mine
            for one in mine:
                one.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def running(target: int) -> AsyncIterator[Relay]:
    made = Relay(target)
    await made.open()
    try:
        yield made
    finally:
        made.cut()
