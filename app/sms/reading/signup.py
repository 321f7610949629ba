"""Yes, I will come: a listing's number, the answer to one push, or the word with either.

A number counts only when the whole message is accounted for, and nothing that says no, asks or hedges stands in it.
"""

import re

from app.sms.reading import Reading
from app.sms.reading import _numbers as numbers
from app.sms.reading._message import Message, matches
from app.sms.reading._words import LONGEST, made_of, one_further, reached

RANK = 64
_LEAD = r"(?:我|我们|明天|那|就)*(?:要|想|愿意|来)?(?:帮我|给我)?(?:报个名|报名|报|参加|去|选|要|来|干|第)?"
_TAIL = (r"(?:号活|号岗位|号岗|号工作|号那个|号|个活|个工作|个岗位|个)?"
         r"(?:我|我要|我想)?(?:报名|报|去|参加|要|来|干)?(?:了|的)?")
_NUMBER = re.compile(rf"{_LEAD}第?({numbers.NUMBER}){_TAIL}")
_TIME_OR_PLACE = re.compile(rf"{numbers.NUMBER}(?:点|月|日|楼|栋|单元|岁|块|元|天|小时|分|班|样|次|年|斤|公里|里路)")
_CLOCK = re.compile(r"\d{1,2}[:：]\d{2}|^0\d")
_DATE = re.compile(r"(?:[12]?\d|3[01])号")
_REPEATED = re.compile(r"(\d)\1{3,}")
_LAST = re.compile(r"(?:我?(?:要|想|报|选|报名)?)?最后(?:那|一|1)?个?(?:活|岗位)?")
_ALL = re.compile(r"(?:我?(?:要|想)?)?(?:全|都|全部|三个|几个)(?:都)?(?:报|要|去|参加|选)(?:名|上)?(?:了)?")
_NOT_THIS_BUT = re.compile(rf"(?:不(?:要|报|去)?{numbers.NUMBER}号?)?(?:我?要|报|去|选)({numbers.NUMBER})号?"
                           rf"(?:不(?:要|报|去){numbers.NUMBER}号?)?")
_SOMEBODY = re.compile(r"(?:但|那|就|让|叫|给)?(?:我|他|她|老伴|媳妇|女儿|儿子|老公|老婆|爸|妈|闺女|姐|妹|哥|弟)")
_NAME = re.compile(r"(?:我叫|我是|姓名|名字)?[\u4e00-\u9fff]{2,4}")
_ASKED = ("survey", "bus", "follow", "points", "birth")  # there, a bare number is the answer to something else


def find(message: Message) -> Reading | None:  # noqa: PLR0911  # one way out per rule
    if message.hedges or message.context.kind in ("survey", "bus", "follow"):
        return None
    if message.negative:
        return _no_then_yes(message)
    if message.context.kind == "list" and message.context.numbers and (listed := _of_the_list(message)):
        return listed
    whole = _NUMBER.fullmatch(message.bare)
    if whole:
        return _numbered(message, numbers.value(whole[1]))
    numbered = [found for part in message.clauses if (found := _NUMBER.fullmatch(part))]
    if len(numbered) == 1 and all(_NUMBER.fullmatch(part) or _accounted_for(part) for part in message.clauses):
        return _numbered(message, numbers.value(numbered[0][1]))
    if message.is_one_of("signup") or says_so(message):
        return _worded(message)
    return None


def _of_the_list(message: Message) -> Reading | None:
    """The last one, or all of them, without a number."""
    listed = message.context.numbers
    if _LAST.fullmatch(message.bare):
        return Reading("SIGNUP", {"job": str(listed[-1])}, rule="the_last_of_the_list")
    if _ALL.fullmatch(message.bare):
        return Reading("SIGNUP", {"jobs": "+".join(map(str, listed))}, rule="all_of_the_list")
    return None


def _accounted_for(clause: str) -> bool:
    """Whether a clause beside a number says nothing that could make the number mean something else."""
    return (_NAME.fullmatch(clause) is not None or matches("identity", clause)
            or made_of("row/bare_agreement", clause) or _comes(clause))


def says_so(message: Message) -> bool:
    """Whether a clause says "I will come", and no other clause holds a number that is not accounted for."""
    said = [_comes(clause) for clause in message.clauses]
    whole = _comes(message.bare)
    if not any(said) and not whole:
        return False
    rest = [clause for clause, yes in zip(message.clauses, said, strict=True) if not yes] if not whole else []
    return not any(re.search(r"\d", clause) and not matches("identity", clause) for clause in rest)


def _comes(clause: str) -> bool:
    """Whether the clause is "I will come" with what people put before and after it, and nothing else."""
    if not 0 < len(clause) <= LONGEST:
        return False
    before = reached("row/signup_before", clause, {0})
    verb = {after for place in before for after in one_further("row/signup_verb", clause, place)}
    return len(clause) in reached("row/signup_after", clause, verb)


def _no_then_yes(message: Message) -> Reading | None:
    """One will not go, the other will; not this one, but that one: the last clause decides."""
    exchanged = _NOT_THIS_BUT.fullmatch(message.whole)
    if exchanged and numbers.value(exchanged[1]) in message.context.numbers:
        return Reading("SIGNUP", {"job": str(numbers.value(exchanged[1]))}, rule="not_this_but_that")
    if len(message.clauses) > 1 and _SOMEBODY.match(message.clauses[-1]) and (
            _comes(message.clauses[-1])):
        return _worded(message)
    return None


def _numbered(message: Message, number: int | None) -> Reading | None:
    context = message.context
    if number is None or _TIME_OR_PLACE.search(message.whole) or _CLOCK.search(message.plain):
        return None
    if number in context.numbers and context.kind in ("push", "list", "confirm", "signed"):
        return Reading("SIGNUP", {"job": str(number)}, rule="number_on_the_table")
    if context.kind == "push" and (_DATE.fullmatch(message.bare) or _REPEATED.fullmatch(message.bare)):
        return None  # the 13th, or a key held down: to be asked about, not to be guessed
    if 10 <= number <= 99_999 and not (context.kind in _ASKED and message.bare.isdigit()):
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
