"""The running application without its dispatch, and somebody who calls it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.near import near

Caller = AsyncTestClient[Litestar]


@pytest.fixture
async def caller(database_url: str, settings: Settings) -> AsyncIterator[Caller]:
    made = create_app(replace(settings, database_url=database_url), dispatch=False)
    async with near(made) as opened:
        yield opened


async def rows(database: Database, statement: Any) -> list[Any]:
    """What the database says. The application runs in a loop of its own, so its engines are not ours to use."""
    async with database.reading() as db:
        return list(await db.scalars(statement))
