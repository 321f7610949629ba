"""Every benchmark works and says what it should; how fast it is, is for `make bench` to say."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import func, select

from app.sms.outbox import Message
from tests.bench import __main__ as bench
from tests.bench import connections, draining, house
from tests.bench.connections import BadAnswer
from tests.bench.house import House, Result
from tests.bench.measures import pages, phone, rush
from tests.bench.queued import Queue

ROWS = 1_000


@pytest.fixture
async def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setenv("BENCH_SECONDS", "0.5")
    monkeypatch.setattr(pages, "LISTINGS", (20, 200))
    for name, few in (("VISITS", 1), ("STAYS_SECONDS", 0), ("LATER_SECONDS", 0)):
        monkeypatch.setattr(phone, name, few)
    monkeypatch.setattr(rush, "PER_SECOND", 100)  # so few that some are answered in that time
    async with house.built("sqlite", ROWS, folder=tmp_path) as built:
        yield built


@pytest.mark.parametrize("module", bench.measures_for(""), ids=lambda module: module.__name__.rpartition(".")[2])
async def test_a_benchmark_finds_the_figures_that_it_names(small: House, module: ModuleType) -> None:
    results: list[Result] = await module.measure(small)
    assert {result.name for result in results} == set(module.NAMES)
    for result in results:
        assert set(asdict(result)) >= {"name", "engine", "rows", "value", "unit", "yardstick"}
        assert result.engine == "sqlite"
        assert result.rows in getattr(module, "LISTINGS", (ROWS,))
        # In so short a rush a busy machine answers nobody; how many it should, `make bench` says.
        assert result.value > 0 or (module is rush and result.value == 0)
        assert result.yardstick is None or result.yardstick > 0
        assert json.loads(json.dumps(asdict(result))) == asdict(result)


async def test_a_text_that_the_carrier_never_got_is_not_counted(small: House) -> None:
    queue = Queue(small, small.database, 10)
    await queue.open()
    await queue.fill_up()
    claimed = await draining.claim(queue, 10)
    await draining.write_down(queue, {row.id: f"k-{row.id}" for row in claimed})
    names = [f"k-{row.id}" for row in claimed]
    await queue.must_have_left(10, as_told=names)
    for invented in (names[1:], [*names, "k-0"], [*names[1:], "k-0"], [*names[1:], names[1]]):
        with pytest.raises(BadAnswer):
            await queue.must_have_left(10, as_told=invented)
    await queue.apply_receipts(names[1:])
    with pytest.raises(BadAnswer):
        await queue.must_have_arrived(10)
    await queue.close()
    async with small.database.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Message)) == ROWS


async def test_a_call_that_had_to_wait_for_its_turn_took_that_long() -> None:
    async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(0.05)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(slowly, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    calls = await connections.paced(port, [connections.get("/")] * 5, per_second=1_000, seconds=10, connections=1,
                                    go=partial(asyncio.sleep, 0))
    server.close()
    assert [call.seconds >= 0.05 * number - 0.005 for number, call in enumerate(calls, start=1)] == [True] * 5
    assert [round(call.sent_at - calls[0].sent_at, 4) for call in calls] == [0, 0.001, 0.002, 0.003, 0.004]


def test_bulk_that_leaves_before_an_answer_is_counted() -> None:
    ats = [datetime(2026, 11, 27, 8, 0, second, tzinfo=UTC) for second in range(6)]
    assert rush._between([1, 2, 3, 5, 6, 7], ats, ats[1], 4) == 2
    assert rush._between([1, 2, 3, 5, 6, 7], ats, ats[4], 4) == 0
    assert rush._between([1, 2, 3, 5, 6, 7], ats, ats[1], None) == 5  # it has not left yet


def test_one_figure_can_be_asked_for() -> None:
    assert [module.__name__ for module in bench.measures_for("receipts_per_second")] == [
        "tests.bench.measures.receipts"]
    assert bench.measures_for("no_such_figure") == []
    assert len(bench.names()) == len(set(bench.names()))


def test_the_table_says_how_a_figure_grows() -> None:
    few = Result("receipts_per_second", "sqlite", 10_000, 2_000.0, "receipts/s", 4_000.0)
    many = replace(few, rows=1_000_000, value=1_500.0)
    lines = [line.split() for line in bench.table([few, many]).splitlines()]
    assert lines[1] == ["receipts_per_second", "sqlite", "10,000", "2,000", "receipts/s", "4,000"]
    assert lines[2] == ["receipts_per_second", "sqlite", "1,000,000", "1,500", "receipts/s", "0.75", "4,000"]
