import asyncio
import json
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import select

from app.db import Database
from app.sms import outbox
from app.sms.outbox import Message, Purpose, Status
from tests.conftest import PLAIN
from tests.patience import PATIENCE_SECONDS


def test_work_drains_the_outbox_until_it_is_told_to_stop(start: Callable[..., "subprocess.Popen[str]"],
                                                         database_url: str) -> None:
    worker = start("work", DATABASE_URL=database_url)
    status = asyncio.run(_send(database_url))
    assert status in (Status.ACCEPTED, Status.DELIVERED)
    worker.send_signal(signal.SIGTERM)
    said, complaints = worker.communicate(timeout=PATIENCE_SECONDS)
    assert (worker.returncode, said, complaints) == (0, "", "")


@pytest.mark.parametrize("engine", ["sqlite"])
def test_health_and_metrics_of_a_process_without_pages_are_served_where_it_is_told(
        start: Callable[..., "subprocess.Popen[str]"], database_url: str) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    worker = start("work", DATABASE_URL=database_url, METRICS_PORT=str(port), LOG_FORMAT="json")
    said = _asked(f"http://127.0.0.1:{port}/metrics")
    assert 'doorstep_loop_silent{loop="drain"} 0.0' in said.text
    assert httpx.get(f"http://127.0.0.1:{port}/health/ready").json() == {"status": "ready"}
    assert httpx.get(f"http://127.0.0.1:{port}/office/login").status_code == 404
    second = start("work", DATABASE_URL=database_url, METRICS_PORT=str(port))
    assert second.communicate(timeout=PATIENCE_SECONDS) == ("", f"METRICS_PORT={port}: somebody else listens there\n")
    with sqlite3.connect(database_url.removeprefix("sqlite+aiosqlite:///")) as db:
        db.execute("DROP TABLE inbound")
    while 'loop_failures_total{loop="answer"}' not in _asked(f"http://127.0.0.1:{port}/metrics").text:
        time.sleep(0.1)
    worker.send_signal(signal.SIGTERM)
    printed, complaints = worker.communicate(timeout=PATIENCE_SECONDS)
    assert (worker.returncode, printed) == (0, "")
    lines = [json.loads(line) for line in complaints.splitlines()]
    assert {line["event"] for line in lines} == {"answering failed"}
    assert lines[0]["error"] == ["OperationalError"]


def _asked(address: str) -> httpx.Response:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return httpx.get(address)
        except httpx.HTTPError:
            assert time.monotonic() < until
            time.sleep(0.1)


async def _send(url: str) -> str:
    """Write a text down, and wait for it to leave."""
    database = Database(replace(PLAIN, database_url=url))
    async with database.session() as db:
        await outbox.queue(db, to="+8614200000001", text="您好", purpose=Purpose.ANSWER)
    until = time.monotonic() + PATIENCE_SECONDS
    status = str(Status.QUEUED)
    while status in (Status.QUEUED, Status.SENDING) and time.monotonic() < until:
        await asyncio.sleep(0.1)
        async with database.reading() as db:
            status = (await db.scalars(select(Message.status))).one()
    await database.close()
    return status
