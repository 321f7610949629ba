"""The answer to "still there, changed, came back?": a digit, in words, or a wage."""

import re

from app.sms.reading import Reading
from app.sms.reading import _numbers as numbers
from app.sms.reading._message import Message

RANK = 59
_DIGITS = {1: "yes", 2: "changed", 3: "returned"}
_SHORT = 20  # letters; in a longer text a sum may be anything
_DAILY = re.compile(r"一?天(?:\d{2,3}|[一二两三]百.{0,3})")
_SPOKEN = re.compile(r"([1-9一二两三四五六七八九])千([1-9一二三四五六七八九])?")
_WAGE = re.compile(r"(?<!\d)([1-9]\d{3,4})(?!\d)")


def find(message: Message) -> Reading | None:
    if message.context.kind != "follow":
        return None
    number = numbers.value(message.bare)
    if number in _DIGITS:
        return Reading("FOLLOWUP", {"still": _DIGITS[number]}, rule="follow_number")
    wage = _wage(message.whole)
    if _DAILY.fullmatch(message.bare):
        return Reading("FOLLOWUP", {}, rule="follow_daily_wage", certainty=0.7)
    for still in ("no", "changed", "returned", "yes"):
        if message.says(f"follow_{still}"):
            return Reading("FOLLOWUP", {"still": still, **wage}, rule=f"follow_{still}", certainty=0.8)
    if wage and len(message.whole) <= _SHORT:
        return Reading("FOLLOWUP", wage, rule="follow_wage", certainty=0.8)
    return None


def _wage(whole: str) -> dict[str, str]:
    """4500, 4千8, 六千二, 五千."""
    found = _WAGE.search(whole)
    if found:
        return {"wage": found[1]}
    spoken = _SPOKEN.search(whole)
    if spoken:
        thousands, hundreds = numbers.value(spoken[1]) or 0, numbers.value(spoken[2] or "零") or 0
        return {"wage": str(thousands * 1000 + hundreds * 100)}
    return {}
