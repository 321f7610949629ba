"""Yes, I will come: a listing's number, the answer to one push, or the word with either.

A number counts only when the whole message is accounted for, and nothing that says no stands in it.
"""

import re

from app.sms.reading import Reading
from app.sms.reading import _numbers as numbers
from app.sms.reading._message import Message

RANK = 62
_LEAD = r"(?:我|我们)?(?:要|想|愿意)?(?:帮我|给我)?(?:报个名|报名|报|bm|baoming|参加|去|选)?"
_TAIL = r"(?:号活|号岗位|号岗|号工作|号|个活|个)?(?:我|我要|我想)?(?:报名|报|去|参加|bm)?"
_ASKED = ("survey", "bus", "follow", "points", "birth")  # there, a bare number is the answer to something else
_NUMBER = re.compile(rf"{_LEAD}第?({numbers.NUMBER}){_TAIL}")


def find(message: Message) -> Reading | None:
    if message.says("negations"):
        return None
    found = _NUMBER.fullmatch(message.bare)
    if found:
        return _numbered(message, numbers.value(found[1]))
    if message.is_one_of("signup"):
        return _worded(message)
    return None


def _numbered(message: Message, number: int | None) -> Reading | None:
    context = message.context
    if number is None:
        return None
    if number in context.numbers and context.kind in ("push", "list", "confirm", "signed"):
        return Reading("SIGNUP", {"job": str(number)}, rule="number_on_the_table")
    if number >= 10 and not (context.kind in _ASKED and message.bare.isdigit()):
        return Reading("SIGNUP", {"job": str(number)}, rule="listing_number")
    if number == 1 and context.kind in ("push", "signed"):
        return _worded(message)
    return None


def _worded(message: Message) -> Reading | None:
    context = message.context
    if context.kind in ("push", "confirm", "signed") and len(context.numbers) == 1:
        return Reading("SIGNUP", {"job": str(context.numbers[0])}, rule="answer_to_the_push")
    if context.kind in ("push", "list", "none", "signed"):
        return Reading("SIGNUP", {}, rule="signup_without_number", certainty=0.5)
    return None
