"""A weak signal between a browser and a server: each round trip takes its time, the one that opens a connection
included, and so many bytes a second come through, for all connections together."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

_PIECE = 1_400  # bytes, about what a packet holds


@dataclass
class Line:
    """What one direction of the line still has to bring."""

    bytes_per_second: int
    free_at: float = 0

    async def carry(self, piece: bytes) -> None:
        self.free_at = max(self.free_at, time.monotonic()) + len(piece) / self.bytes_per_second
        await asyncio.sleep(self.free_at - time.monotonic())


@asynccontextmanager
async def slow_line(port: int, *, round_trip_seconds: float, bytes_per_second: int) -> AsyncIterator[int]:
    """The port of this machine at which the server at `port` is reached by the slow line."""
    up, down = Line(bytes_per_second), Line(bytes_per_second)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(round_trip_seconds)  # the browser's SYN and the answer to it, which no program sees
        there, thither = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_bring(reader, thither, up, round_trip_seconds / 2),
                             _bring(there, writer, down, round_trip_seconds / 2))

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()


async def _bring(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: Line, delay_seconds: float) -> None:
    """In pieces, each of which arrives so much later than it was sent."""
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def arrive() -> None:
        while True:
            sent_at, piece = await waiting.get()
            await asyncio.sleep(sent_at + delay_seconds - time.monotonic())
            if not piece:
                break
            await line.carry(piece)
            writer.write(piece)
        with suppress(OSError):
            writer.close()

    arriving = asyncio.create_task(arrive())
    with suppress(OSError):
        while piece := await reader.read(_PIECE):
            waiting.put_nowait((time.monotonic(), piece))
    waiting.put_nowait((time.monotonic(), b""))
    await arriving
