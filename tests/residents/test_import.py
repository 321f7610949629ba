"""A list against the registry: who is new, what changes, and that a bad row changes nothing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock, i18n
from app.errors import Refused
from app.org import areas
from app.org.areas import Level
from app.residents import vault
from app.residents.hardship import Hardship
from app.residents.households import Household
from app.residents.imports import apply, bad_rows, check, wording
from app.residents.imports.check import Report
from app.residents.residents import Resident, ResidentWord, WorkStatusChange
from app.sms import consent
from app.sms.consent import Consent, ConsentRecord
from app.staff.audit import Audit
from tests.residents import big_file
from tests.residents.lists import text, workbook
from tests.village import Village

ID = "420304195601010005"
OTHER_ID = "11010519491231002X"


async def _check(village: Village, data: bytes) -> Report:
    return await check.check(village.database, data, area=village.area, by=village.boss)


async def _import(village: Village, *rows: Sequence[Any]) -> Report:
    """Check these rows, the first being the headings, and write them."""
    report = await _check(village, text(*rows))
    async with village.database.session() as db:
        await apply.apply(db, report, area=village.area, by=village.boss)
    return report


async def _all(village: Village, table: Any, *order: Any) -> list[Any]:
    async with village.database.reading() as db:
        return list(await db.scalars(select(table).order_by(*order)))


def _says(report: Report) -> list[tuple[int, int, str]]:
    with i18n.speaking("en"):
        return [(error.row, error.column, wording.sentence(error)) for error in report.errors]


def _changes(report: Report) -> list[tuple[int, int, list[tuple[str, str, str]]]]:
    with i18n.speaking("en"):
        return [(change.row, change.earlier, wording.fields(report, change)) for change in report.changes]


async def test_a_person_is_written_with_everything_that_the_list_says(village: Village) -> None:
    report = await _import(
        village,
        ["姓名", "性别", "出生日期", "身份证号", "手机", "楼栋", "单元", "房号", "户号", "就业状态", "技能", "意向",
        "不能干", "困难类别",
         "同意短信", "同意日期", "同意方式", "原籍"],
        ["张三", "女", "1956.1.1", ID, "142 0000 0001", "1号楼", "2单元", "502室", "7", "待业", "厨师、缝纫", "手工",
        "夜班",
         "大龄、低保户", "是", "2025-03-01", "纸质表", "杨溪铺镇"])
    assert report.counts == {"rows": 1, "new": 1, "changed": 0, "unchanged": 0, "refused": 0}
    (person,), (home,) = await _all(village, Resident), await _all(village, Household)
    assert (person.name, person.sex, person.born_on, person.phone) == ("张三", "female", date(1956, 1, 1),
            "+8614200000001")
    assert (person.area_id, person.household_id, person.work_status) == (village.building.id, home.id, "seeking")
    assert (home.area_id, home.number, home.unit, home.room, home.origin) == (village.building.id, "7", "2", "502",
            "杨溪铺镇")
    assert {(word.kind, word.word) for word in await _all(village, ResidentWord)} == {
        ("skill", "做饭"), ("skill", "缝纫"), ("wish", "手工"), ("limit", "night")}
    assert sorted(ground.code for ground in await _all(village, Hardship)) == ["DB", "DL"]
    (change,) = await _all(village, WorkStatusChange)
    assert (change.work_status, change.source, change.officer_id) == ("seeking", "import", village.boss.id)
    (record,) = await _all(village, ConsentRecord)
    assert (record.phone, record.word, record.source, record.ground) == ("+8614200000001", "agreed", "import",
            "纸质表")
    assert clock.local(record.at).date() == date(2025, 3, 1)


async def test_an_id_number_is_stored_encrypted_and_found_by_its_mark(village: Village) -> None:
    await _import(village, ["姓名", "身份证号"], ["张三", ID])
    (person,) = await _all(village, Resident)
    async with village.database.reading() as db:
        keys = vault.of(db)
    assert ID not in person.id_number
    assert keys.open_text(person.id_number) == ID
    assert person.id_number_hash == keys.mark(ID)
    assert (person.born_on, person.sex) == (date(1956, 1, 1), "female")


async def test_the_audit_has_counts_and_nobody_s_data(village: Village) -> None:
    await _import(village, ["姓名", "身份证号", "手机"], ["张三", ID, "14200000001"])
    row = (await _all(village, Audit, Audit.id))[-1]
    assert (row.verb, row.officer_id, row.subject, row.subject_id) == ("import_residents", village.boss.id, "area",
                                                                       village.area.id)
    assert row.detail == {"rows": 1, "new": 1, "changed": 0, "unchanged": 0, "refused": 0, "agreed": 0,
                          "stayed_stopped": 0}


async def test_a_file_with_one_bad_row_changes_nothing(village: Village) -> None:
    rows = [["姓名", "手机"], ["张三", "14200000001"], ["李四", "1420000"]]
    report = await _check(village, text(*rows))
    assert report.counts == {"rows": 2, "new": 1, "changed": 0, "unchanged": 0, "refused": 1}
    with pytest.raises(Refused):
        async with village.database.session() as db:
            await apply.apply(db, report, area=village.area, by=village.boss)
    assert await _all(village, Resident) == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_every_bad_cell_is_named_by_row_and_column(village: Village) -> None:
    report = await _check(village, workbook(
        ["名单"], ["姓名", "出生日期", "身份证号", "手机", "楼栋", "性别", "就业状态", "同意短信"],
        ["張(zhāng)三", "1958-02-30", 4.2030419560101e17, "14200000001/14200000002", "9栋", "男", "躺平", ""],
        ["李四", "1957-01-01", ID, 14200000003, "1", "男", "求职", ""],
        ["", "", "", 14200000004, "1", "", "", "是"], ["王五", "", "", "", "", "", "", "是"],
        ["赵六", "", ID, "", "", "", "", ""], ["钱七", "", "", 14200000004, "", "", "", "否"]))
    said = _says(report)
    assert [(row, column) for row, column, _sentence in said] == [
        (3, 0), (3, 1), (3, 2), (3, 3), (3, 4), (3, 6), (4, 1), (4, 5), (5, 0), (6, 7), (7, 2), (8, 7)]
    words = ["Pinyin", "1958-02-30 is not a date", "Excel has rounded", "Several phone",
    "no building 9栋 in 青龙泉社区",
             "躺平 is not a word", "1957-01-01 differs from the one in the ID number, 1956-01-01", "sex differs",
             "name is missing", "needs a phone", "Row 4 has the same ID number with another name",
             "Row 5 says the opposite for the same phone"]
    assert all(word in sentence for word, (_row, _column, sentence) in zip(words, said, strict=True)), said
    assert report.counts == {"rows": 6, "new": 0, "changed": 0, "unchanged": 0, "refused": 6}
    assert not any(ID in sentence or "1420" in sentence for _row, _column, sentence in said)


async def test_the_same_list_twice_changes_nothing_the_second_time(village: Village) -> None:
    rows = [big_file.HEADINGS, *((*line[:6], "1栋", *line[7:]) for line in big_file.people(300))]
    first, second = await _import(village, *rows), await _import(village, *rows)
    assert first.counts == {"rows": 300, "new": 300, "changed": 0, "unchanged": 0, "refused": 0}
    assert second.counts == {"rows": 300, "new": 0, "changed": 0, "unchanged": 300, "refused": 0}
    assert second.changes == []
    async with village.database.reading() as db:
        assert await db.scalar(select(func.count(Resident.id))) == 300
        assert await db.scalar(select(func.count(func.distinct(Resident.household_id)))) == 75
        assert await db.scalar(select(func.count(WorkStatusChange.id))) == 300


async def test_somebody_of_the_registry_is_shown_with_what_would_change(village: Village) -> None:
    await _import(village, ["姓名", "身份证号", "手机", "楼栋", "房号", "就业状态", "技能", "困难类别"],
                  ["张三", ID, "14200000001", "1栋", "502", "求职中", "缝纫", "大龄"])
    rows = [["姓名", "身份证号", "手机", "楼栋", "房号", "就业状态", "技能", "困难类别"],
            ["张三", ID, "14200009999", "", "601", "灵活就业", "做饭", "低保"]]
    report = await _check(village, text(*rows))
    assert report.counts == {"rows": 1, "new": 0, "changed": 1, "unchanged": 0, "refused": 0}
    assert _changes(report) == [(2, 0, [
        ("phone", "142****0001", "142****9999"), ("room", "502", "601"),
        ("work status", "looking for work", "flexible work"), ("skills", "缝纫", "做饭"),
        ("hardship categories", "DL", "DL、DB")])]
    await _import(village, *rows)
    (person,) = await _all(village, Resident)
    assert (person.phone, person.work_status, person.area_id) == ("+8614200009999", "flexible", village.building.id)
    assert [word.word for word in await _all(village, ResidentWord)] == ["做饭"]
    assert sorted(ground.code for ground in await _all(village, Hardship)) == ["DB", "DL"]
    assert [row.work_status for row in await _all(village, WorkStatusChange, WorkStatusChange.id)] == [
        "seeking", "flexible"]
    async with village.database.reading() as db:
        home = await db.get(Household, person.household_id)
    assert home
    assert home.room == "601"


async def test_an_empty_cell_says_nothing(village: Village) -> None:
    await _import(village, ["姓名", "手机", "出生日期", "技能"], ["张三", "14200000001", "1958-03-12", "缝纫"])
    report = await _import(village, ["姓名", "手机", "出生日期", "技能", "性别"], ["张三", "14200000001",
                           "1958-03-12", "", "无"])
    assert report.counts["unchanged"] == 1
    assert [word.word for word in await _all(village, ResidentWord)] == ["缝纫"]


@pytest.mark.parametrize(("known", "said", "same"), [
    ({"身份证号": ID}, {"姓名": "张叁", "身份证号": ID}, True),
    ({"出生日期": "1958-03-12", "手机": "14200000001"}, {"出生日期": "1958-03-12", "手机": "14200000001",
      "房号": "9"}, True),
    ({"出生日期": "1958-03-12", "楼栋": "1", "房号": "9"}, {"出生日期": "1958-03-12", "手机": "14200000001",
      "楼栋": "1",
                                                      "房号": "9"}, True),
    ({"楼栋": "1", "房号": "9"}, {"楼栋": "1", "房号": "9", "出生日期": "1958-03-12"}, True),
    ({"户号": "7"}, {"户号": "7", "手机": "14200000001"}, True),
    ({"出生日期": "1958-03-12"}, {"出生日期": "1958-03-12", "性别": "男"}, True),
    ({"身份证号": ID, "楼栋": "1", "房号": "9"}, {"身份证号": OTHER_ID, "楼栋": "1", "房号": "9"}, False),
    ({"出生日期": "1958-03-12", "手机": "14200000001"}, {"出生日期": "1958-03-13", "手机": "14200000001"}, False),
    ({"楼栋": "1", "房号": "9"}, {"楼栋": "1", "房号": "10"}, False),
    ({"手机": "14200000001"}, {"姓名": "李四", "手机": "14200000001"}, False),
])
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_same_person_is_found_again(village: Village, known: dict[str, str], said: dict[str, str],
                                              same: bool) -> None:
    known, said = {"姓名": "张三", **known}, {"姓名": "张三", **said}
    await _import(village, list(known), list(known.values()))
    report = await _import(village, list(said), list(said.values()))
    assert report.counts["new"] == (0 if same else 1)
    headings = list({**known, **said})
    both = await _check(village, text(headings, [known.get(name, "") for name in headings],
                                      [said.get(name, "") for name in headings]))
    assert both.counts["new"] == 0


async def test_two_rows_of_one_person_are_shown_together(village: Village) -> None:
    rows = [["姓名", "身份证号", "手机", "就业状态"], ["张三", ID, "14200000001", "求职中"], ["张三", ID, "",
    "求职中"],
            ["张三", ID, "14200000002", "务农"]]
    report = await _check(village, text(*rows))
    assert report.counts == {"rows": 3, "new": 1, "changed": 1, "unchanged": 1, "refused": 0}
    assert report.duplicates == 2
    assert _changes(report) == [(3, 2, []), (4, 3, [("phone", "142****0001", "142****0002"),
                                                    ("work status", "looking for work", "farming")])]
    await _import(village, *rows)
    (person,) = await _all(village, Resident)
    assert (person.phone, person.work_status) == ("+8614200000002", "farming")


async def test_an_id_number_that_is_added_or_corrected_is_shown_masked(village: Village) -> None:
    await _import(village, ["姓名", "手机", "出生日期"], ["张三", "14200000001", "1956-01-01"])
    rows = [["姓名", "手机", "身份证号"], ["张三", "14200000001", ID]]
    report = await _import(village, *rows)
    assert _changes(report) == [(2, 0, [("sex", "—", "female"), ("ID number", "—", "4203**********0005")])]
    (person,) = await _all(village, Resident)
    async with village.database.reading() as db:
        assert vault.of(db).open_text(person.id_number) == ID
    assert (await _import(village, *rows)).counts["unchanged"] == 1


async def test_nobody_who_said_stop_is_brought_back_by_a_list(village: Village) -> None:
    async with village.database.session() as db:
        await consent.withdraw(db, "+8614200000001", source="text")
    report = await _import(village, ["姓名", "手机", "同意短信"], ["张三", "14200000001", "是"], ["李四",
                           "14200000002", "是"])
    assert len(report.stopped) == 1
    assert {row.phone: row.word for row in await _all(village, Consent)} == {
        "+8614200000001": "stopped", "+8614200000002": "agreed"}
    assert [record.word for record in await _all(village, ConsentRecord, ConsentRecord.id)] == ["stopped", "agreed"]


async def test_a_stop_between_check_and_import_stays_a_stop(village: Village) -> None:
    report = await _check(village, text(["姓名", "手机", "同意短信"], ["张三", "14200000001", "是"]))
    async with village.database.session() as db:
        await consent.withdraw(db, "+8614200000001", source="text")
    async with village.database.session() as db:
        await apply.apply(db, report, area=village.area, by=village.boss)
    assert [row.word for row in await _all(village, Consent)] == ["stopped"]
    assert [record.word for record in await _all(village, ConsentRecord)] == ["stopped"]


async def test_a_refusal_on_paper_ends_consent_unless_it_is_older(village: Village) -> None:
    for phone in ("+8614200000001", "+8614200000002", "+8614200000003"):
        if phone[-1] != "3":
            async with village.database.session() as db:
                await consent.give(db, phone, source="form", at=clock.at(date(2025, 6, 1), clock.now().time()))
    report = await _import(village, ["姓名", "手机", "同意短信", "同意日期"], ["张三", "14200000001", "否", ""],
                           ["李四", "14200000002", "否", "2025-01-01"], ["王五", "14200000003", "否", ""])
    assert report.counts["new"] == 3
    assert {row.phone[-1]: row.word for row in await _all(village, Consent)} == {"1": "stopped", "2": "agreed"}


async def test_a_refusal_on_paper_is_about_every_purpose(village: Village) -> None:
    async with village.database.session() as db:
        await consent.give(db, "+8614200000001", source="form")
        await consent.give(db, "+8614200000001", source="spoken", purpose=consent.NOTICES)
    await _import(village, ["姓名", "手机", "同意短信"], ["张三", "14200000001", "否"])
    async with village.database.reading() as db:
        assert await consent.stopped_all(db, "+8614200000001")
    assert {record.purpose for record in await _all(village, ConsentRecord) if record.word == "stopped"} == {
        consent.JOBS, consent.NOTICES}


async def test_two_imports_at_once_do_not_add_anybody_twice(village: Village) -> None:
    data = text(["姓名", "手机"], ["张三", "14200000001"])
    first, second = await _check(village, data), await _check(village, data)
    async with village.database.session() as db:
        await apply.apply(db, first, area=village.area, by=village.boss)
    with pytest.raises(Refused, match="just now"):
        async with village.database.session() as db:
            await apply.apply(db, second, area=village.area, by=village.boss)
    assert len(await _all(village, Resident)) == 1


async def test_only_what_the_list_changes_is_written(village: Village) -> None:
    await _import(village, ["姓名", "手机", "出生日期", "就业状态"], ["张三", "14200000001", "1958-03-12", "求职中"])
    report = await _check(village, text(["姓名", "手机", "出生日期", "性别"], ["张三", "14200000001", "1958-03-12",
                          "男"]))
    async with village.database.session() as db:
        person = (await db.scalars(select(Resident))).one()
        person.work_status = "farming"  # learned by text while the officer looks at the preview
    async with village.database.session() as db:
        await apply.apply(db, report, area=village.area, by=village.boss)
    (person,) = await _all(village, Resident)
    assert (person.sex, person.work_status) == ("male", "farming")


async def test_households_are_neither_flats_nor_doubled(village: Village) -> None:
    headings = ["姓名", "楼栋", "单元", "房号", "户号"]
    await _import(village, headings, ["张三", "1", "1", "502", "7"], ["张四", "1", "1", "502", "7"],
                  ["李五", "1", "1", "502", "8"], ["王六", "1", "1", "503", ""], ["王七", "", "", "", ""])
    people = {person.name: person.household_id for person in await _all(village, Resident)}
    assert people["张三"] == people["张四"] != people["李五"]
    assert people["王七"] is None
    assert len(await _all(village, Household)) == 3
    await _import(village, headings, ["王六", "1", "1", "503", "9"], ["赵八", "1", "1", "503", ""])
    homes = {home.room + home.number: home.id for home in await _all(village, Household)}
    assert set(homes) == {"5027", "5028", "5039"}
    people = {person.name: person.household_id for person in await _all(village, Resident)}
    assert people["赵八"] == people["王六"] == homes["5039"]


async def test_somebody_who_moved_away_is_back_with_the_same_id_number_only(village: Village) -> None:
    rows = [["姓名", "身份证号", "楼栋", "房号"], ["张三", ID, "1", "502"], ["李四", "", "1", "502"]]
    await _import(village, *rows)
    async with village.database.session() as db:
        for person in await db.scalars(select(Resident)):
            person.left_at = clock.now()
    report = await _import(village, *rows)
    assert report.counts == {"rows": 2, "new": 1, "changed": 1, "unchanged": 0, "refused": 0}
    assert _changes(report) == [(2, 0, [("registry", "moved away", "lives here")])]
    assert [person.left_at is None for person in await _all(village, Resident, Resident.id)] == [True, False, True]


async def test_a_corrected_phone_is_no_longer_a_wrong_one(village: Village) -> None:
    await _import(village, ["姓名", "身份证号", "手机"], ["张三", ID, "14200000001"])
    async with village.database.session() as db:
        (await db.scalars(select(Resident))).one().wrong_phone_at = clock.now()
    await _import(village, ["姓名", "身份证号", "手机"], ["张三", ID, "14200000002"])
    assert [person.wrong_phone_at for person in await _all(village, Resident)] == [None]


async def test_another_community_is_neither_seen_nor_touched(village: Village) -> None:
    async with village.database.session() as db:
        far = await areas.add(db, level=Level.COMMUNITY, code="far", name="别的社区")
        db.add(Resident(area_id=far.id, name="张三", phone="+8614200000001", born_on=date(1958, 3, 12)))
    report = await _import(village, ["姓名", "手机", "出生日期"], ["张三", "14200000001", "1958-03-12"])
    assert report.counts["new"] == 1


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_people_without_a_building_column_live_in_the_building_for_which_the_list_is(village: Village) -> None:
    report = await check.check(village.database, text(["姓名", "房号"], ["张三", "502"]), area=village.building,
                               by=village.boss)
    assert [person.area_id for person in report.new] == [village.building.id]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_words_that_no_job_is_looked_for_by_are_kept_and_counted(village: Village) -> None:
    report = await _import(village, ["姓名", "技能", "意向"], ["张三", "开挖掘机", "什么都行"], ["李四",
                           "开挖掘机、厨师", ""])
    assert report.own_words == {"开挖掘机": 2, "什么都行": 1}


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_household_comes_from_one_place(village: Village) -> None:
    rows = [["姓名", "楼栋", "房号", "原籍"], ["张三", "1", "502", "杨溪铺镇"], ["李四", "1", "502", "谭家湾镇"]]
    assert (await _import(village, *rows)).other_origins == 1
    assert (await _import(village, *rows)).counts["unchanged"] == 2
    assert [home.origin for home in await _all(village, Household)] == ["杨溪铺镇"]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_bad_rows_come_back_as_a_workbook(village: Village) -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    data = text(["名单"], ["姓名", "生日", "手机"], ["张三", "1958-03-12", "14200000001"],
                ["=1+1\x0b", "1958-03-12", "1420"], ["王五", "1958.3", "14200000003"])
    report = await _check(village, data)
    with i18n.speaking("zh"):
        made = load_workbook(BytesIO(bad_rows.workbook(data, report))).active
    assert made is not None
    rows = list(made.iter_rows(values_only=True))
    assert rows[0] == ("姓名", "生日", "手机", "原文件行号", "需要改正的地方")
    assert [row[3] for row in rows[1:]] == [4, 5]
    assert rows[2][:3] == ("王五", "1958.3", "14200000003")
    assert rows[2][4] == "B 生日: 1958.3 少了“日”。请写年、月、日，例如 1958-03-12。"
    assert "手机号应为 11 位，这里是 4 位。" in str(rows[1][4])
    assert made.cell(2, 1).data_type == "s"
