"""Taking a place back, by number or not; "I am not going" means this to whoever has a place."""

import re

from app.sms.reading import Reading
from app.sms.reading import _numbers as numbers
from app.sms.reading._message import Message

RANK = 61
_NUMBERED = re.compile(
    rf"(?:我?要?(?:帮我)?(?:取消|退掉?|撤)(?:报名|了)?|不去|cancel)第?({numbers.NUMBER})号?(?:报名|活|岗位)?了?|"
    rf"第?({numbers.NUMBER})号?(?:活|岗位)?(?:的?报名)?(?:取消|退掉?|撤|不去|去不了|来不了)了?")
_UNDONE = re.compile(r"(?:不|别|莫|没|勿|未|不要|不想|没有|没说)(?:要|想|说|给我|帮我)*(?:取消|退|撤)|取消取消|"
                     r"取消.{0,4}(?:错|反悔|还是去)")


def find(message: Message) -> Reading | None:
    if _UNDONE.search(message.whole):
        return None
    found = next(filter(None, map(_NUMBERED.fullmatch, (message.bare, *message.clauses))), None)
    number = numbers.value(found[1] or found[2]) if found else None
    if number is not None and (number >= 10 or message.context.kind in ("signed", "none") or "取消" in message.whole):
        return Reading("CANCEL", {"job": str(number)}, rule="cancel_number")
    place = message.context.numbers
    known = {"job": str(place[0])} if message.context.kind == "signed" and len(place) == 1 else {}
    if message.has_clause("cancel"):
        return Reading("CANCEL", known, rule="cancel_word")
    if message.context.kind == "signed" and not message.hedges and not message.says("harmless") and (
            message.is_one_of("decline") or message.says("decline_says")):
        return Reading("CANCEL", known, rule="not_going_after_all", certainty=0.9)
    return None

