"""The running application without its dispatch, and somebody who calls it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.near import near

Caller = AsyncTestClient[Litestar]


@cache
def _made(settings: Settings) -> Litestar:
    return create_app(settings, dispatch=False)


def app_on(database_url: str, settings: Settings) -> Litestar:
    """The application on that database. Putting one together takes longer than most tests, so those with the same
    settings share one, each after the other."""
    app = _made(replace(settings, database_url=""))
    app.state.settings = replace(settings, database_url=database_url)
    return app


@pytest.fixture
async def caller(database_url: str, settings: Settings) -> AsyncIterator[Caller]:
    async with near(app_on(database_url, settings)) as opened:
        yield opened


async def rows(database: Database, statement: Any) -> list[Any]:
    """What the database says. The application runs in a loop of its own, so its engines are not ours to use."""
    async with database.reading() as db:
        return list(await db.scalars(statement))
