"""One cell: what its value means, or the sentence that says why it cannot be taken."""

import re
import unicodedata
from datetime import date, datetime

from app import phones
from app.i18n import _
from app.residents import id_numbers
from app.residents.id_numbers import IdNumber, NotAnIdNumber
from app.residents.imports import damage, vocabulary
from app.residents.imports.bad import BadCell
from app.residents.residents import Sex

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_MANY = re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)", re.ASCII)
_LANDLINE = re.compile(r"(?:0\d{2,3}[\-\s)]*)?[2-8]\d{6,7}(?:[\-转]\d{1,6})?", re.ASCII)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\xad]")
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_EXPONENT = re.compile(r"[\d.]+E\+?\d+", re.ASCII | re.IGNORECASE)
_EXCEL_TEXT = re.compile(r'="?(.*?)"?')

_SEXES = {**dict.fromkeys(("男", "男性", "m", "male", "1", "1男"), Sex.MALE),
          **dict.fromkeys(("女", "女性", "f", "female", "2", "2女"), Sex.FEMALE)}
_TOTALS = frozenset({"合计", "总计", "小计", "共计", "制表人", "填表人", "total", "Total"})
_UNKNOWN_SEX = frozenset({"0", "9", "未知", "不详"})
_YES = frozenset({"是", "同意", "y", "yes", "1", "true", "√", "✓", "✔", "已同意", "接收", "愿意", "可以", "有",
                  "agreed"})
_NO = frozenset({"否", "不同意", "n", "no", "0", "false", "×", "✗", "✘", "x", "不接收", "不愿意", "拒绝", "不",
                 "未同意",
                 "退订", "refused"})


def text(value: object, *, name: bool = False) -> str:
    """The cell as clean text; whole numbers without Excel's .0. Raises BadCell for damaged text."""
    if isinstance(value, str):
        said = value.strip()
        if not said.isalnum():
            said = _INVISIBLE.sub("", said).strip().removeprefix("'")
            said = _EXCEL_TEXT.fullmatch(said)[1] if said.startswith("=") else said  # type: ignore[index]
        if not said.isascii() or not said.isalnum():
            harm = damage.found(said, name=name)
            if harm:
                raise BadCell(harm, text=said[:20])
        return said
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (date, datetime)):
        raise BadCell(_("Excel has turned this value into a date. Please format the column as text and type it again."))
    return str(value)


def name(value: object) -> str:
    """A person's name. Raises BadCell."""
    said = _BETWEEN_HAN.sub("", " ".join(text(value, name=True).split()))
    if not any(sign.isalpha() for sign in said) or said.rstrip(":：") in _TOTALS:
        raise BadCell(_("This is not a person's name."))
    if sum(sign.isdigit() for sign in said) > 2 or "@" in said:
        raise BadCell(_("There are digits in this name; it looks like another column."))
    if len(said) > 40:
        raise BadCell(_("This name is longer than 40 characters. One row holds one person."))
    if re.search(r"[、，,;；/]", said):
        raise BadCell(_("Several names stand in this cell. One row holds one person."))
    return said


def sex(value: object) -> Sex | None:
    """Male, female, or None where the list says that it does not know. Raises BadCell."""
    said = vocabulary.plain(text(value))
    if said in _UNKNOWN_SEX:
        return None
    try:
        return _SEXES[said]
    except KeyError:
        raise BadCell(vocabulary.UNKNOWN_WORD, text=said[:20], allowed="男、女") from None


def phone(value: object) -> str:
    """A mobile number as E.164. Raises BadCell: several numbers, a landline and a wrong count of digits each have
    their sentence."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(int(value)) if float(value).is_integer() else str(value)
    if isinstance(value, str) and _MOBILE.fullmatch(value):
        return "+86" + value
    said = unicodedata.normalize("NFKC", text(value))
    try:
        return phones.read(said)
    except phones.NotAPhone:
        raise _no_phone(said) from None


def id_number(value: object) -> IdNumber:
    """An ID number that checks. Raises BadCell; a number cell has lost its last digits whatever it shows."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 10**16:
        raise BadCell(id_numbers.ROUNDED)
    try:
        return id_numbers.read(text(value))
    except NotAnIdNumber as error:
        raise BadCell(error.sentence, **error.values) from None


def yes(value: object) -> bool:
    """Whether the person agreed. Raises BadCell."""
    said = vocabulary.plain(text(value)).replace(" ", "")
    if said in _YES or said in _NO:
        return said in _YES
    raise BadCell(vocabulary.UNKNOWN_WORD, text=said[:20], allowed="是、否")


def short(value: object, most: int) -> str:
    """Plain text of a limited length. Raises BadCell."""
    said = text(value)
    if len(said) > most:
        raise BadCell(_("This text has {count} characters; there is room for {most}."), count=len(said), most=most)
    return said


def _no_phone(said: str) -> BadCell:
    squeezed = re.sub(r"(?<=\d)[ \-](?=\d)", "", said)
    digits = sum(sign.isdigit() for sign in said)
    if len(_MANY.findall(squeezed)) > 1 or len(_MANY.findall(said)) > 1 or \
            (digits >= 22 and re.fullmatch(r"(1[3-9]\d{9}){2,}", re.sub(r"\D", "", said))):
        return BadCell(_("Several phone numbers stand in this cell. Please keep the one that gets texts."))
    if _EXPONENT.fullmatch(said):
        return BadCell(_("Excel has rounded this phone number. Please format the column as text and type it again."))
    if _LANDLINE.fullmatch(said):
        return BadCell(_("This is a landline, which cannot get texts. Please give a mobile number or leave it empty."))
    if digits != 11:
        return BadCell(_("A mobile number has 11 digits; this one has {count}."), count=digits)
    return BadCell(_("This is not a mobile number; they begin with 13 to 19."))
