"""A client that costs little: many connections that stay open, each with one request at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.bench.house import Stopwatch, timed, until


@dataclass
class Call:
    """One request and what came back; `sent_at` is a moment (seconds since 1970), for a call that is made at a fixed
    time the one when it was due."""

    sent_at: float
    seconds: float
    status: int
    body: bytes


@dataclass
class Flood:
    calls: list[Call] = field(default_factory=list)
    watch: Stopwatch = field(default_factory=Stopwatch)

    def per_second(self) -> float:
        return len(self.calls) / self.watch.seconds

    def latency_ms(self, share: float) -> float:
        return quantile([call.seconds * 1000 for call in self.calls], share)

    @property
    def client_note(self) -> str:
        return f"client: {self.watch.cpu_seconds * 1e6 / max(1, len(self.calls)):.0f} µs CPU a call"


class BadAnswer(Exception):
    """The server said something that makes the figure worthless."""


async def flood(port: int, requests: Iterable[bytes], *, connections: int, seconds: float, expect: int) -> Flood:
    """Send the requests as fast as they are answered, until there are no more or the time is over. Raises BadAnswer
    at the first answer of another status."""
    result, left, time_is_left = Flood(), iter(requests), until(seconds)
    clients = [await _connect(port) for _ in range(connections)]
    with timed() as result.watch:
        async with asyncio.TaskGroup() as group:
            for client in clients:
                group.create_task(_send_on(client, left, result.calls, time_is_left=time_is_left,
                                           expect=expect))
    for client in clients:
        client.close()
    return result


async def paced(port: int, requests: Sequence[bytes], *, per_second: float, seconds: float, connections: int,
                go: Callable[[], Awaitable[object]]) -> list[Call]:
    """Make each call when it is due, whether those before were answered or not, for so many seconds, beginning when
    `go` returns. A call's time counts from when it was due, also where every connection was busy then; one that could
    not be made before the time was over is not there."""
    clients = [await _connect(port) for _ in range(connections)]
    await go()
    calls: list[Call] = []
    due = _Due(iter(enumerate(requests)), per_second, time.perf_counter(), time.time(), seconds)
    async with asyncio.TaskGroup() as group:
        for client in clients:
            group.create_task(_call_when_due(client, due, calls))
    for client in clients:
        client.close()
    return calls


async def fetch(port: int, request: bytes) -> tuple[bytes, bytes]:
    """The head and the body of one answer."""
    client = await _connect(port)
    await client.ask(request)
    head, body = client.head, client.body
    client.close()
    return head, body


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def post(path: str, body: bytes) -> bytes:
    return (f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def get(path: str, **headers: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode()


class _Client(asyncio.Protocol):
    """One connection. It understands as much of HTTP as our own server speaks: answers with a Content-Length."""

    def __init__(self) -> None:
        self.head, self.body = b"", b""
        self._held = b""
        self._answered: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered and not self._answered.done():
            self._answered.set_exception(exc or BadAnswer("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._held += data
        end = self._held.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._held[:end].lower()
        found = head.partition(b"content-length: ")[2]
        size = int(found.partition(b"\r\n")[0])
        if len(self._held) >= end + 4 + size:
            self.head, self.body = head, self._held[end + 4:end + 4 + size]
            self._held = self._held[end + 4 + size:]
            if self._answered and not self._answered.done():
                self._answered.set_result(None)

    async def ask(self, request: bytes) -> int:
        """Send it and wait for the answer; returns the status."""
        assert self._transport
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        await self._answered
        return int(self.head[9:12])

    def close(self) -> None:
        if self._transport:
            self._transport.close()


async def _connect(port: int) -> _Client:
    _transport, client = await asyncio.get_running_loop().create_connection(_Client, "127.0.0.1", port)
    return client


@dataclass(frozen=True)
class _Due:
    """Which call is next, and when; shared by all connections."""

    left: Iterator[tuple[int, bytes]]
    per_second: float
    started: float
    started_at: float
    seconds: float


async def _call_when_due(client: _Client, due: _Due, calls: list[Call]) -> None:
    for number, request in due.left:
        after = number / due.per_second
        await asyncio.sleep(max(0.0, due.started + after - time.perf_counter()))
        if time.perf_counter() - due.started > due.seconds:
            return
        status = await client.ask(request)
        calls.append(Call(due.started_at + after, time.perf_counter() - due.started - after, status, client.body))


async def _send_on(client: _Client, left: Iterator[bytes], calls: list[Call], *, time_is_left: Callable[[], bool],
                   expect: int) -> None:
    for request in left:
        if not time_is_left():
            return
        sent_at, started = time.time(), time.perf_counter()
        status = await client.ask(request)
        calls.append(Call(sent_at, time.perf_counter() - started, status, client.body))
        if status != expect:
            raise BadAnswer(f"{status} instead of {expect}: {client.body[:200]!r}")
