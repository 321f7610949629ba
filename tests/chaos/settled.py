"""Whether there is still something to come, asked again and again while the database may be away."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, select

from app.db import Database
from app.errors import TemporarilyAway
from app.sms.batches import Batch, State
from app.sms.outbox import UNSURE_HOURS, Message, Receipt, Status
from tests.chaos.hours import Hours
from tests.chaos.provider import Provider
from tests.stories import station as watching

_UNDER_WAY = (Status.QUEUED, Status.SENDING)


async def everything(database: Database, provider: Provider, hours: Hours) -> None:
    """Wait until all that waits has left and all that the provider has to say is heard, and then for the days after
    which nobody will say any more."""
    await until_none(database, lambda: not provider.brings, select(Message.id).where(
        Message.status.in_(_UNDER_WAY)), select(Receipt.id).where(Receipt.applied_at.is_(None)))
    hours.turn((UNSURE_HOURS + 1) * 3600)
    await until_none(database, lambda: True, select(Message.id).where(Message.status == Status.ACCEPTED),
                     select(Batch.id).where(Batch.state != State.FINISHED))


async def nothing_is_held(database: Database) -> None:
    await until_none(database, lambda: True, select(Message.id).where(Message.status.in_(_UNDER_WAY)))


async def until_none(database: Database, also: Callable[[], bool], *rows: Select[Any]) -> None:
    async def is_so() -> bool:
        try:
            return also() and not any([await watching.rows(database, one.limit(1)) for one in rows])
        except TemporarilyAway:
            return False

    await watching.until(is_so)
