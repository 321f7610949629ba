"""Yes, I will come: a listing's number, the answer to one push, or the word with either.

A number counts only when the whole message is accounted for, and nothing that says no, asks or hedges stands in it.
"""

import re

from app.sms.reading import Reading
from app.sms.reading import _choice as choice
from app.sms.reading import _numbers as numbers
from app.sms.reading._choice import Clause
from app.sms.reading._coming import CHOSEN, chooses, comes, is_neutral, refuses
from app.sms.reading._index import compiled
from app.sms.reading._message import Message, matches
from app.sms.reading._people import people_slots
from app.sms.reading._words import part

RANK = 64
_YES_BY_NUMBER = re.compile(r"(?:选|就|要|报|报名|我|我要|我选|数字)*[1一壹幺]号?"
                            rf"(?:报名|去|报|参加|来|要|我去|我报名)?了?(?:{part('surname')}[一-龥]{{1,2}})?")
_NAME = re.compile(rf"(?:我叫|我是|姓名|名字)[一-龥]{{2,4}}|{part('surname')}[一-龥]{{1,2}}|欧阳.{{1,2}}")
_TIME_OR_PLACE = re.compile(rf"{numbers.NUMBER}(?:点|月|日|楼|栋|单元|岁|块|元|天|小时|分|班|样|次|年|斤|公里|里路)")
_CLOCK = re.compile(r"\d{1,2}[:：]\d{2}|^0\d")
_SUBJECT = rf"(?:我家|俺家|那|就)?(我们?|他|她|{part('relative')}|{part('called')})"
_DONE = re.compile(r"(?:去|来|报|报名|参加|干|做|到)(?:过|了)")
_DATE = re.compile(r"(?:[12]?\d|3[01])号")
_ON_A_DAY = re.compile(r"(?<![\d第])(?:[12]?\d|3[01])号(?:我们?|他|她)?(?:也|就|再|才)?(?:去|来|到|走|回)")
_A_SUM = 1000  # and more in round hundreds: a wage, sooner than a listing
_REPEATED = re.compile(r"(\d)\1{3,}")
_ALL = re.compile(r"(?:我?(?:要|想)?)?(?:全部?|都|(?:[两二三四五2345]|几|这[几三两])(?:个|样|种|份|项|家)(?:活)?)都?"
                  r"(?:报|要|去|参加|选|想去)(?:名|上)?了?|全要|全选")
_THE_FIRST = re.compile(r"我?(?:要|报|选|去)?最?(?:前面?|头|上面)([两二三23])个都?(?:报|去|要|行)?(?:了|吧)?")
_ANY_OF_THEM = re.compile(r"(?:随便(?:哪个)?|(?:[仨三两二四俩2-5]个?|(?:随便)?(?:哪个|哪一个|哪样)|随便|干什么|什么|"
                          r"随你们?|看着|其他的?|别的|另外.个)?都"
                          r"(?:行|中|可以|成|得行|要得|好|可|报|去|要|参加))")
_SOMEBODY = re.compile(r"(?:但是?|不过|那|就|是|让|叫|给|换|由|可是)*"
                       r"(?:我|他|她|[\u4e00-\u9fff]{0,3}?[伴妇儿子公婆爸妈女姐妹哥弟爹娘])"
                       r"|(?:哦|不对|不是|说错|打错|写错)?(?:不对)?(?:要|还是)?(?:去|报|来|参加)")
_AFTER_NO = re.compile(r"(?:不|没)[^,不没别莫我他她]{0,4}?(?:去|来|报名?|干|参加)(?:了|的|成)?"
                       r"(?=(?:但是?|不过|可是|可)?(?:我|他|她|[\u4e00-\u9fff]{0,2}(?:老伴|妈|爸|儿子|女儿|媳妇|老公|老婆|哥|姐|弟|妹)))")
_ALONE = re.compile(rf"{CHOSEN}(?:的|那|个|活|岗位?|工作|那个|吧|嘛|哈)*")
_NAMED_IT = re.compile(r"报|参加|加我|算我|名额")  # where nothing was offered, less is no sign-up
_FOR_A_PLACE = re.compile(r"[报登加算留写记填换替他她1]|名|位|一[个号]")
_PARTLY = re.compile(rf"我?{part('when')}(?:能|可以|得行|有空)(?:去|来|干)?(?:但是?|不过|就是)?"
                     rf"{part('when')}(?:就|要)?(?:不行|不能去?|没空|去不了|不得行|有事|不中)")
_IN_A_ROW = re.compile(rf"{CHOSEN}(?:[和跟与及]?{CHOSEN})+")
_QUIET = ("survey", "bus", "follow")                   # there, such words answer something else
_ASKED = (*_QUIET, "points", "birth", "who")           # there, a bare number does


_BESIDE_A_QUESTION = re.compile(r"(?:我要?)?报名([1-9]\d{1,5})号?")  # two digits and more: no question has ten answers


def find(message: Message) -> Reading | None:
    if message.context.kind in _QUIET and (job := _BESIDE_A_QUESTION.fullmatch(message.bare)):
        return Reading("SIGNUP", {"job": job[1]}, rule="listing_number")
    if message.hedges or message.says("concession") or message.context.kind in _QUIET or _is_story(message):
        return None
    parts = [_parted(clause, message) for clause in _clauses(message)]
    if any(refuses(part.rest) for part in parts):
        return turned_round(message)
    return _of_the_list(message) or _numbered(message, parts) or _answered(message) or _said(message, parts)


def _clauses(message: Message) -> tuple[str, ...]:
    """Digits with only blanks between are one number, unless they are several on the table."""
    apart = set(message.clauses) <= set(map(str, message.context.numbers))
    return (message.bare,) if message.bare.isdigit() and "," not in message.line and not apart else message.clauses


def _is_story(message: Message) -> bool:
    """Yesterday I went: what was then is no answer now."""
    return message.says("past") and any(
        _DONE.search(clause) and comes(clause) for clause in message.clauses)


def says_so(message: Message) -> bool:
    """Whether a clause says "I will come", and no other clause holds a number that is not accounted for."""
    if comes(message.bare):
        return True
    said = [comes(clause) for clause in message.clauses]
    return any(said) and not any(re.search(r"\d", clause) and not is_neutral(clause)
                                 for clause, yes in zip(message.clauses, said, strict=True) if not yes)


def turned_round(message: Message) -> Reading | None:
    """A no, and then a yes: one will not go, the other will; not this one, but that one. What is said last decides."""
    if not message.clauses or message.hedges:
        return None
    last = message.clauses[-1]
    parts = [choice.of(clause, message.context.numbers) for clause in message.clauses]
    if parts[-1].wanted and chooses(parts[-1].rest):
        return _of_numbers(message, parts[-1].wanted, "not_this_but_that")
    if len(message.clauses) > 1 and _SOMEBODY.match(last) and comes(last):
        return _worded(message.only([last]))
    return _one_of_them(message) or _part_of_the_time(message) or _unpunctuated(message, last)


def _part_of_the_time(message: Message) -> Reading | None:
    """In the morning I can, in the afternoon I cannot."""
    return _worded(message) if _PARTLY.fullmatch("".join(message.clauses)) else None


def _one_of_them(message: Message) -> Reading | None:
    """I will, she will not: where both are named, each speaks for herself."""
    yes = [clause for clause in message.clauses if comes(clause)]
    no = [clause for clause in message.clauses if refuses(clause)]
    going, staying = ({_subject(clause) for clause in some} for some in (yes, no))
    if yes and no and "" not in going | staying and not going & staying:
        return _worded(message.only(yes))
    return None


def _subject(clause: str) -> str:
    found = compiled(_SUBJECT).match(clause)
    return found[1] if found else ""


def _unpunctuated(message: Message, last: str) -> Reading | None:
    for no in _AFTER_NO.finditer(last):
        rest = last[no.end():]
        if comes(rest):
            return _worded(message.only([rest]))
    return None


def _parted(clause: str, message: Message) -> Clause:
    """With its listing numbers, or as it is where it says an age, a door or the like."""
    if matches("identity", clause) and not (clause.isdigit() and _can_be_listings(clause, message)):
        return Clause((), (), clause)
    return choice.of(clause, message.context.numbers)


def _can_be_listings(clause: str, message: Message) -> bool:
    """Whether bare digits are more than somebody's age: on the table, or the only number, or one of several."""
    if {"男", "女"} & set(message.clauses):
        return False
    with_digits = [one for one in message.clauses if re.search(r"\d", one)]
    return int(clause) in message.context.numbers or len(with_digits) == 1 or all(map(str.isdigit, message.clauses))


def _of_the_list(message: Message) -> Reading | None:
    """All of them, or any."""
    listed = message.context.numbers
    if message.context.kind != "list" or not listed:
        return None
    if _ALL.fullmatch(message.bare):
        return Reading("SIGNUP", {"jobs": "+".join(map(str, listed))}, rule="all_of_the_list")
    first = _THE_FIRST.fullmatch(message.bare)
    if first:
        some = listed[:numbers.value(first[1])]
        return Reading("SIGNUP", {"jobs": "+".join(map(str, some))}, rule="the_first_of_the_list")
    parts = [choice.of(clause, listed) for clause in message.clauses]
    but = {number for part in parts for number in part.no}
    if _ANY_OF_THEM.fullmatch(message.bare.removeprefix("我")):
        return Reading("SIGNUP", {}, rule="any_of_the_list", certainty=0.5)
    if but and len(parts) == 1 and _ANY_OF_THEM.fullmatch(parts[0].rest.removeprefix(CHOSEN)):
        return Reading("SIGNUP", {"jobs": "+".join(str(one) for one in listed if one not in but)}, rule="all_but_one")
    return None


def _numbered(message: Message, parts: list[Clause]) -> Reading | None:
    """Listing numbers, in clauses that choose and say nothing else; the last such clause decides."""
    with_number = [part for part in parts if part.wanted]
    if not with_number or _CLOCK.search(message.plain):
        return None
    only_one = len({number for part in with_number for number in part.wanted}) == 1
    if not chooses(with_number[-1].rest) and not (only_one and chooses(with_number[0].rest)):
        return None
    choosing = [part for part in with_number if chooses(part.rest)]
    spoken = any(comes(part.rest) for part in (*choosing, *parts))
    if not spoken and not (only_one and len(with_number) > 1) and not all(_accounted_for(part) for part in parts):
        return None
    wanted = tuple(dict.fromkeys(number for part in choosing for number in part.wanted))
    if all(comes(_as_one(part.rest)) or all(_is_open(message, number, part) for number in part.wanted)
           for part in choosing):
        return _of_numbers(message, wanted, "number_on_the_table" if set(wanted) <= set(message.context.numbers)
                           else "listing_number")
    return None


def _is_open(message: Message, number: int, part: Clause) -> bool:
    """Whether a bare number can be a listing's: it is on the table, or that of an older one, or nothing was asked."""
    context = message.context
    if number in context.numbers:
        return context.kind not in ("points", "birth", "who")
    if context.kind in _ASKED and message.bare.isdigit():
        return False
    if number >= _A_SUM and not number % 100:
        return False
    if context.kind == "push" and (_DATE.fullmatch(message.bare) or _REPEATED.fullmatch(message.bare)):
        return False  # the 13th, or a key held down: to be asked about, not to be guessed
    alone = _ALONE.fullmatch(_as_one(part.rest)) is not None
    return alone and (context.kind == "signed" or not context.numbers or number <= max(context.numbers))


def _as_one(rest: str) -> str:
    """报№和№ as 报№."""
    return _IN_A_ROW.sub(CHOSEN, rest)


def _of_numbers(message: Message, wanted: tuple[int, ...], rule: str) -> Reading | None:
    if not all(number in message.context.numbers or number >= 10 for number in wanted):
        return None
    slots = {"job": str(wanted[0])} if len(wanted) == 1 else {"jobs": "+".join(map(str, sorted(wanted)))}
    return Reading("SIGNUP", {**slots, **people_slots(message)}, rule=rule)


def _accounted_for(part: Clause) -> bool:
    """Whether a clause beside a number says nothing that could make the number mean something else."""
    return (chooses(part.rest) or part.rest == CHOSEN or comes(part.rest) or is_neutral(part.rest)
            or _NAME.fullmatch(part.rest) is not None)


def _answered(message: Message) -> Reading | None:
    """The 1 that a single push asks for."""
    if message.context.kind not in ("push", "signed") or len(message.context.numbers) != 1:
        return None
    if _TIME_OR_PLACE.search(message.whole) or _CLOCK.search(message.plain):
        return None
    ones = [clause for clause in message.clauses if _YES_BY_NUMBER.fullmatch(clause)]
    rest = [clause for clause in message.clauses if clause not in ones]
    if _YES_BY_NUMBER.fullmatch(message.bare) or (ones and all(
            is_neutral(clause) or comes(clause) or _NAME.fullmatch(clause) for clause in rest)):
        return _worded(message)
    return None


def _said(message: Message, parts: list[Clause]) -> Reading | None:
    """In words, without a number."""
    if any(part.wanted or part.no for part in parts):
        return None
    return _worded(message) if message.is_one_of("signup") or says_so(message) else None


def _worded(message: Message) -> Reading | None:
    context, people = message.context, people_slots(message)
    if context.kind == "signed" and not people and not _FOR_A_PLACE.search(message.whole):
        return Reading("ACK", rule="comes_as_booked", certainty=0.8)  # who has a place says so once more
    if context.kind in ("push", "confirm", "signed") and len(context.numbers) == 1:
        return Reading("SIGNUP", {"job": str(context.numbers[0]), **people}, rule="answer_to_the_push")
    if context.kind in ("push", "list", "signed") or (context.kind == "none" and _NAMED_IT.search(message.whole)):
        return Reading("SIGNUP", people, rule="signup_without_number", certainty=0.5)
    return None
