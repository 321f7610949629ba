"""What was made once and is the same for everybody: kept until what it shows changes, and never for long.

A shelf is this process's own. Nothing on it is true because it is there: the database says by its version whether it
still holds, so that any number of processes may have one each.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Generic, TypeVar

from app import clock
from app.versions import Version

T = TypeVar("T")
KEPT = timedelta(seconds=20)  # work begins and moments pass without anybody changing a row
_EACH = 1_000  # bytes that an entry takes beside its content


@dataclass(frozen=True, slots=True)
class Made(Generic[T]):
    """A thing, and how many bytes it takes; none for one that is not to be kept."""

    thing: T
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    thing: T
    size: int
    version: int
    made_at: datetime
    until: datetime


class Shelf(Generic[T]):
    """At most so many bytes; what was not asked for the longest goes first."""

    def __init__(self, version: Version, *, most_bytes: int) -> None:
        self._version, self._most_bytes = version, most_bytes
        self._entries: OrderedDict[Hashable, _Entry[T]] = OrderedDict()
        self._making: dict[tuple[Hashable, int], asyncio.Task[T]] = {}
        self.bytes = 0

    def at_hand(self, key: Hashable) -> T | None:
        """The thing, where it is certain without a look that it still holds."""
        version = self._version.known
        return None if version is None else self._of(key, version)

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Made[T]]]) -> T:
        """The thing as it is now: from the shelf, or made; by one alone where several ask for the same.

        Raises TemporarilyAway when nobody can say whether it still holds, and whatever `make` raises.
        """
        version = await self._version.now()
        found = self._of(key, version)
        if found is not None:
            return found
        # Of this version: whoever has just changed something does not get what somebody began to make before.
        making = self._making.get((key, version))
        if making is None:
            making = asyncio.create_task(self._make(key, version, make))
            self._making[key, version] = making
            making.add_done_callback(lambda done: self._made((key, version), done))
        return await asyncio.shield(making)

    def _of(self, key: Hashable, version: int) -> T | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.version == version and entry.made_at <= clock.now() < entry.until:
            self._entries.move_to_end(key)
            return entry.thing
        self._drop(key)
        return None

    async def _make(self, key: Hashable, version: int, make: Callable[[], Awaitable[Made[T]]]) -> T:
        made_at = clock.now()
        made = await make()
        known = self._entries.get(key)
        if known is not None and known.made_at > made_at:
            return made.thing  # somebody was quicker, with what holds now
        if 0 < made.size <= self._most_bytes - _EACH:
            self._drop(key)
            self._entries[key] = _Entry(made.thing, made.size + _EACH, version, made_at,
                                        min(made_at + KEPT, _midnight_after(made_at)))
            self.bytes += made.size + _EACH
            while self.bytes > self._most_bytes:
                self._drop(next(iter(self._entries)))
        return made.thing

    def _made(self, which: tuple[Hashable, int], done: "asyncio.Task[T]") -> None:
        del self._making[which]
        if not done.cancelled():
            done.exception()  # whoever waited for it was told

    def _drop(self, key: Hashable) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.bytes -= entry.size


def _midnight_after(moment: datetime) -> datetime:
    """When today and tomorrow become other days."""
    return clock.at(clock.local(moment).date() + timedelta(days=1), time(0))
