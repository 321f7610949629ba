"""What is the same for everybody who looks: from the shelf, until something that pages show is changed."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.arguments import AnyRequest
from app.db import Database
from app.shelf import Made, Shelf

T = TypeVar("T")
_BYTES = 20_000  # of a job with all that belongs to it and the ground around, at the most


async def shelved(request: AnyRequest, key: Hashable, find: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """What `find` finds, under a key that says all that it depends on. It is found in a session of its own, for others
    wait for it, too; nobody may change it."""
    database: Database = request.app.state.database
    shelf: Shelf[Any] = request.app.state.facts

    async def make() -> Made[T]:
        async with database.reading() as db:
            return Made(await find(db), _BYTES + 4 * len(str(key)))

    there: T | None = shelf.at_hand(key)
    return there if there is not None else await shelf.get(key, make)
