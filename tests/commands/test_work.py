import asyncio
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select

from app.db import Database
from app.sms import outbox
from app.sms.outbox import Message, Purpose, Status
from tests.conftest import PLAIN


def test_work_drains_the_outbox_until_it_is_told_to_stop(start: Callable[..., "subprocess.Popen[str]"],
                                                         database_url: str) -> None:
    worker = start("work", DATABASE_URL=database_url)
    status = asyncio.run(_send(database_url))
    assert status in (Status.ACCEPTED, Status.DELIVERED)
    worker.send_signal(signal.SIGTERM)
    said, complaints = worker.communicate(timeout=30)
    assert (worker.returncode, said, complaints) == (0, "", "")


async def _send(url: str) -> str:
    """Write a text down, and wait for it to leave."""
    database = Database(replace(PLAIN, database_url=url))
    async with database.session() as db:
        await outbox.queue(db, to="+8614200000001", text="您好", purpose=Purpose.ANSWER)
    until = time.monotonic() + 30
    status = str(Status.QUEUED)
    while status in (Status.QUEUED, Status.SENDING) and time.monotonic() < until:
        await asyncio.sleep(0.1)
        async with database.reading() as db:
            status = (await db.scalars(select(Message.status))).one()
    await database.close()
    return status
