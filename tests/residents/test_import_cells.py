"""One cell of a list: dates, phones, names, buildings and words, as offices write them and as they go wrong."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import phones
from app.jobs.jobs import TRADES, Demand
from app.org.areas import Area, Level
from app.residents.hardship import HardshipCategory
from app.residents.imports import cells, damage, dates, doors, vocabulary
from app.residents.imports.bad import BadCell
from app.residents.imports.doors import Buildings
from app.residents.residents import WorkStatus

days = st.dates(date(1900, 3, 1), date(2025, 12, 31))


def _says(read: Callable[[Any], Any], value: object) -> str:
    with pytest.raises(BadCell) as bad:
        read(value)
    return bad.value.sentence.format(**bad.value.values)


def _read_or_say(read: Callable[[Any], Any], value: object) -> Any:
    """What the cell means, or the sentence that says why it cannot be taken."""
    try:
        return read(value)
    except BadCell as bad:
        return bad.sentence.format(**bad.values)


@given(days)
def test_a_day_is_read_in_every_usual_form(day: date) -> None:
    plain = f"{day.year}/{day.month}/{day.day}"
    serial = (day - date(1899, 12, 30)).days
    forms: list[object] = [
        day, datetime.combine(day, time(3, 4)), day.isoformat(), plain, plain.replace("/", "."), plain.replace("/",
                              "-"),
        f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", f"{day.year} 年 {day.month} 月 {day.day} 日",
        f"{day.isoformat()} 00:00:00", f"{day.isoformat()}T00:00:00", serial, float(serial),
        int(f"{day:%Y%m%d}"), float(f"{day:%Y%m%d}"), f"  {plain}  "]
    if serial >= 10_000:
        forms.append(str(serial))
    if not 1900 <= serial <= 2101:
        assert {dates.read(form) for form in forms} == {day}


@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.booleans(), st.timedeltas()))
def test_any_cell_is_a_day_that_can_be_or_refused_in_a_sentence(value: object) -> None:
    found = _read_or_say(dates.read, value)
    assert found.endswith(".") if isinstance(found, str) else date(1900, 1, 1) <= found <= date.today()


@pytest.mark.parametrize(("typed", "says"), [
    ("1958-02-30", "not a date"), ("1958-13-01", "not a date"), ("昨天", "not a date"), (0, "not a date"),
    (True, "not a date"), (timedelta(days=3), "not a date"), (float("nan"), "not a date"), ("农历三月十二",
     "not a date"),
    ("1958.03", "day is missing"), ("1958年3月", "day is missing"), ("195803", "day is missing"), (1958,
     "day is missing"),
    (1958.03, "day is missing"), (195803, "day is missing"), ("1958", "day is missing"),
    ("58-3-12", "which part"), ("12/3/1958", "which part"), ("2199-01-01", "future"), ("1850-01-01", "before 1900"),
])
def test_a_date_that_cannot_be_taken_says_why(typed: object, says: str) -> None:
    assert says in _says(dates.read, typed)


@given(st.integers(13_000_000_000, 19_999_999_999))
def test_a_phone_is_read_as_text_and_as_a_number(number: int) -> None:
    plain = str(number)
    expected = "+86" + plain
    for form in (plain, number, float(number), f"+86 {plain}", f"86{plain}", f"{plain[:3]}-{plain[3:7]}-{plain[7:]}",
                 f"{plain[:3]} {plain[3:7]} {plain[7:]}", f"'{plain}", f" {plain}\n"):
        assert cells.phone(form) == expected == phones.read(plain)


@given(st.one_of(st.text(max_size=40), st.floats(allow_nan=False, allow_infinity=False), st.integers()))
def test_any_cell_is_a_phone_or_refused_in_a_sentence(value: object) -> None:
    found = _read_or_say(cells.phone, value)
    assert found.startswith("+") or found.endswith(".")


@pytest.mark.parametrize(("typed", "says"), [
    ("14200000001/14200000002", "Several"), ("14200000001、14200000002", "Several"), ("14200000001 14200000002",
     "Several"),
    ("1420000000114200000002", "Several"), ("142-0000-0001,142-0000-0002", "Several"),
    ("14200000001(本人)14200000002(儿子)", "Several"),
    ("0719-8888888", "landline"), ("8888888", "landline"), ("1420000000", "this one has 10"),
    ("142000000011", "this one has 12"), ("1.42E+10", "rounded"), ("12000000001", "begin with 13 to 19"), ("没电话",
     "has 0"),
])
def test_a_phone_that_cannot_be_taken_says_why(typed: str, says: str) -> None:
    assert says in _says(cells.phone, typed)


def test_a_rounded_id_number_has_its_own_sentence() -> None:
    assert "Excel has rounded" in _says(cells.id_number, 4.2030419560101e17)
    assert "Excel has rounded" in _says(cells.id_number, 420304195601010000)
    assert cells.id_number("420304195601010005").born_on == date(1956, 1, 1)


@pytest.mark.parametrize(("typed", "name"), [
    ("张三", "张三"), (" 张  三 ", "张三"), ("买买提·艾力", "买买提·艾力"), ("José Müller", "José Müller"),
     ("張三丰", "張三丰"),
    ("A B", "A B"), ("\ufeff张三", "张三"), ("䶮", "䶮"), ("𠮷田", "𠮷田"),
])
def test_names_are_taken_as_they_are(typed: str, name: str) -> None:
    assert cells.name(typed) == name


@pytest.mark.parametrize(("typed", "sentence"), [
    ("張(zhāng)三", damage.GLOSS), ("张zhāng三", damage.GLOSS), ("张（zhang）三(san)", damage.GLOSS), ("zhāng张三",
     damage.GLOSS),
    ("张\ufffd", damage.BROKEN), ("张??", damage.BROKEN), ("?三", damage.BROKEN), ("张\ue123", damage.BROKEN),
     ("张\x03三", damage.BROKEN),
    ("锟斤拷", damage.MOJIBAKE), ("烫烫烫", damage.MOJIBAKE), ("寮犱笁", damage.MOJIBAKE), ("å¼\xa0ä¸‰",
     damage.MOJIBAKE),
    ("ÕÅÈý", damage.MOJIBAKE), ("Ã©lise", damage.MOJIBAKE), ("&#24352;三", damage.ESCAPED), ("\\u5f20三",
     damage.ESCAPED),
    ("#N/A", damage.EXCEL),
])
def test_damaged_text_is_named(typed: str, sentence: str) -> None:
    with pytest.raises(BadCell) as bad:
        cells.name(typed)
    assert bad.value.sentence == sentence


@given(st.text(st.characters(codec="gb2312", min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=8))
def test_chinese_that_lost_its_encoding_is_found(text: str) -> None:
    garbled = text.encode("utf-8").decode("latin-1")
    assert damage.found(garbled) is not None
    assert damage.found(text.encode("gb18030").decode("latin-1")) is not None
    assert damage.found(text.encode("utf-8")[:-1].decode("utf-8", "replace")) == damage.BROKEN


def test_everyday_chinese_is_whole() -> None:
    everyday = "王李张刘陈杨黄赵吴周明华芳丽军伟敏静强磊洋艳勇杰娟涛超秀霞平刚桂英文红玉兰春梅建国志成溪铺镇青龙泉社区"
    for first in everyday:
        for second in everyday:
            assert damage.found(first + second, name=True) is None
            assert damage.found(first + second + first) is None
    assert damage.found("电脑(word)、C1驾照，会开车；50%") is None


@pytest.mark.parametrize(("typed", "says"), [
    ("张三、李四", "Several names"), ("张三 14200000001", "digits in this name"), ("合计", "not a person"), ("123",
     "not a person"),
    ("张" * 41, "longer than 40"),
])
def test_what_is_no_name_says_why(typed: str, says: str) -> None:
    assert says in _says(cells.name, typed)


@pytest.fixture
def buildings() -> Buildings:
    area = Area(id=1, code="demo", name="青龙泉社区", level=Level.COMMUNITY, path="/1/")
    names = ["1栋", "2号楼", "3栋", "12栋", "A区1栋", "B区5栋", "C区5栋", "幸福楼"]
    return Buildings(area, [Area(id=number, code=f"b{number}", name=name, level=Level.BUILDING, path=f"/1/{number}/")
                            for number, name in enumerate(names, start=10)], prefixes=["青龙泉社区"])


@pytest.mark.parametrize(("typed", "found"), [
    ("3栋", 12), ("3号楼", 12), ("03", 12), ("3", 12), ("三栋", 12), ("3 栋", 12), ("３幢", 12), ("3#", 12),
     ("青龙泉社区3栋", 12),
    ("003号", 12), ("2", 11), ("十二号楼", 13), ("12", 13), ("A区1栋", 14), ("a区1号楼", 14), ("B区5", 15),
     ("幸福楼", 17), ("b12", 12),
    ("Building 3", 12),
])
def test_a_building_is_found_by_the_ways_in_which_people_write_it(buildings: Buildings, typed: str,
                                                                  found: int) -> None:
    assert buildings.find(typed) == found


def test_a_building_that_is_not_there_or_could_be_two_is_named(buildings: Buildings) -> None:
    assert "no building 99栋 in 青龙泉社区" in _says(buildings.find, "99栋")
    assert "Several buildings" in _says(buildings.find, "5栋")


@pytest.mark.parametrize(("typed", "door"), [
    ("3栋1单元502室", ("3", "1", "502")), ("3-1-502", ("3", "1", "502")), ("1单元502", ("", "1", "502")),
    ("A区3号楼二单元101", ("a区3", "二", "101")), ("502", None), ("502室", None),
])
def test_a_whole_door_in_one_cell_is_taken_apart(typed: str, door: tuple[str, str, str] | None) -> None:
    assert doors.whole(typed) == door


def test_units_and_rooms_lose_what_is_only_said() -> None:
    assert [doors.unit(said) for said in ("1单元", "一单元", "01", "1")] == ["1"] * 4
    assert [doors.room(said) for said in ("502室", "502", " 502 ")] == ["502"] * 3


def test_every_work_status_has_its_word_and_a_wrong_one_names_them_all() -> None:
    words = {"稳定就业", "灵活就业", "自主创业", "公益性岗位", "务农", "求职中", "暂无意愿", "无劳动能力", "在校",
             "参军", "超龄在业", "失联"}
    assert {vocabulary.status(word) for word in words} == {str(status) for status in WorkStatus} - {"unknown"}
    assert vocabulary.status("own business") == vocabulary.status("OWN_BUSINESS") == WorkStatus.OWN_BUSINESS
    sentence = _says(vocabulary.status, "躺平")
    assert all(word in sentence for word in words)


def test_categories_are_read_by_code_name_and_usual_words() -> None:
    listed = vocabulary.Categories([HardshipCategory(code=code, name=name, name_en="") for code, name in
                                    (("DL", "大龄"), ("DB", "低保"), ("XM", "刑满释放、戒毒康复"), ("CJ", "残疾"))])
    assert listed.read("DL") == listed.read("dl") == listed.read("大龄") == listed.read("大龄人员") == ("DL",)
    assert listed.read("低保户，残疾人 4050人员") == ("CJ", "DB", "DL")
    assert listed.read("刑满释放、戒毒康复") == listed.read("戒毒康复人员") == ("XM",)
    assert "富人 is not a word of this list. Allowed are: DL 大龄、DB 低保" in _says(listed.read, "低保、富人")


def test_limits_are_the_words_of_jobs_and_none_is_lost() -> None:
    said = "不能久站、重活，夜班；户外 远 全天 登高 不识字"
    assert set(vocabulary.limits(said)) == {str(demand) for demand in Demand}
    assert vocabulary.limits("不上夜班") == ("night",)
    assert "怕猫" in _says(vocabulary.limits, "夜班、怕猫")


def test_skills_become_the_plain_words_of_jobs_where_one_is_known() -> None:
    assert set(vocabulary.TRADES) == set(TRADES)
    assert vocabulary.trades("厨师，保安、开挖掘机") == ("做饭", "开挖掘机", "看门")
    assert vocabulary.trades("无") == ()


def test_yes_and_no_are_understood_and_nothing_else() -> None:
    assert all(cells.yes(said) for said in ("是", "同意", "Y", "√", True, 1.0))
    assert not any(cells.yes(said) for said in ("否", "不同意", "N", "×", False, 0))
    assert "Allowed are: 是、否" in _says(cells.yes, "也许")
