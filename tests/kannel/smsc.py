"""A carrier's message centre of another make than Kannel (the SMPP server of smpp34), for one Kannel to bind to.

What arrives is decoded here, from the bytes on the wire: UCS-2 big-endian, and the header of a long text's parts.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import smpp34

from tests.patience import PATIENCE_SECONDS

NUMBER = "10690000"  # the station's
_UCS2, _HAS_HEADER, _RECEIPT = 8, 0x40, 0x04
_PER_PART = 67 * 2
_CONCATENATED = b"\x05\x00\x03"  # five bytes follow, of which three: reference, parts, this part


@dataclass(frozen=True)
class Part:
    """One short message as it came: `reference`, `parts` and `place` are those of a long text, or 0, 1 and 1."""

    id: str
    phone: str
    sender: str
    text: str
    bytes: int
    coding: int
    wants_receipt: bool
    reference: int = 0
    parts: int = 1
    place: int = 1


@dataclass
class Smsc:
    """`got` is what it took, oldest first. `refuse` says with which status a number is refused; what is `deaf` takes
    nothing and answers nothing. With `receipts` off it says nothing of what became of a text."""

    port: int
    got: list[Part] = field(default_factory=list)
    refuse: dict[str, int] = field(default_factory=dict)
    state: dict[str, str] = field(default_factory=dict)
    receipts: bool = True
    deaf: bool = False
    sessions: dict[str, smpp34.Esme] = field(default_factory=dict)
    _next: int = 0
    _later: set["asyncio.Task[None]"] = field(default_factory=set)

    @property
    def texts(self) -> list[tuple[str, str]]:
        """(phone, text) of every text all of whose parts came, in the order of their first parts."""
        joined: dict[tuple[str, int, str], dict[int, str]] = {}
        for part in self.got:
            key = (part.phone, part.reference, part.id if part.parts == 1 else "")
            joined.setdefault(key, {})[part.place] = part.text
        whole = {(part.phone, part.reference, part.id if part.parts == 1 else ""): part.parts for part in self.got}
        return [(key[0], "".join(said[place] for place in sorted(said))) for key, said in joined.items()
                if len(said) == whole[key]]

    def to(self, phone: str) -> list[str]:
        return [text for whom, text in self.texts if whom == phone.removeprefix("+")]

    async def serve(self, server: smpp34.Server) -> None:
        while True:
            event = await server.next()
            if isinstance(event, smpp34.Esme):
                self.sessions[event.session_id] = event
            elif isinstance(event, smpp34.Unbound):
                self.sessions.pop(event.session_id, None)
            elif not self.deaf:
                self._take(event)

    async def text(self, phone: str, text: str, *, reference: int = 7) -> None:
        """A text from a phone, in parts where it is long; returns when the other side has it."""
        raw = text.encode("utf-16-be")
        cut = [raw[at:at + _PER_PART] for at in range(0, len(raw), _PER_PART)] if len(raw) > 140 else [raw]
        for place, piece in enumerate(cut, start=1):
            header = _CONCATENATED + bytes((reference, len(cut), place)) if len(cut) > 1 else b""
            answer = await self._someone().deliver_sm(
                NUMBER, header + piece, source_addr=phone.removeprefix("+"), source_addr_ton=1, source_addr_npi=1,
                data_coding=_UCS2, esm_class=_HAS_HEADER if header else 0)
            assert answer.is_success, hex(answer.command_status)

    async def text_until_taken(self, phone: str, text: str) -> None:
        """Like a carrier, again and again until the other side has it."""
        while True:
            with suppress(smpp34.SmppError, AssertionError, TimeoutError):
                async with asyncio.timeout(5):
                    return await self.text(phone, text)
            await asyncio.sleep(0.05)

    async def receipt(self, part: Part, state: str = "DELIVRD") -> bool:
        """Whether the other side took it."""
        said = (f"id:{part.id} sub:001 dlvrd:001 submit date:2611270800 done date:2611270801 stat:{state} "
                f"err:{'000' if state == 'DELIVRD' else '027'} text:")
        answer = await self._someone().deliver_sm(part.sender or NUMBER, said.encode(), source_addr=part.phone,
                                                  source_addr_ton=1, source_addr_npi=1, esm_class=_RECEIPT)
        return answer.is_success

    async def bound(self) -> None:
        """Wait until somebody is connected."""
        await soon(lambda: bool(self.sessions), "nobody binds to the message centre")

    def _take(self, event: smpp34.SubmitSmEvent) -> None:
        if event.destination_addr in self.refuse:
            event.reject(self.refuse[event.destination_addr])
            return
        self._next += 1
        part = _part(str(self._next), event)
        self.got.append(part)
        event.accept(part.id)
        if self.receipts and part.wants_receipt:
            task = asyncio.create_task(self._tell(part))
            self._later.add(task)
            task.add_done_callback(self._later.discard)

    async def _tell(self, part: Part) -> None:
        """Like a carrier, again and again until somebody has taken it."""
        told = False
        while not told:
            await asyncio.sleep(0.05)
            with suppress(smpp34.SmppError, AssertionError, TimeoutError):  # whom to tell has gone meanwhile
                async with asyncio.timeout(5):
                    told = await self.receipt(part, self.state.get(part.phone, "DELIVRD"))

    def _someone(self) -> smpp34.Esme:
        assert self.sessions, "nobody is bound to the message centre"
        return list(self.sessions.values())[-1]


def _part(given: str, event: smpp34.SubmitSmEvent) -> Part:
    raw, reference, parts, place = event.short_message, 0, 1, 1
    if event.esm_class & _HAS_HEADER:
        assert raw[:3] == _CONCATENATED, raw[:6].hex()
        reference, parts, place = raw[3:6]
        raw = raw[6:]
    text = raw.decode("utf-16-be" if event.data_coding == _UCS2 else "ascii", "surrogatepass" if
                      event.data_coding == _UCS2 else "strict")
    return Part(given, event.destination_addr, event.source_addr, text, len(raw), event.data_coding,
                bool(event.registered_delivery & 3), reference, parts, place)


@asynccontextmanager
async def running(port: int) -> AsyncIterator[Smsc]:
    """A message centre on that port of the loopback."""
    server = smpp34.Server(host="127.0.0.1", port=port, system_id="centre")
    await server.start()
    made = Smsc(port)
    serving = asyncio.create_task(made.serve(server))
    try:
        yield made
    finally:
        for task in (serving, *made._later):
            task.cancel()
        await asyncio.gather(serving, *made._later, return_exceptions=True)
        await server.stop()


async def soon(happened: Callable[[], bool] | Callable[[], Awaitable[bool]], otherwise: str,
               seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for it, but not for ever."""
    async with asyncio.timeout(seconds) as limit:
        while True:
            done = happened()
            if done if isinstance(done, bool) else await done:
                return
            await asyncio.sleep(0.05)
    assert not limit.expired(), otherwise
