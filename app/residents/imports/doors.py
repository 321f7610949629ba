"""Buildings, units and rooms: 3栋, 3号楼, 03 and 3 are one building; 3栋1单元502室 is all three in one cell."""

import re
import unicodedata
from collections.abc import Iterable

from app.i18n import _
from app.org.areas import Area
from app.residents.imports.bad import BadCell

_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_HAN_NUMBER = re.compile(r"[一二三四五六七八九]?十[一二三四五六七八九]?|[〇零一二三四五六七八九]+")
_SUFFIX = re.compile(r"(?:号楼栋|号楼|楼栋|栋楼|号栋|号|楼|栋|幢|座|#楼|#)+$")
_LATIN = re.compile(r"\s*(?:building|block|bldg|no)\.?\s*", re.IGNORECASE)
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_UNIT = re.compile(r"(?:单元|门|unit)", re.IGNORECASE)
_ROOM = re.compile(r"(?:室|房|户)$")
_WHOLE = re.compile(r"(?:(?P<building>.{1,20}?)(?:号楼|栋|幢|座|楼|#))?(?P<unit>[0-9一二三四五六七八九十]{1,3})单元"
                    r"(?P<room>[0-9A-Za-z\-]{1,10})(?:室|号|房)?")
_THREE = re.compile(r"(?P<building>\d{1,3})[-－—/](?P<unit>\d{1,2})[-－—/](?P<room>\d{2,4})(?:室|号)?", re.ASCII)

UNKNOWN = _("There is no building {text} in {area}. Please write it as in the list of buildings ({examples}), or have "
            "it added first.")
AMBIGUOUS = _("Several buildings in {area} could be {text}. Please write the name in full, or import one community at "
              "a time.")
TOO_LONG = _("{text} is too long for this column (at most {most} characters).")


class Buildings:
    """The buildings inside an area, found by the ways in which people write them."""

    def __init__(self, area: Area, buildings: Iterable[Area], *, prefixes: Iterable[str] = ()) -> None:
        self._area = area
        self._prefixes = tuple(filter(None, (_squeezed(prefix) for prefix in prefixes)))
        self.names: dict[int, str] = {area.id: area.name}
        self._found: dict[str, set[int]] = {}
        for building in buildings:
            self.names[building.id] = building.name
            plain = self._plain(building.name)
            number = re.search(r"\d+$", plain)
            for key in {plain, _squeezed(building.code), *([number[0]] if number else ())}:
                self._found.setdefault(key, set()).add(building.id)

    def find(self, text: str) -> int:
        """The building's id. Raises BadCell when there is none, or more than one."""
        ids = self._found.get(self._plain(text)) or self._found.get(_squeezed(text)) or set()
        if len(ids) == 1:
            return next(iter(ids))
        if ids:
            raise BadCell(AMBIGUOUS, text=text[:20], area=self._area.name)
        examples = [name for known, name in self.names.items() if known != self._area.id][:3]
        raise BadCell(UNKNOWN, text=text[:20], area=self._area.name, examples="、".join(examples) or "—")

    def _plain(self, text: str) -> str:
        plain = _LATIN.sub("", _squeezed(text))
        for prefix in self._prefixes:
            if len(plain) > len(prefix):
                plain = plain.removeprefix(prefix)
        return _ZEROS.sub("", _numbered(_SUFFIX.sub("", plain) or plain))


def unit(text: str) -> str:
    """1单元, 一单元, 01 → 1. Raises BadCell."""
    return _short(_ZEROS.sub("", _numbered(_UNIT.sub("", _squeezed(text)))), 10)


def room(text: str) -> str:
    """502室 → 502. Raises BadCell."""
    return _short(_ROOM.sub("", _squeezed(text)), 20)


def whole(text: str) -> tuple[str, str, str] | None:
    """Building, unit and room of a door that stands in one cell: 3栋1单元502室 or 3-1-502."""
    squeezed = _squeezed(text)
    found = _THREE.fullmatch(squeezed) or _WHOLE.fullmatch(squeezed)
    return (found["building"] or "", found["unit"], found["room"]) if found else None


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise BadCell(TOO_LONG, text=text[:20], most=most)
    return text


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def _numbered(text: str) -> str:
    """三 → 3, 十二 → 12, 二十 → 20."""
    return _HAN_NUMBER.sub(_number, text)


def _number(found: re.Match[str]) -> str:
    said = found[0]
    if "十" not in said:
        return said.translate(_DIGITS)
    tens, _ten, ones = said.partition("十")
    return f"{(tens or '一').translate(_DIGITS)}{(ones or '零').translate(_DIGITS)}"
