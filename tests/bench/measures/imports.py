"""How fast a list of residents is read and checked against the registry, and in how much memory.

It is done by a process of its own, so that the memory is the import's alone.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from tests.bench.house import House, Result
from tests.residents import big_file

NAMES = ("import_rows_per_second",)
ROWS, SECONDS = 100_000, 300


async def measure(house: House) -> list[Result]:
    rows = min(ROWS, house.rows * 10)
    path = house.folder / f"list-{rows}.xlsx"
    if not path.exists():
        big_file.write(path, rows)
    found = await _in_a_process(path, house.settings.database_url)
    return [house.result(
        "import_rows_per_second", found["rows"] / found["seconds"], "rows/s",
        yardstick=found["rows"] / found["bare_seconds"],
        note=f"{found['rows']:,} rows in {found['seconds']:.1f} s, {found['rows'] / found['cpu_seconds']:,.0f} per CPU "
             f"second; peak memory {found['peak_mb']:,.0f} MB, {found['start_mb']:,.0f} MB of it before the first row; "
             f"{found['new']:,} new, {found['changed']:,} changed, {found['refused']:,} refused")]


async def _in_a_process(path: Path, url: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.checking", str(path), url, cwd=Path(__file__).parents[3],
        stdout=asyncio.subprocess.PIPE)
    try:
        out, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise RuntimeError(f"checking the list ended with status {process.returncode}")
    found: dict[str, Any] = json.loads(out)
    return found
