"""What staff put right comes out as a file that the reader is judged by."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import Database
from app.desk import corrections
from app.desk.corrections import Choice
from app.sms.arrivals import Inbound
from tests.commands.conftest import Doorstep
from tests.conftest import PLAIN
from tests.village import settle


@pytest.mark.parametrize("engine", ["sqlite"])
def test_corrections_are_printed_for_the_reader(doorstep: Doorstep, database_url: str, folder: Path) -> None:
    asyncio.run(_put_right(database_url))
    said = doorstep("examples", "--by", "boss-demo", DATABASE_URL=database_url)
    assert (said.status, said.err) == (0, "")
    (folder / "examples.tsv").write_text(said.out, "utf-8")
    scored = doorstep("read", "--tsv", "examples.tsv")
    assert (scored.status, scored.err) == (0, "")
    [read] = map(json.loads, scored.out.splitlines())
    [header, example] = [line.split("\t") for line in said.out.splitlines()]
    wanted = dict(zip(header, example, strict=True))
    assert read["id"] == wanted["id"]
    assert wanted["intent"] == "COMPLAINT"
    assert isinstance(read["intent"], str)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_nobody_takes_them_without_a_name(doorstep: Doorstep, database_url: str) -> None:
    said = doorstep("examples", "--by", "nobody", DATABASE_URL=database_url)
    assert (said.status, said.out, said.err) == (1, "", "there is no officer nobody\n")


async def _put_right(url: str) -> None:
    database = Database(replace(PLAIN, database_url=url))
    village = await settle(database, "demo", "青龙泉社区")
    await village.neighbour("王桂香", "14200000001", agreed=True)
    await village.says("14200000001", "那个要带啥子不")
    async with database.session() as db:
        [text] = await db.scalars(select(Inbound))
        await corrections.correct(db, text, Choice("COMPLAINT"), by=village.boss)
    await database.close()
