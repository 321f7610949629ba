"""Taking a place back, by number or not; "I am not going" means this to whoever has a place."""

import re

from app.sms.reading import Reading, signup
from app.sms.reading import _choice as choice
from app.sms.reading._coming import CHOSEN
from app.sms.reading._message import Message
from app.sms.reading._people import people_slots

RANK = 61
_LEAD = (r"(?:我们?|要|想|想要|帮我|给我|帮|把|麻烦|明天|今天|后天|那个|这个|的|活|岗位|"
         r"报名|老伴|都|也|就|和|跟|与|还有|不好意思|号)*")
_TAKE_BACK = r"(?:取消|退掉?|撤掉?|撤销|划掉|去掉|删掉?|cancel)"
_NOT_GOING = r"(?:不(?:想|能)?(?:去|来|报|干|要|参加)了?|(?:去|来|干)不(?:了|成)|别报|莫报)"
_NUMBERS = rf"{CHOSEN}(?:{_LEAD}{CHOSEN})*{_LEAD}"
_NUMBERED = re.compile(rf"{_LEAD}(?:{_TAKE_BACK}|{_NOT_GOING}){_LEAD}了?{_LEAD}{_NUMBERS}(?:取消|退)?了?|"
                       rf"{_LEAD}{_NUMBERS}(?:{_TAKE_BACK}|{_NOT_GOING}|算)(?:报名)?了?")
_UNDONE = re.compile(r"(?:不|别|莫|没|勿|未|不要|不想|没有|没说)(?:是|要|想|说|给我|帮我)*(?:取消|退|撤)|"
                     r"取消取消(?=.{0,3}(?:还|我))|取消.{0,4}(?:错|反悔|还是去)")
_SOME_NUMBER = re.compile(r"(?<!\d)(\d{1,5})号(?![楼栋院线门])")
_OVER = re.compile(r"了$|取消|退|撤")


def find(message: Message) -> Reading | None:
    if message.context.kind == "confirm" or _UNDONE.search(message.whole):
        return None
    return _numbered(message) or _worded(message)


def _numbered(message: Message) -> Reading | None:
    context = message.context
    for clause in (message.clauses if len(message.clauses) > 1 else (message.bare, *message.clauses)):
        part = choice.of(clause, context.numbers or tuple(range(1, 10)))
        taken = part.no or part.wanted
        marked = part.rest if not part.no else f"不去{CHOSEN}"
        over = _OVER.search(clause) is not None
        may_be = context.kind == "signed" or (over and (
            context.kind == "none" or "取消" in clause or "退" in clause or all(number >= 10 for number in taken)))
        if taken and may_be and _NUMBERED.fullmatch(marked):
            slots = {"job": str(taken[0])} if len(taken) == 1 else {"jobs": "+".join(map(str, taken))}
            return Reading("CANCEL", slots, rule="cancel_number")
    return None


def _worded(message: Message) -> Reading | None:
    place = message.context.numbers
    another = set(_SOME_NUMBER.findall(message.whole)) - set(map(str, place))
    known = {"job": str(place[0])} if message.context.kind == "signed" and len(place) == 1 and not another else {}
    if message.has_clause("cancel") or (message.context.kind == "signed" and message.has_clause("cancel_held")):
        return Reading("CANCEL", {**known, **people_slots(message)}, rule="cancel_word")
    if message.context.kind != "signed" or message.says("hedges", "still_going") or signup.says_so(message):
        return None
    if message.is_one_of("decline") or message.says_outright("decline_says"):
        return Reading("CANCEL", {**known, **people_slots(message)}, rule="not_going_after_all", certainty=0.9)
    if message.says("cannot_now") and not message.asks and not message.says("undecided"):
        return Reading("CANCEL", known, rule="a_reason_against", certainty=0.7)
    return None
