"""A list as large as a city's district: made from a seed, as .xlsx or .csv, with everything that a list may hold."""

import csv
import random
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from app.residents import id_numbers
from app.residents.imports.columns import letter

HEADINGS = ("序号", "姓名", "性别", "出生日期", "身份证号", "联系电话", "楼栋", "单元", "房号", "户号", "就业状态",
            "技能",
            "求职意愿", "困难类别", "同意短信", "同意日期", "原籍")
BUILDINGS = 72
_FAMILIES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
_GIVEN = "明华芳丽军伟敏静强磊洋艳勇杰娟涛超秀霞平刚桂英文红玉兰春梅建国志成"
_STATUSES = ("求职中", "灵活就业", "稳定就业", "务农", "打零工", "待业", "暂无意愿", "在校")
_TRADES = ("保洁", "缝纫", "看门", "带娃", "香菇", "装卸", "手工", "做饭")


def write(path: Path, rows: int = 100_000, *, seed: int = 1) -> Path:
    """The file; nobody in it is real, and every ID number checks."""
    lines = people(rows, seed=seed)
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADINGS)
            writer.writerows(lines)
        return path
    _write_workbook(path, [HEADINGS, *lines])
    return path


def _write_workbook(path: Path, lines: list[tuple[object, ...]]) -> None:
    """As Excel stores it, with shared strings and dates as numbers; openpyxl would take half a minute."""
    shared: dict[str, int] = {}
    rows = []
    for number, line in enumerate(lines, start=1):
        cells = "".join(_cell(f"{letter(column)}{number}", value, shared) for column, value in enumerate(line))
        rows.append(f'<row r="{number}">{cells}</row>')
    strings = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in _PARTS.items():
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{content}')
        package.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{strings}</sst>')
        package.writestr("xl/worksheets/sheet1.xml",
                         f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>')


def _cell(name: str, value: object, shared: dict[str, int]) -> str:
    if value == "":
        return ""
    if isinstance(value, date):
        return f'<c r="{name}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, int):
        return f'<c r="{name}"><v>{value}</v></c>'
    return f'<c r="{name}" t="s"><v>{shared.setdefault(str(value), len(shared))}</v></c>'


def people(rows: int, *, seed: int = 1) -> Iterator[tuple[object, ...]]:
    """One tuple per row, in the order of HEADINGS."""
    dice = random.Random(seed)
    for number in range(rows):
        born_on = date(1945, 1, 1) + timedelta(days=number % 23_000)
        plain = f"420304{born_on:%Y%m%d}{number // 23_000 * 100 + number % 100:03}"
        name = dice.choice(_FAMILIES) + "".join(dice.choice(_GIVEN) for _ in range(2))
        yield (number + 1, name, "男" if int(plain[-1]) % 2 else "女", born_on,
               plain + id_numbers.check_character(plain), 14_200_000_000 + number, f"{number // 4 % BUILDINGS + 1}栋",
               f"{number // 4 % 3 + 1}单元", str(101 + number // 4 // BUILDINGS % 900), f"H{number // 4}",
               dice.choice(_STATUSES), "、".join(dice.sample(_TRADES, 2)), dice.choice(_TRADES),
               dice.choice(("", "", "", "大龄", "低保户", "DL、DB")), dice.choice(("是", "否", "")), "2025-03-01",
               "杨溪铺镇")


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'''<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/></Types>''',
    "_rels/.rels": f'''<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>''',
    "xl/workbook.xml": f'''<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">
<sheets><sheet name="居民" sheetId="1" r:id="rId1"/></sheets></workbook>''',
    "xl/_rels/workbook.xml.rels": f'''<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>
<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>''',
    "xl/styles.xml": f'''<styleSheet xmlns="{_MAIN}">
<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills>
<borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>''',
}
