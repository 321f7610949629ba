"""Brings a database to the newest schema, and says whether it is there."""

import logging
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from app.db import Database

logging.getLogger("alembic").setLevel(logging.WARNING)  # it greets at every look
_FOLDER = Path(__file__).parent.parent / "migrations"


async def migrate(database: Database, *, to: str = "head") -> None:
    """Run every migration that this database has not seen, in one transaction."""
    async with database.session() as db:
        await (await db.connection()).run_sync(_upgrade, to)


async def is_current(database: Database) -> bool:
    """Whether the database has the newest schema."""
    async with database.reading() as db:
        connection = await db.connection()
        found = await connection.run_sync(lambda c: MigrationContext.configure(c).get_current_revision())
    return is_newest(found)


def is_newest(revision: str | None) -> bool:
    """Whether this is the name of the newest schema."""
    return revision == _newest()


def is_known(revision: str) -> bool:
    """Whether this version of the code knows that schema, so that it can bring it to the newest one."""
    try:
        return bool(revision) and ScriptDirectory.from_config(config()).get_revision(revision) is not None
    except CommandError:
        return False


@cache
def _newest() -> str | None:
    """Every migration is read for it, and load balancers ask every few seconds."""
    return ScriptDirectory.from_config(config()).get_current_head()


def config() -> Config:
    """Alembic's configuration, without a file of its own."""
    made = Config()
    made.set_main_option("script_location", str(_FOLDER / "environment"))
    made.set_main_option("version_locations", str(_FOLDER))
    made.set_main_option("path_separator", "os")
    return made


def _upgrade(connection: Connection, to: str) -> None:
    made = config()
    made.attributes["connection"] = connection
    command.upgrade(made, to)
