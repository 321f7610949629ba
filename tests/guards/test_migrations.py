"""An empty database goes to the newest schema and back, and then it is what the models say."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

import app
from app import schema
from app.db import Database, Table
from app.folders import modules_below


def _differences(connection: Connection) -> list[object]:
    modules_below(app)
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Table.metadata))


async def test_the_migrated_database_is_what_the_models_say(database: Database) -> None:
    async with database.writer.connect() as connection:
        assert await connection.run_sync(_differences) == []
    assert await schema.is_current(database)
