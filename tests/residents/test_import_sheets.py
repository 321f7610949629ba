"""Files as a whole: headings wherever they stand, every encoding, and everything that is no list."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import i18n
from app.errors import Refused
from app.residents.imports import columns, sheets
from tests.residents.lists import text, workbook

PEOPLE = [["姓名", "手机"], ["张三", "14200000001"], ["李四", "14200000002"]]


def _why(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        list(sheets.read(data).rows())
    with i18n.speaking("en"):
        return i18n.why(refused.value)


def _rows(data: bytes) -> list[tuple[int, list[Any]]]:
    return list(sheets.read(data).rows())


def _with_sheet(xml: bytes, **parts: bytes) -> bytes:
    """A workbook whose only sheet is this XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(*PEOPLE))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, xml if name == "xl/worksheets/sheet1.xml" else old.read(name)))
    return out.getvalue()


def _cells(*cells: str) -> bytes:
    return ('<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f"<sheetData>{''.join(cells)}</sheetData></worksheet>").encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_a_text_file_is_read_in_every_usual_encoding(encoding: str) -> None:
    assert _rows(text(*PEOPLE, encoding=encoding)) == [(2, PEOPLE[1]), (3, PEOPLE[2])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_text_file_is_read_whatever_stands_between_its_cells(delimiter: str) -> None:
    assert _rows(text(*PEOPLE, delimiter=delimiter))[0] == (2, PEOPLE[1])


def test_rows_above_the_headings_are_skipped_and_numbers_stay_those_of_excel() -> None:
    titled = [["青龙泉社区居民名单"], [], ["填表人", "王"], *PEOPLE]
    for data in (workbook(*titled), text(*titled)):
        found = sheets.read(data)
        assert found.columns.row == 3
        assert [number for number, _cells in found.rows()] == [5, 6]


def test_a_list_that_does_not_begin_in_the_first_column_keeps_its_letters() -> None:
    found = sheets.read(workbook([], ["", "", "姓名", "备注", "手机"], ["", "", "张三", "", 14200000001]))
    assert {name: columns.letter(at) for name, at in found.columns.where.items()} == {"name": "C", "phone": "E"}
    assert found.columns.unused == ("备注",)
    assert next(found.rows()) == (3, ["", "", "张三", "", 14200000001.0])


@pytest.mark.parametrize(("field", "headings"), [
    ("name", "姓名 名字 居民姓名 *姓名 姓名(必填) name Name"),
    ("sex", "性别 性别（男/女） sex Gender"),
    ("born_on", "出生日期 出生年月 生日 出生日期(年-月-日) birth_date"),
    ("id_number", "身份证号 身份证号码 公民身份号码 ID_number"),
    ("phone", "手机 手机号 联系电话 电话 手机： phone"),
    ("building", "楼栋 楼号 栋 building"), ("unit", "单元 unit"), ("room", "房号 室 门牌号 room"),
    ("household", "户号 户编号"), ("work_status", "就业状态 就业情况 工作状态 work_status"),
    ("skill", "技能 特长 技能/特长 skills"), ("wish", "求职意愿 意向 想干什么 wishes"),
    ("hardship", "困难类别 就业困难类型 帮扶类别"), ("consent", "同意短信 是否接收短信"), ("consent_on", "同意日期"),
    ("consent_source", "同意方式 同意来源"), ("limit", "不能干 限制"), ("origin", "原籍 迁出地"),
])
def test_the_headings_that_offices_use_are_known(field: str, headings: str) -> None:
    for heading in headings.split():
        top = [[heading, "序号"]] if field == "name" else [["姓名", heading]]
        found = columns.find(top)
        assert found is not None
        assert field in found.where, heading


def test_a_heading_may_be_broken_over_lines_and_columns_come_in_any_order() -> None:
    found = sheets.read(workbook(["联系\n电话", "姓 名", "与户主关系", " 出生\n日期 "], ["14200000001", "张三",
                        "户主", "1958-03-12"]))
    assert found.columns.where == {"phone": 0, "name": 1, "born_on": 3}
    assert found.columns.unused == ("与户主关系",)


def test_a_cell_merged_over_the_rows_of_a_household_holds_for_each_of_them() -> None:
    rows = _rows(workbook(["户号", "姓名"], [7, "张三"], ["", "李四"], [8, "王五"], merge="A2:A3"))
    assert [cells for _number, cells in rows] == [[7.0, "张三"], [7.0, "李四"], [8.0, "王五"]]


def test_a_cell_with_an_error_is_shown_and_not_taken_for_empty() -> None:
    xml = _cells('<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c>'
                 '<c r="B1" t="inlineStr"><is><t>手机</t></is></c>'
                 '</row>', '<row r="2"><c r="A2" t="inlineStr"><is><t>张三</t></is></c>'
                 '<c r="B2" t="e"><f>VLOOKUP(1,A:B,2)</f><v>#N/A</v></c></row>')
    assert _rows(_with_sheet(xml)) == [(2, ["张三", "#N/A"])]


@pytest.mark.parametrize(("data", "says"), [
    (b"", "empty"), (b"  \n ", "empty"), (workbook(), "empty"), (workbook(["张三", "男"], ["李四", "女"]),
     "No row with headings"),
    (text(["张三", "男"]), "No row with headings"), (workbook(["手机", "性别"], ["14200000001", "男"]),
     "no column for the name"),
    (workbook([f"列{number}" for number in range(200)], list(range(200))), "No row with headings"),
    (workbook(["姓名", "手机", "联系电话"]), "Columns B 手机 and C 联系电话 both give the phone"),
    (b"PK\x03\x04 and then nothing", "damaged"), (workbook(*PEOPLE)[:3000], "damaged"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000, "old Excel file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
    (b"%PDF-1.7\n", "neither"), (b"\x7fELF\x02" + b"\0" * 400, "neither"), (b'\xef\xbb\xbf"' + b"a" * 200_000,
     "quotation mark"),
    (workbook(*PEOPLE, sheets=("1栋", "2栋")), "several sheets of this workbook: 1栋、2栋"),
    (b"a" * (sheets.MOST_BYTES + 1), "larger than 40 MB"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_no_list_is_refused_in_a_sentence(data: bytes, says: str) -> None:
    assert says in _why(data)


def test_other_packages_are_told_from_workbooks() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", "<w/>")
    assert "not an Excel workbook" in _why(out.getvalue())


@pytest.mark.parametrize("cell", ['<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
                                  "<row r='9'><c\tr='ZZZ9'><v>1</v></c></row>",
                                  '<row r="2"><c r="JA2"><v>1</v></c></row>'])
def test_a_single_cell_far_to_the_right_does_not_ask_for_all_the_memory(cell: str) -> None:
    assert "wider than 250 columns" in _why(_with_sheet(_cells(cell)))


@pytest.mark.parametrize("cell", ['<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
                                  '<row r="999999">\n <c><v>1</v></c></row>',
                                  '<row r="200001"><c r="B200001"><v>1</v></c></row>'])
def test_a_single_cell_far_down_does_not_ask_for_all_the_memory(cell: str) -> None:
    assert "more than 200000 rows" in _why(_with_sheet(_cells(cell)))


def test_formatted_empty_cells_far_away_do_no_harm() -> None:
    xml = _cells('<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>',
                 '<row r="2"><c r="A2" t="inlineStr"><is><t>张三</t></is></c></row>',
                 '<row r="1048576" s="1"><c r="A1048576" s="1"/><c r="XFD1048576" s="1"/></row>')
    assert _rows(_with_sheet(xml))[0] == (2, ["张三"])


def test_a_text_file_with_too_many_rows_is_refused() -> None:
    assert "more than 200000 rows" in _why("姓名\n".encode() + "张三\n".encode() * 200_001)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 5000), st.integers(0, 5000))
def test_no_bytes_break_anything(junk: bytes, start: int, length: int) -> None:
    """Junk, and a workbook with a piece of junk inside, are read or refused; nothing else happens."""
    good = workbook(*PEOPLE)
    for data in (junk, good[:start] + junk + good[start + length:]):
        try:
            rows = list(sheets.read(data).rows())
        except Refused as refused:
            rows = [refused]  # type: ignore[list-item]
        assert isinstance(rows, list)


def test_dates_come_as_dates() -> None:
    (_number, cells), = _rows(workbook(["姓名", "生日"], ["张三", date(1958, 3, 12)]))
    assert cells == ["张三", date(1958, 3, 12)]
