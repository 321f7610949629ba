"""Carriers that do what a story says, and remember what reached whom."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from app.sms.dispatch import Dispatch
from app.sms.gateways.base import Abilities, Made, Outbound, Outcome, Poll, Sent
from tests.village import Village


class Carrier:
    """Takes everything while it is there. `away` says what it does while it is not: answer TRY_LATER, or raise, having
    taken what it got all the same (`takes`) or not. `meanwhile` happens while it holds a text, before it takes it."""

    name = "simulator"
    abilities = Abilities(looks_up=True, batch=4, at_once=4)

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()  # texts by phone
        self.known: set[int] = set()
        self.away = ""
        self.takes = False
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def send(self, texts: Sequence[Outbound]) -> list[Sent]:
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        if self.away == "busy":
            return [Sent(text.id, Outcome.TRY_LATER, code="busy") for text in texts]
        if not self.away or self.takes:
            self.got.update(text.phone for text in texts)
            self.known |= {text.id for text in texts}
        if self.away:
            raise ConnectionError("nobody there")
        return [Sent(text.id, Outcome.ACCEPTED, f"p{text.id}") for text in texts]

    async def look_up(self, texts: Sequence[Outbound]) -> list[Sent]:
        if self.away:
            raise ConnectionError("nobody there")
        return [Sent(text.id, Outcome.ACCEPTED, f"p{text.id}") if text.id in self.known
                else Sent(text.id, Outcome.TRY_LATER) for text in texts]

    async def poll(self) -> Poll:
        return Poll()

    async def check(self) -> list[str]:
        return []

    async def close(self) -> None:
        return None

    def worker(self, village: Village) -> Dispatch:
        """A process that hands texts over to it."""
        return Dispatch(village.database, Made(village.database.settings, village.database, {self.name: self}),
                        village.inbox())
