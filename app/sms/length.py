"""How long a text is for the carrier: UTF-16 units and segments (GSM 03.38 with 160/153, UCS-2 with 70/67)."""

from dataclasses import dataclass

_GSM = frozenset("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
                 "¿abcdefghijklmnopqrstuvwxyzäöñüà")
_GSM_TWO = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True)
class Length:
    """`units` as the encoding counts them; `left` is what still fits into the last segment."""

    encoding: str
    units: int
    segments: int
    left: int


def measure(text: str) -> Length:
    """Exact at the edges: neither half of a surrogate pair or of a GSM escape may stand in two segments."""
    if all(c in _GSM or c in _GSM_TWO for c in text):
        return _count("gsm7", [2 if c in _GSM_TWO else 1 for c in text], single=160, part=153)
    return _count("ucs2", [2 if ord(c) > 0xFFFF else 1 for c in text], single=70, part=67)


def utf16(text: str) -> int:
    """The text's length in UTF-16 units."""
    return len(text) + sum(1 for c in text if ord(c) > 0xFFFF)


def cut(text: str, units: int) -> str:
    """The longest beginning of the text that has at most so many UTF-16 units."""
    if len(text) * 2 <= units or utf16(text) <= units:
        return text
    taken = 0
    for place, character in enumerate(text):
        taken += 2 if ord(character) > 0xFFFF else 1
        if taken > units:
            return text[:place]
    return text


def _count(encoding: str, widths: list[int], *, single: int, part: int) -> Length:
    units = sum(widths)
    if units <= single:
        return Length(encoding, units, 1, single - units)
    segments, filled = 1, 0
    for width in widths:
        if filled + width > part:
            segments, filled = segments + 1, 0
        filled += width
    return Length(encoding, units, segments, part - filled)
