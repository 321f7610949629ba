"""The answer to "work away, near home, not now?": a digit, or in words."""

import re

from app.sms.reading import Reading
from app.sms.reading import _numbers as numbers
from app.sms.reading._message import Message

RANK = 56
_AROUND = re.compile(r"^(?:我?选|就|第|我?要)+|(?:号|个|项|吧|条|种|样)+$")
_DIGITS = {1: "go_out", 2: "near_home", 3: "not_now"}


def find(message: Message) -> Reading | None:
    if message.context.kind != "survey":
        return None
    first = message.clauses[0] if message.clauses else ""
    number = numbers.value(_AROUND.sub("", message.bare)) or numbers.value(_AROUND.sub("", first))
    if number is not None:
        return Reading("SURVEY", {"answer": _DIGITS[number]}, rule="survey_number") if number in _DIGITS else None
    for answer in ("near_home", "not_now", "go_out"):
        if message.says(f"survey_{answer}"):
            return Reading("SURVEY", {"answer": answer}, rule=f"survey_{answer}", certainty=0.8)
    return None
