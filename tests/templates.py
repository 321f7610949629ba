"""Databases that are made once and copied for every test: empty ones, or with a village or the demo community in them.

To migrate one takes seconds, and to settle a village as long as a usual test."""

import asyncio
import os
import pickle
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from app import schema
from app.db import Database
from app.demo import community
from app.settings import Settings
from tests import postgresql
from tests.village import Village, settle

_numbers = count(1)


async def _empty(_database: Database) -> None:
    return None


async def _village(database: Database) -> list[Any]:
    """Its rows, as a test gets them."""
    village = await settle(database, "demo", "青龙泉社区")
    return [village.area, village.building, village.boss, village.second, village.employer]


async def _demo(database: Database) -> None:
    await community.fill(database, at_work=False)


CONTENTS: dict[str, Callable[[Database], Awaitable[Any]]] = {"empty": _empty, "village": _village, "demo": _demo}


@dataclass
class Templates:
    """`home` says where the copies of an engine come from: the folder for SQLite's, or the server's address. `kept` is
    what making it gave back, by content."""

    home: str
    settings: Settings
    made: dict[str, str] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)

    def village(self, database: Database) -> Village:
        """The one that came with the database."""
        return Village(database, *pickle.loads(self.kept["village"]))

    def _prepare(self, content: str, url: str) -> None:
        async def prepare() -> Any:
            database = Database(replace(self.settings, database_url=url))
            await schema.migrate(database)
            kept = await CONTENTS[content](database)
            await database.close()
            return kept

        self.kept[content] = pickle.dumps(asyncio.run(prepare()))


class Files(Templates):
    """SQLite's."""

    def file(self, content: str = "empty") -> Path:
        if content not in self.made:
            self.made[content] = f"{self.home}/{content}.db"
            self._prepare(content, f"sqlite+aiosqlite:///{self.made[content]}")
        return Path(self.made[content])

    def copy(self, content: str, path: Path) -> str:
        """The address of a new database at that path."""
        shutil.copy(self.file(content), path)
        return f"sqlite+aiosqlite:///{path}"


class Served(Templates):
    """PostgreSQL's."""

    def copy(self, content: str) -> str:
        """The address of a new database."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self._tell(f"CREATE DATABASE {name} TEMPLATE {self._template(content)} STRATEGY FILE_COPY")
        return postgresql.named(self.home, name)

    def drop(self, address: str) -> None:
        name = address.partition("?")[0].rpartition("/")[2]
        self._tell(f"DROP DATABASE {name} WITH (FORCE)")

    def _template(self, content: str) -> str:
        if content not in self.made:
            name = f"template_{os.getpid()}_{content}"
            self._tell(f"CREATE DATABASE {name}")
            self._prepare(content, postgresql.named(self.home, name))
            self.made[content] = name
        return self.made[content]

    def _tell(self, statement: str) -> None:
        asyncio.run(postgresql.tell(self.home, statement))
