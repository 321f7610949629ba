"""A list as large as a city's district: made from a seed, as .xlsx or .csv, with everything that a list may hold."""

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from app.residents import id_numbers

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
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("居民")
    sheet.append(HEADINGS)
    for line in lines:
        sheet.append(line)
    book.save(path)
    return path


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
