"""An uploaded list until it is decided: sealed, its author's only, forgotten then; who did what is written down."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app import clock, rounds
from app.audience import filters, lists
from app.audience.lists import PeopleList
from app.audience.matches import Row
from app.errors import NotFound, Refused
from app.staff.accounts import Officer
from app.staff.audit import Audit
from tests.residents.lists import text
from tests.stories.acts import LI, STRANGER, WANG
from tests.village import Village

CAMPAIGN = 7


async def _brought(village: Village, *rows: list[Any], by: Officer | None = None) -> PeopleList:
    outcome = await lists.read(village.database, text(["姓名", "手机"], *rows), area=village.area)
    async with village.database.session() as db:
        return await lists.keep(db, outcome, campaign_id=CAMPAIGN, area=village.area, name="名单.csv",
                                by=by or village.boss)


async def _load(village: Village, kept: PeopleList, *, by: Officer | None = None,
                campaign_id: int = CAMPAIGN) -> list[Row]:
    return (await lists.load(village.database, kept.id, campaign_id=campaign_id, by=by or village.boss))[1]


async def _kept(village: Village) -> int:
    async with village.database.reading() as db:
        return await db.scalar(select(func.count(PeopleList.id))) or 0


async def test_what_was_read_comes_back_and_only_to_its_author(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG)
    kept = await _brought(village, ["王秀兰", WANG], ["孙一", STRANGER], ["李建国", "12"])
    rows = await _load(village, kept)
    assert [(row.number, row.kind, row.people) for row in rows] == [
        (2, "matched", [wang.id]), (3, "unknown", []), (4, "unusable", [])]
    with pytest.raises(NotFound):
        await _load(village, kept, by=village.second)
    with pytest.raises(NotFound):
        await _load(village, kept, campaign_id=CAMPAIGN + 1)


async def test_the_database_holds_nobodys_name_or_number(village: Village) -> None:
    await _brought(village, ["孙一", STRANGER])
    async with village.database.reading() as db:
        content = await db.scalar(select(PeopleList.content)) or b""
        details = str(list(await db.scalars(select(Audit.detail))))
    for secret in ("孙一", STRANGER):
        assert secret.encode() not in content
        assert secret not in details


async def test_a_list_is_used_once_and_then_forgotten(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG)
    kept = await _brought(village, ["王秀兰", WANG])
    async with village.database.session() as db:
        await lists.use(db, kept, (wang.id,), by=village.boss)
    assert await _kept(village) == 0
    with pytest.raises(NotFound):
        async with village.database.session() as db:
            await lists.use(db, kept, (wang.id,), by=village.boss)


async def test_nobody_chosen_is_refused_and_the_list_stays(village: Village) -> None:
    kept = await _brought(village, ["孙一", STRANGER])
    with pytest.raises(Refused, match="Nobody is chosen"):
        async with village.database.session() as db:
            await lists.use(db, kept, (), by=village.boss)
    assert await _kept(village) == 1


async def test_whatever_is_done_with_a_list_is_written_down_with_counts(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG)
    kept, other = [await _brought(village, ["王秀兰", WANG], ["孙一", STRANGER]) for _ in range(2)]
    async with village.database.session() as db:
        await lists.take_out(db, kept, lists.unknown(await _load(village, other)), by=village.boss)
        await lists.use(db, kept, (wang.id,), by=village.boss)
        await lists.drop(db, other, by=village.boss)
    async with village.database.reading() as db:
        done = [(row.verb, row.detail) for row in await db.scalars(
            select(Audit).where(Audit.subject == "audience_list").order_by(Audit.id))]
    assert done == [("upload_list", {"campaign": CAMPAIGN, "rows": 2, "matched": 1, "unknown": 1})] * 2 + [
        ("download_unknown", {"campaign": CAMPAIGN, "rows": 1}), ("use_list", {"campaign": CAMPAIGN, "people": 1}),
        ("drop_list", {"campaign": CAMPAIGN})]


async def test_a_list_that_nobody_decides_is_gone_after_a_day(village: Village) -> None:
    kept = await _brought(village, ["孙一", STRANGER])
    clock.turn(clock.now() + lists.KEPT - timedelta(minutes=1))
    await rounds.go(village.database)
    assert len(await _load(village, kept)) == 1
    clock.turn(clock.now() + timedelta(minutes=2))
    with pytest.raises(NotFound):
        await _load(village, kept)
    await rounds.go(village.database)
    assert await _kept(village) == 0


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_who_is_not_registered_comes_back_as_the_import_reads_it(village: Village) -> None:
    await village.neighbour("李建国", LI)
    kept = await _brought(village, ["+孙一", STRANGER], ["李建国", "14200000008"], ["李建国", LI])
    sheet = load_workbook(BytesIO(lists.workbook(lists.unknown(await _load(village, kept))))).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet] == [
        ["姓名", "手机", "身份证号", "原文件行号"], ["+孙一", STRANGER, None, 2], ["李建国", "14200000008", None, 3]]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_an_empty_list_and_a_longer_one_are_refused(village: Village) -> None:
    with pytest.raises(Refused, match="nobody on this list"):
        await _brought(village)
    with pytest.raises(Refused, match="at the most") as refused:
        await _brought(village, *([f"王{number}", 14200000000 + number] for number in range(filters.LONGEST_LIST + 1)))
    assert refused.value.values == {"most": 50_000}
    assert await _kept(village) == 0


async def test_a_building_head_brings_no_lists(village: Village) -> None:
    head = Officer(id=village.boss.id, role="head", area_id=village.building.id)
    with pytest.raises(Refused, match="role"):
        await _brought(village, ["孙一", STRANGER], by=head)
