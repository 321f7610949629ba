"""Whether the loops of this process still go round. A stopwatch that nobody can set tells the time."""

import asyncio
from dataclasses import dataclass
from time import monotonic


@dataclass
class _Loop:
    task: "asyncio.Task[None]"
    patience_seconds: float
    beat_at: float


class Pulse:
    """Each loop beats when it has gone round; one whose task has ended, or that has not beaten for longer than it may
    take, is silent."""

    def __init__(self) -> None:
        self._loops: dict[str, _Loop] = {}

    def follow(self, task: "asyncio.Task[None]", *, patience_seconds: float) -> None:
        """From now on this task, by its name, is expected to beat."""
        self._loops[task.get_name()] = _Loop(task, patience_seconds, monotonic())

    def beat(self, name: str) -> None:
        if name in self._loops:
            self._loops[name].beat_at = monotonic()

    def ages(self) -> dict[str, float]:
        """By loop: seconds since it went round."""
        now = monotonic()
        return {name: now - loop.beat_at for name, loop in self._loops.items()}

    def silent(self) -> list[str]:
        """Loops that died, or hang."""
        ages = self.ages()
        return [name for name, loop in self._loops.items() if loop.task.done() or ages[name] > loop.patience_seconds]
