"""Reads and checks one list, alone in its process, and prints what that took as JSON."""

import asyncio
import json
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineWorkbook

from app.db import Database
from app.org import areas
from app.residents.imports import check
from app.staff import accounts
from tests.bench import memory
from tests.bench.house import timed
from tests.conftest import PLAIN


async def main(data: bytes, url: str) -> dict[str, float]:
    database = Database(replace(PLAIN, database_url=url))
    async with database.reading() as db:
        area = await areas.by_code(db, "bench")
        officer = await accounts.by_username(db, "boss-bench")
        assert area
        assert officer
        start_mb = memory.peak_mb()
        with timed() as watch:
            report = await check.check(database, data, area=area, by=officer)
    await database.close()
    peak_mb = memory.peak_mb()
    with timed() as bare:  # the yardstick: the cells alone, read and thrown away
        for _row in CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).iter_rows():
            pass
    return {**report.counts, "seconds": watch.seconds, "cpu_seconds": watch.cpu_seconds, "start_mb": start_mb,
            "peak_mb": peak_mb, "bare_seconds": bare.seconds}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(Path(sys.argv[1]).read_bytes(), sys.argv[2]))))
