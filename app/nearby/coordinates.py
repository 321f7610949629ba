"""Coordinates as they are copied out of a map: 32.8312, 110.8123."""

import re
import unicodedata

from app.errors import Refused
from app.i18n import _
from app.nearby.walking import Point

_NUMBER = r"\D*?([-+]?\d{1,3}(?:\.\d{1,15})?)[°\s]*[NSEW]?"
_PAIR = re.compile(rf"{_NUMBER}[\s,;、/]+{_NUMBER}", re.ASCII)
_WORDS = re.compile(r"[北南东西]?(?:纬|经)[:：]?|latitude|longitude|lat|lng|lon", re.IGNORECASE)


def read(typed: str, *, field: str) -> Point:
    """Latitude, then longitude. Some maps copy them the other way round: what can only be a longitude is taken for one.
    Raises Refused beside the field."""
    plain = _WORDS.sub(" ", unicodedata.normalize("NFKC", typed[:80])).strip(" ()[]").upper()
    found = _PAIR.fullmatch(plain)
    if not found:
        raise Refused(_("Please give two numbers with a comma between, as a map shows them: 32.8312, 110.8123."),
                      field=field)
    lat, lng = float(found[1]), float(found[2])
    if abs(lat) > 90 >= abs(lng):
        lat, lng = lng, lat
    if abs(lat) > 90 or abs(lng) > 180:
        raise Refused(_("No place on earth has these coordinates. Please copy them again."), field=field)
    return Point(lat, lng)


def written(point: Point | None) -> str:
    """As the form shows them; nothing where nobody knows them. The fifth digit behind the point is a step."""
    return f"{_short(point.lat)}, {_short(point.lng)}" if point else ""


def _short(degrees: float) -> str:
    return f"{degrees:.6f}".rstrip("0").rstrip(".")
