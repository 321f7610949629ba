"""The answer to "still there, changed, came back?": a digit, in words, or a wage."""

import re

from app.sms.reading import Reading
from app.sms.reading import _numbers as numbers
from app.sms.reading._message import Message

RANK = 59
_DIGITS = {1: "yes", 2: "changed", 3: "returned"}
_WAGE = re.compile(r"(?<!\d)([1-9]\d{3,4})(?!\d)")


def find(message: Message) -> Reading | None:
    if message.context.kind != "follow":
        return None
    number = numbers.value(message.bare)
    if number in _DIGITS:
        return Reading("FOLLOWUP", {"still": _DIGITS[number]}, rule="follow_number")
    for still in ("no", "changed", "returned", "yes"):
        if message.says(f"follow_{still}"):
            return Reading("FOLLOWUP", {"still": still}, rule=f"follow_{still}", certainty=0.8)
    wage = _WAGE.search(message.whole)
    if wage and len(message.whole) <= 14:
        return Reading("FOLLOWUP", {"wage": wage[1]}, rule="follow_wage", certainty=0.8)
    return None
