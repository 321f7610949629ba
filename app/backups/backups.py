"""A back-up is taken; a station is restored from one."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from app import schema
from app.backups import hold
from app.backups.engines import Engine
from app.backups.files import NotDone, beside
from app.backups.hold import Held
from app.backups.of_postgresql import Postgresql
from app.backups.of_sqlite import Sqlite
from app.db import Database, path_of
from app.residents import vault
from app.residents.vault import WrongKey
from app.settings import Settings
from app.sms.outbox import Message


@dataclass(frozen=True)
class Restored:
    """`held` is None where the schema has to be brought to the newest first. `knows_until` is when the last text that
    is in it was written down."""

    held: Held | None
    knows_until: datetime | None


def take(settings: Settings, file: Path) -> None:
    """Write everything that the station knows into a new file, while it goes on. Raises NotDone."""
    with beside(file) as part:
        _engine(settings).take(part)


def restore(settings: Settings, file: Path, *, without_key: bool = False) -> Restored:
    """Make the station's database from a back-up, where there is none; then hold what was on its way. Raises NotDone
    before anything is done. `without_key` restores what was sealed with a key that is lost, too."""
    engine = _engine(settings)
    engine.must_be_empty()
    found = engine.look_into(file)
    if not schema.is_known(found.revision):
        raise NotDone(f"{file} was made by a newer Doorstep; install that one.")
    if not without_key and not _fits(settings.data_key, found.sealed):
        raise NotDone("DATA_KEY is not the one with which this back-up was sealed, so that ID numbers could not be "
                      "read; set the one of the station that made it. If it is lost: --without-the-key.")
    engine.put(file)
    return asyncio.run(_settle(settings, is_newest=schema.is_newest(found.revision)))


async def _settle(settings: Settings, *, is_newest: bool) -> Restored:
    if not is_newest:
        return Restored(None, None)
    database = Database(settings)
    try:
        async with database.reading() as db:
            last = await db.scalar(select(func.max(Message.created_at)))
        return Restored(await hold.if_restored(database), last)
    finally:
        await database.close()


def _engine(settings: Settings) -> Engine:
    return Sqlite(Path(path_of(settings.database_url))) if settings.is_sqlite else Postgresql(settings)


def _fits(data_key: str, sealed: str) -> bool:
    if not sealed:
        return True
    try:
        vault.with_key(data_key).open_text(sealed)
    except (WrongKey, UnicodeError):
        return False
    return True
