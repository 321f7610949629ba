"""Taking a place back, by number or not; "I am not going" means this to whoever has a place."""

import re

from app.sms.reading import Reading
from app.sms.reading import _numbers as numbers
from app.sms.reading._message import Message

RANK = 60
_CANCEL_NUMBER = re.compile(rf"(?:我?要?取消(?:报名)?|不去|cancel)第?({numbers.NUMBER})号?(?:报名|活|岗位)?|"
                            rf"第?({numbers.NUMBER})号?(?:活|岗位)?(?:的?报名)?(?:取消|不去|去不了|来不了)了?")


def find(message: Message) -> Reading | None:
    found = _CANCEL_NUMBER.fullmatch(message.bare)
    if found:
        number = numbers.value(found[1] or found[2])
        if number is not None:
            return Reading("CANCEL", {"job": str(number)}, rule="cancel_number")
    clear = message.whole.startswith("取消") or message.bare in ("取消", "cancel", "quxiao", "qx")
    if message.is_one_of("cancel") and (clear or message.context.kind == "signed"):
        numbers_there = message.context.numbers
        known = message.context.kind == "signed" and len(numbers_there) == 1
        return Reading("CANCEL", {"job": str(numbers_there[0])} if known else {}, rule="cancel_word")
    return None
