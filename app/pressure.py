"""Who goes first in a process: what comes in is kept, then people are answered; what leaves in bulk has hours.

Storing and answering say here what waits for them, and whoever can wait asks before it begins. Nobody waits for ever:
a rush slows bulk down, and does not stop it.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

SOON_SECONDS = 0.05       # within which a call should be kept
PEOPLE_SECONDS = 1.0      # within which a text should be answered
ANSWER_PATIENCE_SECONDS, BULK_PATIENCE_SECONDS = 0.25, 1.0


class Pressure:
    """What waits in this process."""

    def __init__(self) -> None:
        self._call_since: float | None = None
        self._kept_in = self._unanswered_for = 0.0
        self._eased = asyncio.Event()

    def call_came(self, since: float) -> None:
        """At this moment of `monotonic`."""
        if self._call_since is None:
            self._call_since = since

    def calls_kept(self, since: float, *, next_since: float | None) -> None:
        """Calls, of which the first came at that moment; the oldest of those that wait now came at the next one."""
        self._kept_in, self._call_since = monotonic() - since, next_since
        self._eased.set()

    def answering(self, unanswered_for: float) -> None:
        """The oldest text that is not answered was stored so many seconds ago."""
        self._unanswered_for = unanswered_for
        self._eased.set()

    @property
    def calls_wait(self) -> bool:
        """Whether storing does not keep up."""
        if self._call_since is None:
            return False
        return max(self._kept_in, monotonic() - self._call_since) > SOON_SECONDS

    @property
    def people_wait(self) -> bool:
        """Whether calls or answers wait for longer than they should."""
        return self.calls_wait or self._unanswered_for > PEOPLE_SECONDS

    async def before_answers(self) -> None:
        """Let calls go first."""
        await self._while(lambda: self.calls_wait, ANSWER_PATIENCE_SECONDS)

    async def before_bulk(self) -> None:
        """Let calls and answers go first."""
        await self._while(lambda: self.people_wait, BULK_PATIENCE_SECONDS)

    async def _while(self, somebody_waits: Callable[[], bool], at_most_seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(at_most_seconds):
                while somebody_waits():
                    self._eased.clear()
                    await self._eased.wait()
