"""Connections to providers: kept, used again, closed before the other side does it, and no text goes out twice.

Told with Kannel's gateway, which makes a call for every text.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import uvloop

from app.db import Database
from app.settings import Settings
from app.sms.gateways import _http
from app.sms.gateways._cloudmas_line import Line, NoAnswer
from app.sms.gateways.base import Outbound, Outcome, Reason, Sent
from app.sms.gateways.kannel import Carrier
from tests.sms.gateways import fake_cloudmas

TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nConnection: Keep-Alive\r\n\r\n0:"
MOVED = (b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nSet-Cookie: a=b; Path=/\r\n"
         b"Content-Length: 0\r\n\r\n")


@dataclass
class Server:
    """`seen` are its calls, each with its head and in which connection it was which, from 1 on. `says` is told that
    place, and its answer is what is written; nothing hangs up instead. It hangs up after the answer if it `tires`."""

    says: Callable[[int], bytes] = lambda _place: TAKEN
    tires: bool = False
    url: str = ""
    seen: list[tuple[str, int]] = field(default_factory=list)
    connections: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def phones(self) -> list[str]:
        """Which number each call was about."""
        return [_fields(head)["X-Kannel-To"] for head, _place in self.seen]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        place = 0
        try:
            while answer := await self._next(reader, place := place + 1):
                writer.write(answer)
                if self.tires:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            self.over.set()
        finally:
            writer.close()

    async def _next(self, reader: asyncio.StreamReader, place: int) -> bytes:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        await reader.readexactly(int(_fields(head)["Content-Length"]))
        self.seen.append((head, place))
        return self.says(place)


def _fields(head: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in head.splitlines()[1:] if line)


@asynccontextmanager
async def listening(server: Server) -> AsyncIterator[Server]:
    opened = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{opened.sockets[0].getsockname()[1]}/cgi-bin/sendsms"
    try:
        yield server
    finally:
        opened.close()


@pytest.fixture
def engine() -> str:
    return "sqlite"


@pytest.fixture
def sending(settings: Settings, database: Database) -> Callable[[str], Carrier]:
    def made(url: str) -> Carrier:
        return Carrier(replace(settings, sms_gateway="kannel", kannel_url=url, kannel_username="doorstep",
                               kannel_password="a-password", kannel_callback_token="a-token-for-the-tests"), database)

    return made


def texts(count: int) -> list[Outbound]:
    return [Outbound(number, f"+86142{number:08d}", "您好", 1) for number in range(1, count + 1)]


async def one_by_one(carrier: Carrier, count: int) -> list[Sent]:
    return [sent for text in texts(count) for sent in await carrier.send([text])]


async def test_many_texts_share_a_few_connections(sending: Callable[[str], Carrier]) -> None:
    async with listening(Server()) as server:
        carrier = sending(server.url)
        sent = [*await carrier.send(texts(200)), *await carrier.send(texts(200))]
        await carrier.close()
    assert {one.outcome for one in sent} == {Outcome.ACCEPTED}
    assert len(server.seen) == 400
    assert server.connections <= carrier.abilities.at_once


async def test_a_text_on_a_connection_that_breaks_just_then_is_handed_over_once_and_unknown(
        sending: Callable[[str], Carrier]) -> None:
    """The server has the second call of each connection, and hangs up instead of answering it."""
    async with listening(Server(says=lambda place: TAKEN if place == 1 else b"")) as server:
        carrier = sending(server.url)
        sent = await one_by_one(carrier, 6)
        await carrier.close()
    assert [one.outcome for one in sent] == [Outcome.ACCEPTED, Outcome.UNKNOWN] * 3
    assert server.phones == [text.phone for text in texts(6)]
    assert server.connections == 3


async def test_a_server_that_keeps_no_connection_gets_no_text_twice(sending: Callable[[str], Carrier]) -> None:
    """It says that it would, and hangs up behind each answer: the next text comes before or after that is noticed."""
    async with listening(Server(tires=True)) as server:
        carrier = sending(server.url)
        sent = [*await one_by_one(carrier, 20), *await carrier.send(texts(100)[20:])]
        await carrier.close()
    phones = [text.phone for text in texts(100)]
    taken = {phones[one.id - 1] for one in sent if one.outcome == Outcome.ACCEPTED}
    given_back = {phones[one.id - 1] for one in sent if one.outcome == Outcome.TRY_LATER}  # after all that trouble
    assert not given_back & set(server.phones)
    assert len(server.phones) == len(set(server.phones))
    assert taken
    assert taken <= set(server.phones)


async def test_a_connection_without_use_is_closed_by_us(sending: Callable[[str], Carrier],
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "KEPT_SECONDS", 0.05)
    async with listening(Server()) as server:
        carrier = sending(server.url)
        await one_by_one(carrier, 1)
        async with asyncio.timeout(60):
            await server.over.wait()
        (sent,) = await one_by_one(carrier, 1)
        await carrier.close()
    assert sent.outcome == Outcome.ACCEPTED
    assert [place for _head, place in server.seen] == [1, 1]


async def test_nothing_is_followed_remembered_or_taken_from_the_environment(sending: Callable[[str], Carrier],
                                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(Server(says=lambda _place: MOVED)) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        carrier = sending(server.url)
        sent = await one_by_one(carrier, 2)
        await carrier.close()
    assert [one.outcome for one in sent] == [Outcome.UNKNOWN, Outcome.UNKNOWN]
    assert len(server.seen) == 2
    for head, _place in server.seen:
        assert head.startswith("POST /cgi-bin/sendsms HTTP/1.1\r\n")
        assert {name for name in _fields(head) if not name.startswith("X-Kannel-")} == {
            "Host", "Content-Type", "Content-Length"}


async def test_a_line_that_never_came_about_took_nothing(sending: Callable[[str], Carrier],
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody listens and never says anything: for a call by TLS that is no connection, otherwise it is one."""
    monkeypatch.setattr(_http, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(_http, "ANSWER_SECONDS", 0.6)
    silent = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    address = f"127.0.0.1:{silent.sockets[0].getsockname()[1]}"
    said = []
    for url in (f"https://{address}", f"http://{address}"):
        carrier = sending(url)
        (sent,) = await one_by_one(carrier, 1)
        said.append((sent.outcome, sent.reason))
        await carrier.close()
    silent.close()
    assert said == [(Outcome.TRY_LATER, Reason.BUSY), (Outcome.UNKNOWN, "")]


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_whoever_shows_another_certificate_is_told_nothing(
        settings: Settings, tmp_path: Path, loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    """In the server's loop, too."""
    async def ask() -> None:
        async with fake_cloudmas.running(tmp_path) as fake:
            right, wrong = (Line(replace(settings, cloudmas_fingerprint=pin)) for pin in (fake.fingerprint, "0" * 64))
            assert await right.ask(fake.url("submit"), {"ecName": "x"})
            with pytest.raises(NoAnswer) as raised:
                await wrong.ask(fake.url("submit"), {"ecName": "x"})
            assert (raised.value.outcome, raised.value.code) == (Outcome.TRY_LATER, "certificate")
            assert len(fake.calls) == 1
            for line in (right, wrong):
                await line.close()

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(ask())
