"""The answer to "work away, near home, not now?", or to whatever else a survey numbers: a digit, or in words."""

import re

from app.sms.reading import Context, Reading
from app.sms.reading import _numbers as numbers
from app.sms.reading._message import Message

RANK = 56
_AROUND = re.compile(r"^(?:我?选|就|第|我?要)+|(?:号|个|项|吧|条|种|样)+$")
_DIGITS = {1: "go_out", 2: "near_home", 3: "not_now"}
_USUAL = ("near_home", "not_now", "go_out")
_SHORTEST_LABEL = 2  # a single character stands in too many other words


def find(message: Message) -> Reading | None:
    if message.context.kind != "survey":
        return None
    first = message.clauses[0] if message.clauses else ""
    number = numbers.value(_AROUND.sub("", message.bare)) or numbers.value(_AROUND.sub("", first))
    if message.context.options:
        return _one_of(message, number)
    if number is not None:
        return Reading("SURVEY", {"answer": _DIGITS[number]}, rule="survey_number") if number in _DIGITS else None
    for answer in _USUAL:
        if message.says(f"survey_{answer}"):
            return Reading("SURVEY", {"answer": answer}, rule=f"survey_{answer}", certainty=0.8)
    return None


def _one_of(message: Message, number: int | None) -> Reading | None:
    """One of this survey's own options: by number, in its own words, or in other words for the same."""
    options = message.context.options
    if number is not None:
        return (Reading("SURVEY", {"choice": str(number)}, rule="survey_number")
                if 1 <= number <= len(options) else None)
    labels = [Message.of(option, Context()).bare for option in options]
    if message.bare in labels:
        return Reading("SURVEY", {"choice": str(labels.index(message.bare) + 1)}, rule="survey_label")
    named = [place for place, label in enumerate(labels, 1)
             if len(label) >= _SHORTEST_LABEL and label in message.whole
             and not any(label in other for other in labels if other != label)]
    if len(named) == 1 and not message.negative:
        return Reading("SURVEY", {"choice": str(named[0])}, rule="survey_label", certainty=0.8)
    for answer in _USUAL:
        meant = [place for place, option in enumerate(options, 1)
                 if Message.of(option, Context()).says(f"survey_{answer}")]
        if len(meant) == 1 and message.says(f"survey_{answer}"):
            return Reading("SURVEY", {"choice": str(meant[0])}, rule=f"survey_{answer}", certainty=0.8)
    return None
