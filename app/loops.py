"""How the loops of a process end."""

import asyncio
from collections.abc import Collection

GENTLY_SECONDS = 3.0


async def end(tasks: Collection["asyncio.Task[None]"]) -> None:
    """Wait for loops that were told to stop, so that none is broken off in the middle of a statement. Whoever waits for
    somebody else, as for a carrier, is broken off after a moment."""
    if tasks:
        await asyncio.wait(tasks, timeout=GENTLY_SECONDS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
