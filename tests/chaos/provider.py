"""A provider that speaks Kannel's sendsms and does everything wrong that a provider can do, by a seed. It remembers
what each phone really got, and what it told us of it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from urllib.parse import quote

import httpx

ACCEPTED = b"0: Accepted for delivery"
DELIVERED, FAILED, SUBMITTED = 1, 2, 8  # as dlr-mask has them
_SAID = {202: ACCEPTED, 400: b"Number(s) has/have been denied", 500: b"oh dear", 503: b"Temporal failure, try again"}
_REASONS = {202: "Accepted", 400: "Bad Request", 500: "Internal Server Error", 503: "Service Unavailable"}
_CALLS_AT_ONCE = 10

Text = tuple[str, str]  # phone and words: of these no two are alike


@dataclass(frozen=True)
class Fate:
    """What happens to one call. `answer` is a status, or "close", or "stall"; `receipts` come in this order, before the
    answer where they are `early`. After an answer it may hang up, so that what comes next on it is lost."""

    answer: int | str
    taken: bool
    receipts: tuple[int, ...] = ()
    early: bool = False
    hangs_up: bool = False

    @property
    def arrives(self) -> bool:
        return self.taken and FAILED not in self.receipts

    @staticmethod
    def drawn(random: Random) -> "Fate":
        answers: list[int | str] = [202, "stall", 500, "close", 503, 400]
        answer = random.choices(answers, [60, 8, 8, 10, 9, 5])[0]
        hangs_up = random.random() < 0.05
        if answer in (503, 400) or (answer != 202 and random.random() < 0.4):
            return Fate(answer, taken=False, hangs_up=hangs_up)
        end = random.choices([DELIVERED, FAILED], [85, 15])[0]
        receipts, early = random.choices(
            [((end,), False), ((end,), True), ((SUBMITTED, end), True), ((SUBMITTED, end), False),
             ((end, SUBMITTED), False), ((end, end), False), ((), False)], [30, 12, 12, 12, 12, 12, 10])[0]
        return Fate(answer, taken=True, receipts=receipts, early=early, hangs_up=hangs_up)


@dataclass
class Call:
    """One text as it was handed to us, and what happens to it."""

    text: Text
    receipt_url: str
    fate: Fate


@dataclass
class Provider:
    """`calls` are those that it could read, by text and in their order; `got` what the phones got, `told` the end of
    which it told us and was heard."""

    seed: int
    draw: Callable[[Random], Fate] = Fate.drawn
    port: int = 0
    calls: dict[Text, list[Call]] = field(default_factory=lambda: defaultdict(list))
    got: Counter[Text] = field(default_factory=Counter)
    told: dict[Text, int] = field(default_factory=dict)
    refused: Counter[int] = field(default_factory=Counter)  # our answers to its receipts that were not 200
    serving: int = 0
    stalling: int = 0
    count: int = 0
    answers: asyncio.Event = field(default_factory=asyncio.Event)  # while it is not set, everybody waits for theirs
    _bringing: set["asyncio.Task[None]"] = field(default_factory=set)
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_CALLS_AT_ONCE))
    _client: httpx.AsyncClient | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/cgi-bin/sendsms"

    @property
    def busy(self) -> bool:
        """Whether somebody is being served who will get an answer."""
        return self.serving > 0

    @property
    def brings(self) -> bool:
        """Whether receipts are on their way."""
        return bool(self._bringing)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, which is kept until one of both hangs up."""
        try:
            while not reader.at_eof():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
                self.serving += 1
                try:
                    await self._deal(await self._read(head, reader), reader, writer)
                finally:
                    self.serving -= 1
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # whoever called has hung up, or died
        finally:
            writer.close()

    async def _read(self, head: str, reader: asyncio.StreamReader) -> Call | None:
        """None for one that names nobody."""
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        headers = {name.lower(): value for name, value in fields.items()}
        words = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
        if "x-kannel-to" not in headers:
            return None
        text = (headers["x-kannel-to"], words)
        fate = self.draw(Random(f"{self.seed} {text} {len(self.calls[text])}"))
        call = Call(text, headers["x-kannel-dlr-url"], fate)
        self.calls[text].append(call)
        self.count += 1
        return call

    async def _deal(self, call: Call | None, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if call is None:
            return _answer(writer, 400, b"Missing receiver number")
        fate = call.fate
        if fate.arrives:
            self.got[call.text] += 1
        if fate.early:
            await self._bring(call)
        elif fate.receipts:
            task = asyncio.create_task(self._bring(call))
            self._bringing.add(task)
            task.add_done_callback(self._bringing.discard)
        await self.answers.wait()
        if isinstance(fate.answer, int):
            _answer(writer, fate.answer, _SAID[fate.answer])
        elif fate.answer == "stall":
            await self._stall(reader)
        if fate.hangs_up or fate.answer == "close":
            writer.close()
            raise ConnectionAbortedError
        return None

    async def _stall(self, reader: asyncio.StreamReader) -> None:
        """Say nothing until the other side has hung up."""
        self.serving, self.stalling = self.serving - 1, self.stalling + 1
        try:
            await reader.read()
        finally:
            self.serving, self.stalling = self.serving + 1, self.stalling - 1

    async def _bring(self, call: Call) -> None:
        """Its receipts, each again and again until we take it, as Kannel is set up to do."""
        assert self._client is not None
        random = Random(f"{self.seed} {call.text}")
        for type_ in call.fate.receipts:
            if not call.fate.early:
                await asyncio.sleep(random.uniform(0, 0.2))
            stat = {DELIVERED: "DELIVRD", FAILED: "UNDELIV", SUBMITTED: "ACCEPTD"}[type_]
            url = (call.receipt_url.replace("%d", str(type_)).replace("%A", quote(f"stat:{stat} err:000"))
                   .replace("%T", "1774000000").replace("%i", "carrier"))
            await self._tell(url)
            if type_ in (DELIVERED, FAILED):
                self.told[call.text] = type_

    async def _tell(self, url: str) -> None:
        assert self._client is not None
        while True:
            with suppress(httpx.TransportError):
                async with self._gate:
                    answer = await self._client.get(url)
                if answer.status_code == 200:
                    return
                self.refused[answer.status_code] += 1
            await asyncio.sleep(0.1)

    async def end(self) -> None:
        for task in self._bringing:
            task.cancel()
        await asyncio.gather(*self._bringing, return_exceptions=True)


def _answer(writer: asyncio.StreamWriter, status: int, said: bytes) -> None:
    head = f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: text/plain\r\nContent-Length: {len(said)}\r\n\r\n"
    writer.write(head.encode() + said)


@asynccontextmanager
async def running(seed: int, draw: Callable[[Random], Fate] = Fate.drawn) -> AsyncIterator[Provider]:
    """A provider on a free port of the loopback."""
    made = Provider(seed, draw)
    made.answers.set()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with httpx.AsyncClient(timeout=30, trust_env=False) as made._client:
        try:
            yield made
        finally:
            await made.end()
            server.close()


def happened(provider: Provider) -> Sequence[str]:
    """What happened how often, for whoever reads the figures."""
    counts = Counter(str(call.fate.answer) for calls in provider.calls.values() for call in calls)
    return [f"{count} {answer}" for answer, count in counts.most_common()]
