"""Dates in the many forms in which offices write them."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from app import clock
from app.i18n import _
from app.residents.imports.bad import BadCell

_DAY = re.compile(r"(\d{4})(?:[-/.年_]|\s)\s*(\d{1,2})(?:[-/.月_]|\s)\s*(\d{1,2})[日号]?"
                  r"(?:[ T]*\d{1,2}:\d{2}.*)?", re.ASCII)
_AROUND = re.compile(r" (?=[年月日号])|(?<=[年月]) ")
_RUN = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?", re.ASCII)
_MONTH = re.compile(r"(?:19|20)\d{2}(?:[-/.年]\s*\d{1,2}月?|(?:0[1-9]|1[0-2])|年?)", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:\.0)?", re.ASCII)
_SHORT = re.compile(r"\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,4}日?", re.ASCII)
_FIRST_SERIAL = date(1899, 12, 30)  # Excel counts 29 February 1900, so serials from March 1900 on start here

NOT_A_DATE = _("{text} is not a date. Please write year, month and day, like 1958-03-12.")
NO_DAY = _("The day is missing in {text}. Please write year, month and day, like 1958-03-12.")
SHORT_YEAR = _("It is not sure which part of {text} is the year. Please write it with four digits and first, like "
               "1958-03-12.")
NOT_YET = _("{text} lies in the future or before 1900.")


def read(value: object) -> date:
    """The day that a cell means: text in any usual order-free form, an Excel date, or Excel's serial number.

    Raises BadCell for what is no day, has no day, leaves the year open, or lies outside 1900 until today.
    """
    if isinstance(value, datetime):
        found = value.date()
    elif isinstance(value, date):
        found = value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        found = _from_number(float(value))
    elif isinstance(value, str):
        found = _from_text(_AROUND.sub("", " ".join(unicodedata.normalize("NFKC", value).split())))
    else:
        raise BadCell(NOT_A_DATE, text=str(value)[:20])
    if not date(1900, 1, 1) <= found <= clock.today():
        raise BadCell(NOT_YET, text=found.isoformat())
    return found


def _from_number(number: float) -> date:
    """19580312 as it stands, or the serial of a day; 1958 and 1958.03 are years and months, not serials."""
    if number.is_integer() and number >= 10_000_000:
        return _from_text(str(int(number)))
    if 1900 <= number < 2101 or 190_000 <= number < 210_013:
        raise BadCell(NO_DAY, text=f"{number:g}" if number < 10_000 else str(int(number)))
    if not 61 <= number < 80_000:
        raise BadCell(NOT_A_DATE, text=f"{number:g}")
    return _FIRST_SERIAL + timedelta(days=int(number))


def _from_text(text: str) -> date:
    found = _DAY.fullmatch(text) or _RUN.fullmatch(text)
    if found:
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            raise BadCell(NOT_A_DATE, text=text[:20]) from None
    if _MONTH.fullmatch(text):
        raise BadCell(NO_DAY, text=text)
    if _SERIAL.fullmatch(text):
        return _from_number(float(text))
    raise BadCell(SHORT_YEAR if _SHORT.fullmatch(text) else NOT_A_DATE, text=text[:20])
