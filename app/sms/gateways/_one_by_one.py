"""A text a call, several calls at once. After trouble the rest of a claim is given back: it would meet the same, and
what has not been handed over is in no danger."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from app.sms.gateways.base import Outbound, Outcome, Reason, Sent


async def hand_over(texts: Sequence[Outbound], call: Callable[[Outbound], Awaitable[Sent]], *,
                    at_once: int) -> list[Sent]:
    """One Sent for each, in any order. Once as many in a row as go at once got no clear answer, or a passing no, the
    others are not handed over."""
    waiting, troubles = iter(texts), 0
    last: Sent | None = None

    async def line() -> list[Sent]:
        nonlocal troubles, last
        done = []
        for text in waiting:
            if last is not None and troubles >= at_once:
                done.append(Sent(text.id, Outcome.TRY_LATER, reason=last.reason or Reason.BUSY, code=last.code))
                continue
            sent = await call(text)
            if sent.outcome in (Outcome.TRY_LATER, Outcome.UNKNOWN):
                troubles, last = troubles + 1, sent
            else:
                troubles = 0
            done.append(sent)
        return done

    return [sent for part in await asyncio.gather(*(line() for _ in range(at_once))) for sent in part]
