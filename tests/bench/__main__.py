"""`make bench`: every benchmark on both engines at three sizes; prints one table and writes var/bench.json."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

from app import folders
from tests import postgresql
from tests.bench import house, measures
from tests.bench.house import House, Result

ROWS = (10_000, 100_000, 1_000_000)
ENGINES = ("sqlite", "postgresql")
FILE = Path("var/bench.json")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("name", nargs="?", default="", help="one figure, or one file of tests/bench/measures")
    parser.add_argument("--only", default="", metavar="NAME", help="the same")
    arguments = parser.parse_args()
    only = arguments.only or arguments.name
    chosen = measures_for(only)
    if not chosen:
        print(f"There is no benchmark {only}; there are: {', '.join(names())}", file=sys.stderr)
        return 2
    results, failed = asyncio.run(_run(chosen, only if only in names() else ""))
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps([asdict(result) for result in results], ensure_ascii=False, indent=1) + "\n")
    print(table(results))
    if failed:
        print("\nFailed: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def measures_for(only: str) -> list[ModuleType]:
    """All of them, or the one that finds this figure or has this name."""
    found = folders.modules_in(measures)
    return [module for module in found if not only or only in module.NAMES or module.__name__.endswith(f".{only}")]


def names() -> list[str]:
    return [name for module in folders.modules_in(measures) for name in module.NAMES]


async def _run(chosen: list[ModuleType], only: str) -> tuple[list[Result], list[str]]:
    """Every measure in every house; one that fails does not take the others along."""
    results: list[Result] = []
    failed: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="doorstep-bench-")))
        engines = _words("BENCH_ENGINES", ENGINES)
        server = stack.enter_context(postgresql.running(durable=True)) if "postgresql" in engines else ""
        sizes = [int(rows) for rows in _words("BENCH_ROWS", [str(rows) for rows in ROWS])]
        for engine in engines:
            for rows in sizes:
                first = engine == engines[0] and rows == sizes[0]
                _say(f"{engine}, {rows:,} rows: filling the tables")
                async with house.built(engine, rows, folder=folder, server=server, first=first) as built:
                    for module in chosen:
                        results += [one for one in await _measure(built, module, failed) if only in ("", one.name)]
    return results, failed


async def _measure(built: House, module: ModuleType, failed: list[str]) -> list[Result]:
    name = module.__name__.rpartition(".")[2]
    _say(f"{built.engine}, {built.rows:,} rows: {name}")
    try:
        results: list[Result] = await module.measure(built)
    except Exception:
        traceback.print_exc()
        failed.append(f"{name} on {built.engine} at {built.rows:,} rows")
        return []
    return results


def table(results: Sequence[Result]) -> str:
    """Grouped by figure; `×` is how each compares with the one at the fewest rows."""
    order = {name: place for place, name in enumerate(names())}
    lines = [("figure", "engine", "rows", "value", "unit", "×", "yardstick", "")]
    for one in sorted(results, key=lambda one: order.get(one.name, 0)):
        same = [other for other in results if (other.name, other.engine) == (one.name, one.engine)]
        grown = f"{one.value / same[0].value:.2f}" if one.rows > same[0].rows and same[0].value else ""
        lines.append((one.name, one.engine, f"{one.rows:,}", _number(one.value), one.unit, grown,
                      "" if one.yardstick is None else _number(one.yardstick), one.note))
    widths = [max(len(line[column]) for line in lines) for column in range(7)]
    return "\n".join("  ".join([line[0].ljust(widths[0]), line[1].ljust(widths[1]), line[2].rjust(widths[2]),
                                line[3].rjust(widths[3]), line[4].ljust(widths[4]), line[5].rjust(widths[5]),
                                line[6].rjust(widths[6]), line[7]]).rstrip() for line in lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"


def _words(name: str, default: Sequence[str]) -> list[str]:
    """A list from the environment, such as BENCH_ROWS=10000,100000."""
    return os.environ.get(name, "").replace(",", " ").split() or list(default)


_started = time.monotonic()


def _say(what: str) -> None:
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"[{time.monotonic() - _started:4.0f} s{load}] {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
