"""Whatever is asked every few seconds is answered by an index, also where there are a million texts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event, text

from app import clock
from app.db import Database
from app.sms import receipts
from app.sms.batches import State
from app.sms.gateways.base import Report
from app.sms.outbox import Attempt, Purpose
from app.watch import figures, lately, stalls
from tests.stories.acts import turn
from tests.village import Village
from tests.watch.acts import NOON, batch, waits

SMALL = ("batch", "area", "gateway")  # a few thousand rows at the most


@contextmanager
def _noted(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is run meanwhile, with its values."""
    said: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        said.append((statement, values))

    event.listen(database.reader.sync_engine, "before_cursor_execute", note)
    yield said
    event.remove(database.reader.sync_engine, "before_cursor_execute", note)


async def _plans(database: Database, said: list[tuple[str, Any]]) -> list[str]:
    """How the database would go about each of them, where walking through a whole table is the last resort."""
    found = []
    async with database.reader.connect() as connection:
        if not database.settings.is_sqlite:
            await connection.execute(text("SET enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN " if database.settings.is_sqlite else "EXPLAIN "
        for statement, values in said:
            if statement.startswith("SELECT"):
                rows = await connection.exec_driver_sql(explain + statement, values)
                found.append(statement + "\n" + "\n".join(str(row) for row in rows))
    return found


async def _everything(village: Village) -> None:
    """Something of each kind, so that no question is left out."""
    turn(NOON)
    async with village.database.session() as db:
        paused = await batch(db, village, state=State.PAUSED)
        resumed = await batch(db, village, resumed_at=clock.now())
        for one in (paused, resumed):
            await waits(db, Purpose.PUSH, minutes=9, batch_id=one.id)
        message = await waits(db, minutes=9, attempts=1)
        db.add(Attempt(message_id=message.id, number=1, at=clock.now() - timedelta(minutes=3), outcome="try_later"))
        await receipts.keep(db, "simulator", [Report("a", "delivered")])


async def test_no_question_walks_through_a_table(village: Village) -> None:
    await _everything(village)
    with _noted(village.database) as said:
        async with village.database.reading() as db:
            await figures.of(db)
            await stalls.current(db)
            await lately.errors(db, within=None)
    plans = await _plans(village.database, said)
    assert len(plans) > 10
    for plan in plans:
        for line in plan.partition("\n")[2].splitlines():
            walks = ("SCAN" in line and "INDEX" not in line) or "Seq Scan" in line
            assert not walks or any(f"SCAN {one}" in line or f"Seq Scan on {one}" in line for one in SMALL), plan
