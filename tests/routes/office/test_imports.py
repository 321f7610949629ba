"""Importing a list at the desk: upload, look, put right, apply."""

import asyncio
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import event, func, select

from app import clock
from app.residents.imports import threads
from app.residents.imports.files import ImportFile
from app.residents.residents import Resident
from app.staff.accounts import Officer
from tests.residents.lists import text, workbook
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
HEADINGS = ["姓名", "手机", "生日", "楼栋"]


async def _upload(desk: Desk, data: bytes, *, name: str = "名单.xlsx", area: str = "demo") -> str:
    page = await desk.open("/office/import")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page)
    assert token, page
    answer = await desk.client.post("/office/import", data={"_csrf_token": token[1], "area": area},
                                    files={"file": (name, data)}, follow_redirects=False)
    return await desk._follow(answer, "/office/import")


async def test_a_list_is_looked_at_and_then_applied(desk: Desk, village: Village) -> None:
    page = await _upload(desk, workbook(["名单"], HEADINGS, ["张三", 14200000001, "1958-03-12", "1栋"],
                                        ["李四", 14200000002, "1960-01-01", 1]))
    assert "名单.xlsx" in page
    assert "<b>2</b><span>新增的人" in page
    assert await rows(village.database, select(Resident.name)) == []
    page = await desk.send(desk.path + "/apply")
    assert "已导入 2 行：新增 2 人" in page
    assert await rows(village.database, select(Resident.name).order_by(Resident.id)) == ["张三", "李四"]
    assert await rows(village.database, select(func.count(ImportFile.id))) == [0]


async def test_bad_cells_are_named_and_come_back_as_a_workbook(desk: Desk, village: Village) -> None:
    from openpyxl import load_workbook

    page = await _upload(desk, text(HEADINGS, ["张三", "1420", "1958-03-12", "9栋"], ["李四", "14200000002", "", ""]))
    assert "第 2 行 B 列 · 手机" in page
    assert "手机号应为 11 位，这里是 4 位。" in page
    assert "青龙泉社区没有“9栋”这栋楼" in page
    assert "导入这份名单" not in page
    answer = await desk.client.get(desk.path + "/bad-rows")
    made = load_workbook(BytesIO(answer.content)).active
    assert made is not None
    assert [row[0] for row in made.iter_rows(values_only=True)] == ["姓名", "张三"]
    await desk.send(desk.path + "/apply")
    assert desk.status == 409
    assert await rows(village.database, select(Resident.name)) == []


async def test_what_would_change_is_shown_with_phones_masked(desk: Desk, village: Village) -> None:
    await village.neighbour("张三", "14200000001")
    page = await _upload(desk, text(["姓名", "手机", "生日", "就业状态"], ["张三", "14200000001", "1968-03-12",
                         "务农"],
                                    ["张三", "14200000001", "1968-03-12", "务农"]))
    assert '就业状态: <span class="soft">找工作' in page or "就业状态" in page
    assert "和第 2 行是同一个人" in page
    assert "14200000001" not in page
    await desk.send(desk.path + "/apply")
    assert await rows(village.database, select(Resident.work_status)) == ["farming"]


@pytest.mark.parametrize(("data", "says"), [
    (b"", "这个文件是空的"), (b"PK\x03\x04junk", "工作簿已损坏"), (text(["张三", "李四"]), "没有找到表头"),
    (text(["手机", "生日"], ["1", "2"]), "没有“姓名”这一列"),
])
async def test_what_is_no_list_gets_a_sentence(desk: Desk, village: Village, data: bytes, says: str) -> None:
    page = await _upload(desk, data)
    assert desk.status == 409
    assert says in page
    assert await rows(village.database, select(Resident.name)) == []


async def test_no_file_chosen_is_said(desk: Desk, village: Village) -> None:
    await desk.open("/office/import")
    assert "请选择一个文件" in await desk.send("/office/import", area="demo")
    assert desk.status == 409


async def test_the_upload_is_kept_encrypted_and_opens_to_its_officer_only(
        desk: Desk, village: Village, clerk: Officer) -> None:
    await _upload(desk, text(HEADINGS, ["张三", "14200000001", "1958-03-12", "1栋"]))
    (content,) = await rows(village.database, select(ImportFile.content))
    assert b"1420000" not in content
    path = desk.path
    await desk.log_in(clerk.username)
    for address in (path, path + "/bad-rows"):
        await desk.open(address)
        assert desk.status == 404
    await desk.open("/office/import")
    await desk.send(path + "/apply")
    assert desk.status == 404
    assert await rows(village.database, select(Resident.name)) == []


async def test_a_list_is_applied_once(desk: Desk, village: Village) -> None:
    await _upload(desk, text(HEADINGS, ["张三", "14200000001", "1958-03-12", "1栋"]))
    path = desk.path
    await desk.send(path + "/apply")
    await desk.open("/office/import")
    await desk.send(path + "/apply")
    assert desk.status == 404
    assert await rows(village.database, select(Resident.name)) == ["张三"]


async def test_an_upload_is_gone_after_a_day(desk: Desk, village: Village) -> None:
    from datetime import timedelta

    await _upload(desk, text(HEADINGS, ["张三", "14200000001", "1958-03-12", "1栋"]))
    path = desk.path
    clock.turn(clock.now() + timedelta(hours=25))
    await desk.log_in(village.boss.username)
    await desk.open(path)
    assert desk.status == 404
    await _upload(desk, text(HEADINGS, ["李四", "14200000002", "1958-03-12", "1栋"]))
    assert await rows(village.database, select(func.count(ImportFile.id))) == [1]


async def test_an_area_out_of_reach_does_not_exist(desk: Desk, village: Village, elsewhere: Village) -> None:
    await _upload(desk, text(HEADINGS, ["张三", "14200000001", "", ""]), area="far")
    assert desk.status == 404


async def test_a_building_head_may_not_import(desk: Desk, village: Village, head: Officer) -> None:
    await desk.log_in(head.username)
    await desk.open("/office/import")
    assert desk.status == 403


async def test_a_file_that_is_too_large_is_not_read_to_its_end(desk: Desk, village: Village) -> None:
    await _upload(desk, b"x" * (300 * 1024), name="名单.csv")  # larger than every other form
    assert desk.status == 409  # read, and found to be no list
    await _upload(desk, b"x" * (42 * 1024 * 1024), name="名单.csv")
    assert desk.status == 413


async def test_whoever_may_not_import_is_sent_away_before_the_body_is_read(desk: Desk, village: Village) -> None:
    desk.client.cookies.delete("staff")
    answer = await desk.client.post("/office/import", content=b"x" * 1024 * 1024, follow_redirects=False, headers={
        "Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/office/login")  # not: the form's token is wrong


async def test_a_long_check_holds_no_connection(desk: Desk, village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    owners: dict[Any, Any] = {}  # the inbox, which looks every half second, has connections of its own
    held: list[int] = []

    def taken(_connection: Any, record: Any, _proxy: Any) -> None:
        owners[record] = asyncio.current_task()

    def given_back(_connection: Any, record: Any) -> None:
        owners.pop(record, None)

    async def slowly(function: Callable[..., Any], *arguments: Any) -> Any:
        held.append(list(owners.values()).count(asyncio.current_task()))
        return function(*arguments)

    monkeypatch.setattr(threads, "run", slowly)
    pool = desk.client.app.state.database.reader.pool
    event.listen(pool, "checkout", taken)
    event.listen(pool, "checkin", given_back)
    await _upload(desk, text(HEADINGS, ["张三", "14200000001", "1958-03-12", "9栋"]))
    await desk.client.get(desk.path + "/bad-rows")
    await desk.send(desk.path + "/apply")
    assert len(held) >= 6
    assert set(held) == {0}
