"""A birth date as people type it: 19580312, 1958-3-12, 1958年3月12日."""

import re
import unicodedata
from datetime import date

from app.errors import Refused
from app.i18n import _

_FORMS = (re.compile(r"(\d{4})(\d{2})(\d{2})"), re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?"))


def read(typed: str) -> date:
    """Year, month, day, in that order. Raises Refused beside the field."""
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", typed[:40])).strip()
    for form in _FORMS:
        found = form.fullmatch(plain)
        if found:
            try:
                return date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                break
    raise Refused(_("That is not a birth date. Please send year, month, day, like 19580312."), field="born_on")
