"""Numbers as people type them: 23, 二十三, 二三, 两, 第二; circled and full-width ones were made plain before."""

import re

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
           "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9, "幺": 1}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
NUMBER = r"(?:\d{1,5}|[零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖幺十拾百佰千仟]{1,7})"
_WHOLE = re.compile(NUMBER)


def value(text: str) -> int | None:
    """The number that the whole text is, or None."""
    if not _WHOLE.fullmatch(text):
        return None
    if text.isdigit() and text.isascii():
        return int(text)
    if not any(c in _TENS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text)) if len(text) <= 5 else None
    return _counted(text)


def _counted(text: str) -> int | None:
    """二十三, 一百零五: digits with their places, the places falling."""
    total, digit, last = 0, None, 10_000
    for character in text:
        if character in _TENS:
            place = _TENS[character]
            if place >= last:
                return None
            total += (1 if digit is None or (digit == 0 and place == 10) else digit) * place
            digit, last = None, place
        else:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[character]
    return total + (digit or 0)
