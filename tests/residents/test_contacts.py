"""A list that only says who is meant: found with headings and without, in any encoding; and what is no such list."""

from typing import Any

import pytest

from app import i18n
from app.errors import Refused
from app.residents import vault
from app.residents.imports import contacts
from tests.residents.lists import text, workbook

WANG, LI = "14200000001", "14200000002"
ID_NUMBER = "42038119680312004X"
KEYS = vault.with_key("a-data-key-for-tests-only")


def _read(data: bytes, most: int = 100) -> list[tuple[int, str, str]]:
    return [(one.row, one.name, one.phone) for one in contacts.read(data, KEYS, most=most)]


def _refusal(data: bytes, most: int = 100) -> str:
    with pytest.raises(Refused) as refused:
        contacts.read(data, KEYS, most=most)
    return i18n.why(refused.value)


@pytest.mark.parametrize("heading", ["手机", "电话", "联系电话（必填）", "手机号码", "Phone"])
def test_headings_tell_in_any_order_with_others_between(heading: str) -> None:
    data = workbook(["春季意向名单"], ["序号", heading, "备注", "姓名"], [1, WANG, "要车", "王秀兰"],
                    [2, LI, "", "李建国"])
    assert _read(data) == [(3, "王秀兰", "+86" + WANG), (4, "李建国", "+86" + LI)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_in_the_encodings_of_offices(encoding: str) -> None:
    assert _read(text(["手机", "姓名"], [WANG, "王秀兰"], encoding=encoding)) == [(2, "王秀兰", "+86" + WANG)]


@pytest.mark.parametrize(("rows", "found"), [
    ([[WANG], [LI]], [(1, "", "+86" + WANG), (2, "", "+86" + LI)]),
    ([["号码"], [WANG], [LI], [LI]], [(1, "", ""), (2, "", "+86" + WANG), (3, "", "+86" + LI), (4, "", "+86" + LI)]),
    ([["王秀兰", "1栋", WANG], ["李建国", "2栋", LI]], [(1, "王秀兰", "+86" + WANG), (2, "李建国", "+86" + LI)]),
    ([["１４２０００００００１"], ["142-0000-0002"]], [(1, "", "+86" + WANG), (2, "", "+86" + LI)]),
])
def test_without_headings_the_cells_tell(rows: list[list[str]], found: list[tuple[int, str, str]]) -> None:
    assert _read(text(*rows)) == found


def test_numbers_that_excel_keeps_as_numbers() -> None:
    assert _read(workbook(["手机"], [14200000001], [14200000002.0], ["'14200000003"])) == [
        (2, "", "+86" + WANG), (3, "", "+86" + LI), (4, "", "+8614200000003")]


def test_an_id_number_is_read_and_one_that_does_not_check_is_said() -> None:
    data = text(["姓名", "身份证"], ["王秀兰", ID_NUMBER], ["李建国", ID_NUMBER[:-1] + "1"])
    first, second = contacts.read(data, KEYS, most=9)
    assert (first.id_number, first.wrong) == (ID_NUMBER, "")
    assert second.id_number == ""
    assert "身份证" in i18n.say(second.wrong, **second.values)


@pytest.mark.parametrize(("cell", "says"), [
    ("1420", "11 位"), ("0700-7221234", "座机"), (f"{WANG}、{LI}", "几个"), ("#N/A", "#N/A")])
def test_a_number_that_cannot_be_read_is_said_and_the_row_stays(cell: str, says: str) -> None:
    [one] = contacts.read(text(["姓名", "手机"], ["王秀兰", cell]), KEYS, most=9)
    assert (one.row, one.name, one.phone) == (2, "王秀兰", "")
    assert says in i18n.say(one.wrong, **one.values)


def test_rows_that_say_nothing_are_no_people() -> None:
    assert _read(text(["姓名", "手机", "备注"], ["", "", "空"], ["王秀兰", WANG, ""], [" ", "", ""])) == [
        (3, "王秀兰", "+86" + WANG)]


def test_a_formula_counts_with_its_result_and_without_one_it_is_empty() -> None:
    assert _read(workbook(["姓名", "手机"], ["王秀兰", '=CONCATENATE("142","00000001")'])) == [(2, "王秀兰", "")]


@pytest.mark.parametrize(("data", "says"), [
    (b"", "空的"), (b"  \n", "空的"), (b"PK\x03\x04junk", "损坏"), (b"%PDF-1.7", "既不是"),
    (text(["姓名", "楼栋"], ["王秀兰", "1栋"]), "没有找到手机号或身份证号的列"),
    (text(["没有", "号码"], ["的", "文件"]), "没有找到手机号或身份证号的列"),
    (text(["手机", "联系电话"], [WANG, LI]), "手机"),
    (workbook(["手机"], [WANG], sheets=("一月", "二月")), "一月、二月"),  # the moment it is made at stands in it
], ids=["empty", "blank", "damaged", "no_table", "no_numbers", "no_heads", "two_of_a_kind", "two_sheets"])
def test_what_is_no_such_list_gets_a_sentence(data: bytes, says: str) -> None:
    assert says in _refusal(data)


def test_a_list_may_have_so_many_people_and_not_one_more() -> None:
    rows: list[Any] = [[str(14200000000 + number)] for number in range(101)]
    assert len(_read(text(["手机"], *rows[:100], ["", ""]))) == 100
    assert _refusal(text(["手机"], *rows)) == "名单最多100人。"
