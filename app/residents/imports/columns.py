"""Which column is which: the headings that community offices use, in any order, and their English twins."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import Refused
from app.i18n import _

LOOK_AHEAD = 30  # rows above the headings: titles, the date of the list, who filled it in
REQUIRED = "name"

# The first of each is how the field is called on pages; the rest are what headings say.
FIELDS: dict[str, tuple[str, ...]] = {
    "name": (_("name"), "姓名", "名字", "居民姓名", "人员姓名", "成员姓名", "人名", "full name", "resident"),
    "sex": (_("sex"), "性别", "男女", "gender"),
    "born_on": (_("birth date"), "出生日期", "出生年月", "出生年月日", "生日", "出生", "出生时间", "birthday",
                "date of birth", "born", "born on", "dob"),
    "id_number": (_("ID number"), "身份证号", "身份证号码", "公民身份号码", "身份证", "证件号码", "证件号", "身份号码",
                  "公民身份证号码", "居民身份证号", "居民身份证号码", "id", "id card", "identity number", "id no"),
    "phone": (_("phone"), "手机", "手机号", "联系电话", "电话", "手机号码", "联系方式", "电话号码", "联系号码",
              "移动电话",
              "本人电话", "mobile", "phone number", "mobile phone", "telephone"),
    "building": (_("building"), "楼栋", "楼号", "栋", "楼栋号", "栋号", "楼", "幢", "幢号", "楼幢", "楼座",
                 "所在楼栋", "block"),
    "unit": (_("unit"), "单元", "单元号", "entrance"),
    "room": (_("room"), "房号", "室", "门牌号", "房间号", "房间", "室号", "门牌", "房屋号", "房室号", "door", "flat"),
    "household": (_("household number"), "户号", "户编号", "家庭编号", "户口编号", "household", "household no"),
    "origin": (_("moved from"), "原籍", "迁出地", "原住址", "原居住地", "搬迁前地址", "原户籍地", "迁出乡镇",
               "来源地", "origin"),
    "work_status": (_("work status"), "就业状态", "就业情况", "工作状态", "就业状况", "工作情况", "目前就业状态",
                    "status",
                    "employment", "employment status"),
    "skill": (_("skills"), "技能", "特长", "技能特长", "专长", "有何技能", "会什么", "技术特长", "skill"),
    "wish": (_("wishes"), "求职意愿", "意向", "想干什么", "就业意愿", "就业意向", "求职意向", "意向岗位", "想做什么",
             "意向工种", "求职愿望", "wish", "wanted work"),
    "limit": (_("cannot do"), "不能干", "限制", "不能做", "不能干的活", "工作限制", "不适合", "不能干什么", "limits",
              "limit"),
    "hardship": (_("hardship categories"), "困难类别", "就业困难类型", "帮扶类别", "困难类型", "就业困难类别",
                 "困难人员类别", "就业困难人员类别", "hardship", "hardship category", "categories"),
    "consent": (_("agrees to texts"), "同意短信", "是否接收短信", "接收短信", "是否同意短信", "同意接收短信",
                "是否同意接收短信", "短信同意", "consent", "texts"),
    "consent_on": (_("agreed on"), "同意日期", "同意时间", "签字日期", "consent date"),
    "consent_source": (_("agreed how"), "同意方式", "同意来源", "同意依据", "consent source", "consent how"),
}
_CUT = re.compile(r"[(（\[【〔].*?[)）\]】〕]")
_NOISE = re.compile(r"[\s*＊:：_\-·#、.。/]+")


@dataclass(frozen=True)
class Columns:
    """Where the fields stand: field → column from 0; and what else the heading row says."""

    row: int
    where: dict[str, int]
    headings: tuple[str, ...]
    unused: tuple[str, ...]


def label(field: str) -> str:
    """What pages call the field (a message id)."""
    return FIELDS[field][0]


def letter(column: int) -> str:
    """Excel's name of a column: 0 → A, 27 → AB."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def find(top: Sequence[Sequence[object]]) -> Columns | None:
    """The heading row among the first rows of a sheet; None when none looks like one.

    Raises Refused when it has no name column, or when two columns say the same.
    """
    best = max(range(len(top)), key=lambda row: (_known(top[row]), -row), default=None)
    if best is None or not (_known(top[best]) > 1 or fields(top[best]) == {REQUIRED}):
        return None
    found = of(best, top[best])
    if REQUIRED not in found.where:
        raise Refused(_("Row {row} has headings, but no column for the name (姓名). Please add it."), row=best + 1)
    return found


def of(row: int, cells: Sequence[object]) -> Columns:
    """What a row of headings says. Raises Refused when two of them say the same."""
    headings = tuple(" ".join(str(cell).split())[:40] for cell in cells)
    where: dict[str, int] = {}
    unused = []
    for column, heading in enumerate(headings):
        field = _field(heading)
        if field in where:
            raise Refused(_("Columns {first} and {second} both give the {what}. Please keep one of them."),
                          first=f"{letter(where[field])} {headings[where[field]]}",
                          second=f"{letter(column)} {heading}", what=_MeansField(field))
        if field:
            where[field] = column
        elif heading:
            unused.append(heading)
    return Columns(row, where, headings, tuple(unused))


class _MeansField(str):
    """A field's name as it is said in the reader's language at the time of reading."""

    def __format__(self, _spec: str) -> str:
        from app import i18n

        return i18n.gettext(label(self))


def _known(cells: Sequence[object]) -> int:
    return len(fields(cells))


def fields(cells: Sequence[object]) -> set[str]:
    """The fields that cells name as headings."""
    return {field for cell in cells if isinstance(cell, str) and cell and (field := _field(cell))}


def _field(heading: str) -> str:
    return _BY_HEADING.get(_plain(heading), "")


def _plain(heading: str) -> str:
    """联系 电话（必填）* → 联系电话"""
    folded = unicodedata.normalize("NFKC", heading[:60]).lower()
    return _NOISE.sub("", _CUT.sub("", folded))


_BY_HEADING = {_plain(said): field for field, names in FIELDS.items() for said in (*names, field)}
