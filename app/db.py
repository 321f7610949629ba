"""The database: tables' base, sessions, and the only place that commits.

SQLite gets two engines on one file: a writer of one connection, whose transactions begin IMMEDIATE and so never meet
a lock half way, and a few read-only readers. PostgreSQL gets one engine and ordinary row locks. The code above does
not know which it is.
"""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Executable,
    Integer,
    MetaData,
    String,
    TypeDecorator,
    event,
    insert,
    select,
    text,
)
from sqlalchemy import Table as CoreTable
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    AsyncSessionTransaction,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, UOWTransaction, mapped_column

from app import sqlite
from app.dialects import spelled
from app.errors import TemporarilyAway
from app.settings import BadSetting, Settings

Id = BigInteger().with_variant(Integer, "sqlite")
# Paths are compared byte by byte, so that "everything below" is a range that an index serves on both engines.
Path_ = String(200).with_variant(String(200, collation="C"), "postgresql")
BUSY_SECONDS = 10
# Whoever says nothing for so long in the middle of a transaction has lost his way to the server, or hangs. Its locks,
# and the turns that it holds, would hold up everybody else.
SILENT_SECONDS = 60
log = logging.getLogger("doorstep.db")


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite stores it without a zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    })
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[int]: JSON,
    }


def only(condition: str) -> dict[str, Any]:
    """Makes an index partial, on both engines: Index(..., **only("status = 'queued'"))."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Turn(Table):
    """Work that one process at a time may do holds the row of its name until it commits."""

    __tablename__ = "turn"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)


class Fact(Table):
    """What the database knows of itself, such as being a demo."""

    __tablename__ = "fact"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


class Database:
    """The engines of one database and the sessions on it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = settings.database_url
        self.writer = _sqlite_writer(self.url) if settings.is_sqlite else _postgresql(self.url)
        self.reader = _sqlite_reader(self.url) if settings.is_sqlite else self.writer
        self._glancer = _sqlite_reader(self.url, at_once=True) if settings.is_sqlite else _postgresql_glancer(self.url)
        self._checkpoints = sqlite.Checkpoints(path_of(self.url)) if settings.is_sqlite else None
        self._door = sqlite.Door(BUSY_SECONDS) if settings.is_sqlite else None
        self.commits = 0  # transactions of this process that may have changed something
        self._writing = _maker(self.writer, settings, _Noting)
        self._reading = _maker(self.reader, settings)

    @asynccontextmanager
    async def session(self, *, first: bool = False) -> AsyncIterator[AsyncSession]:
        """A transaction that may write: committed when the block ends well, undone when it raises. Where one at a time
        may write, the `first` goes before others who wait.

        Raises TemporarilyAway when the database is locked or cannot be reached.
        """
        with _away():
            async with self._door.passed(first=first) if self._door else nullcontext(), self._begun() as db:
                yield db
        self.commits += bool(db.info.get(_CHANGES))
        if self._checkpoints:
            self._checkpoints.committed()

    @property
    def file(self) -> Path | None:
        """Where a SQLite database lies."""
        return Path(path_of(self.url)) if self.settings.is_sqlite else None

    @property
    def somebody_waits(self) -> bool:
        """Whether somebody in this process waits for a transaction to end. Never on PostgreSQL, where several write."""
        return self._door is not None and self._door.waiting > 0

    @asynccontextmanager
    async def _begun(self) -> AsyncIterator[AsyncSession]:
        async with self._writing() as db, db.begin():
            await db.connection()
            yield db

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads, and never waits for a writer."""
        with _away():
            async with self._reading() as db:
                if not self.settings.is_sqlite:
                    await db.connection(execution_options={"postgresql_readonly": True})
                yield db

    async def glance(self, statement: Executable, **values: Any) -> Sequence[Any]:
        """A few rows that indexes find, by one statement alone: no transaction around it, no objects, and no question
        before it whether the connection still stands. On SQLite it is done at once: the way to a thread takes longer.
        """
        with _away():
            try:
                return await self._glance(statement, values)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            return await self._glance(statement, values)

    async def _glance(self, statement: Executable, values: dict[str, Any]) -> Sequence[Any]:
        async with self._glancer.connect() as connection:
            return (await connection.execute(statement, values)).all()

    async def close(self) -> None:
        if self._checkpoints:
            await self._checkpoints.close()
        await self._glancer.dispose()
        await self.writer.dispose()
        await self.reader.dispose()


def core(table: type[Table]) -> CoreTable:
    """The table below a mapped class, for statements over many rows that make no objects."""
    return cast(CoreTable, table.__table__)


# The column itself, of which SQLite uses no index. It guesses how many rows a condition leaves, and would rather go
# through everybody of an area, or every text that a phone ever got, than through a piece of the registry.
aside = spelled("aside", sqlite="+{0}", postgresql="{0}")


def settings_of(db: AsyncSession) -> Settings:
    """The settings with which the database was opened."""
    settings: Settings = db.info["settings"]
    return settings


def deed(db: AsyncSession) -> AsyncSessionTransaction:
    """`async with deed(db):` is one deed: undone as a whole when it raises, while the rest of the transaction stays."""
    return db.begin_nested()


async def take_turn(db: AsyncSession, name: str) -> None:
    """Wait until no other process does the work of this name, and hold it until the transaction ends.

    The names are rows that migrations made; NoResultFound for another one is a bug. On SQLite whoever may write has
    every turn.
    """
    if settings_of(db).is_sqlite:
        return
    (await db.execute(select(Turn.name).where(Turn.name == name).with_for_update())).one()


async def generous(db: AsyncSession) -> None:
    """Until the transaction ends PostgreSQL may join large sets in memory, compiles nothing for it, and takes indexes
    to be in memory, too: for one statement over a whole registry. SQLite does as it always does."""
    if db.get_bind().dialect.name == "postgresql":
        await db.execute(text("SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true), "
                              "set_config('random_page_cost', '1.1', true)"))


async def remember(db: AsyncSession, name: str, value: str) -> None:
    """Write down a fact about the database, once."""
    if await db.get(Fact, name) is None:
        await db.execute(insert(Fact).values(name=name, value=value))


async def fact(db: AsyncSession, name: str) -> str:
    """What was remembered under this name, or an empty text."""
    return await db.scalar(select(Fact.value).where(Fact.name == name)) or ""


class _Noting(Session):
    """Notes that it was told to change something: loops that look whether there is anything to do commit all day."""


_CHANGES = "changes"


@event.listens_for(_Noting, "do_orm_execute")
def _note_statement(said: ORMExecuteState) -> None:
    if not said.is_select:
        said.session.info[_CHANGES] = True


@event.listens_for(_Noting, "after_flush")
def _note_flush(session: Session, _context: UOWTransaction) -> None:
    session.info[_CHANGES] = True


def _maker(engine: AsyncEngine, settings: Settings, kind: type[Session] = Session) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(engine, expire_on_commit=False, autoflush=True, info={"settings": settings},
                              sync_session_class=kind)


def is_passing(error: BaseException) -> bool:
    """Whether doing the same again later may well succeed: locked, gone, or the loser of a deadlock.

    A fault that stays, such as a missing table or a full disk, is not: it is a bug or an alarm, and is shown as one.
    """
    if isinstance(error, (PoolTimeout, OSError)):
        return True
    if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError):
        return False
    # An error without a statement comes from connecting: a wrong password, a database that is not there.
    if error.connection_invalidated or error.statement is None:
        return True
    if getattr(error.orig, "sqlstate", None) in _PASSING_STATES:
        return True
    said = str(error.orig).lower()
    return isinstance(error, OperationalError) and any(word in said for word in ("locked", "busy", "unable to open"))


def _kind(error: BaseException) -> str:
    """The error without its values: its class, and the database's code where there is one."""
    orig = getattr(error, "orig", None)
    return f"{type(orig or error).__name__} {getattr(orig, 'sqlstate', '') or ''}".strip()


# Serialization failure, deadlock, lock not available, shutting down, cannot connect now.
_PASSING_STATES = {"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "08006", "08003", "08000"}


class _away:
    """Turns the drivers' ways of saying "locked" and "gone" into the one that the edges answer with 503."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is not None and is_passing(error):
            log.warning("the database is locked or away: %s", _kind(error))
            raise TemporarilyAway("the database is locked or away") from error


def path_of(url: str) -> str:
    """Where a SQLite database lies."""
    return url.removeprefix("sqlite+aiosqlite:///")


def _sqlite_writer(url: str) -> AsyncEngine:
    folder = Path(path_of(url)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise BadSetting(f"DATABASE_URL: the folder {folder} cannot be made") from None
    engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=BUSY_SECONDS,
                                 hide_parameters=True)
    _prepare(engine, read_only=False)

    @event.listens_for(engine.sync_engine, "begin")
    def _immediately(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _sqlite_reader(url: str, *, at_once: bool = False) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=4, max_overflow=0, pool_timeout=BUSY_SECONDS,
                                 hide_parameters=True)
    _prepare(engine, read_only=True, at_once=at_once)

    @event.listens_for(engine.sync_engine, "begin")
    def _deferred(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _prepare(engine: AsyncEngine, *, read_only: bool, at_once: bool = False) -> None:
    sqlite.hasten(engine.sync_engine, at_once=at_once)

    @event.listens_for(engine.sync_engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGINs stay away; ours come from the events above
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-65536",
            "temp_store=MEMORY",
            f"wal_autocheckpoint={sqlite.LONGEST_LOG}",
            *(["query_only=ON"] if read_only else []),
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _postgresql(url: str) -> AsyncEngine:
    return create_async_engine(url, pool_size=10, max_overflow=5, pool_timeout=BUSY_SECONDS, pool_pre_ping=True,
                               hide_parameters=True, connect_args=_connected())


def _postgresql_glancer(url: str) -> AsyncEngine:
    """A few connections of their own, for single statements."""
    engine = create_async_engine(url, pool_size=5, max_overflow=0, pool_timeout=BUSY_SECONDS, hide_parameters=True,
                                 connect_args=_connected())
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _connected() -> dict[str, Any]:
    return {"server_settings": {"idle_in_transaction_session_timeout": f"{SILENT_SECONDS}s",
                                "tcp_keepalives_idle": f"{SILENT_SECONDS}s"}}
