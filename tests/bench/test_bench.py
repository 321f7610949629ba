"""Every benchmark works and says what it should; how fast it is, is for `make bench` to say."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from pathlib import Path
from types import ModuleType

import pytest

from tests.bench import __main__ as bench
from tests.bench import house
from tests.bench.house import House, Result

ROWS = 1_000


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[House]:
    async with house.built("sqlite", ROWS, folder=tmp_path) as built:
        yield built


@pytest.mark.parametrize("module", bench.measures_for(""), ids=lambda module: module.__name__.rpartition(".")[2])
async def test_a_benchmark_finds_the_figures_that_it_names(small: House, module: ModuleType) -> None:
    results: list[Result] = await module.measure(small)
    assert {result.name for result in results} == set(module.NAMES)
    for result in results:
        assert set(asdict(result)) >= {"name", "engine", "rows", "value", "unit", "yardstick"}
        assert (result.engine, result.rows) == ("sqlite", ROWS)
        assert result.value > 0
        assert result.yardstick is None or result.yardstick > 0
        assert json.loads(json.dumps(asdict(result))) == asdict(result)


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
