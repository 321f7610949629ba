"""Two things wanted in one text: a deed, and what goes with it. Danger, stop and wrong person stand alone."""

import re

from app.sms.reading import Reading, first
from app.sms.reading import _choice as choice
from app.sms.reading._coming import refuses
from app.sms.reading._message import Message, matches

MOST_SENTENCES = 6  # in more than these, the main thing is enough
_WITH = {"SIGNUP": ("QUESTION", "CALLBACK", "POINTS", "STATUS"),
         "YES": ("QUESTION", "CALLBACK", "POINTS"),
         "NO": ("QUESTION", "CALLBACK", "JOBS", "SIGNUP"),
         "CANCEL": ("SIGNUP", "QUESTION", "CALLBACK", "JOBS", "POINTS"),
         "DECLINE": ("CALLBACK", "JOBS", "QUESTION", "POINTS"),
         "BUS": ("QUESTION", "CALLBACK", "COMPLAINT"),
         "SURVEY": ("QUESTION", "CALLBACK", "COMPLAINT"),
         "FOLLOWUP": ("QUESTION", "CALLBACK", "COMPLAINT", "JOBS")}
_JOINED = {*_WITH, *(intent for more in _WITH.values() for intent in more), "HELP"}
_VAGUE = ("a_reason_against", "signup_without_number", "any_of_the_list")  # too little to be half of a text
_WISHING = re.compile(r"想|愿|能|可以|会|打算|准备|考虑|怕|可能")
_MAY_I = re.compile(r"[要收行能中得]不[要收行能中得]|可(?:不可)?以|能(?:不能)?去|还要|还招|满|行吗|得行|资格|要求|合适")
_ONLY_ASKED = re.compile(r"我?(?:是|就是|只是|就|只)?问(?:问|一下|下)(?:而已|的|罢了|看)?$")
_LOOKING = re.compile(r"找|换|喊|叫|通知|介绍|发|[吗么不没?]$|没有$|什么|哪")
_HOW = re.compile(r"带|穿|准备|几点|时候|哪|车|集合|联系|电话|饭|早上|多久|怎么去|地址|注意|钱")
_EXCHANGE = re.compile(r"(?:我?要?想?)?(?:把|从|将)?(?P<old>\d{1,5})号?(?:活|岗)?(?:给我|帮我)?"
                       r"(?:换|改|转|调)(?:成|到|为|去|报)*(?P<new>\d{1,5})号?(?:活|岗)?(?:吧|了)?")
_INSTEAD = re.compile(r"(?:我|那|就|给我|帮我|改|换|重新)*(?:改|换|报名?|去|要|选|参加|说的是|是)"
                      r"(?:成|到|去|报|个|上)*№(?:号|活|吧|了|去|那个)*")
_NO_LONGER = re.compile(r"(?:不(?:去|报|要|干|想|参加)|取消|退).{0,6}了(?:吧|哈|啊)?$")
_STORY = 3  # sentences
_TOLD_BEFORE = ("QUESTION", "JOBS", "PROFILE", "DECLINE", "HELP")
_PUT_ME_DOWN = re.compile(r"报名|报上|报一|报个|登记|[算加写记][我上]|[给帮]我报")
_INSTEAD_IN = ("signed", "none", "confirm", "list")


def wanted(message: Message, alone: Reading) -> Reading | None:
    """Both things, with the deed first, or None if only one is wanted."""
    exchanged = _exchanged(message) or _last_word(message, alone)
    if exchanged or alone.intent not in _JOINED or not 2 <= len(message.sentences) <= MOST_SENTENCES:
        return exchanged
    parts = [_one(message, sentence) for sentence in message.sentences]
    found: dict[str, tuple[str, Reading]] = {}
    for sentence, part in zip(message.sentences, parts, strict=True):
        if part.intent in _JOINED and part.rule not in _VAGUE and not matches("identity", sentence):
            found.setdefault(part.intent.replace("HELP", "QUESTION"), (sentence, part))
    if len(found) != 2:
        return None
    for deed, more in (tuple(found), tuple(found)[::-1]):
        if more in _WITH.get(deed, ()) and (_fits(*found[deed], *found[more]) or _apart(message, found)):
            return _joined(found[deed][1], found[more][1])
    return None


def _one(message: Message, sentence: str) -> Reading:
    part = first(message.only([sentence]))
    if message.context.kind == "list" and part.intent == "DECLINE" and _NO_LONGER.search(sentence):
        given_up = choice.of(sentence.strip("?"), message.context.numbers).no
        return Reading("CANCEL", {"job": str(given_up[0])}, rule="no_longer") if len(given_up) == 1 else part
    if part.intent in ("UNKNOWN", "QUESTION", "DECLINE") and message.context.kind in _INSTEAD_IN:
        return _number_instead(message, sentence) or part
    return part


def _number_instead(message: Message, sentence: str) -> Reading | None:
    """In "not that one, number 2" any number is one of ours: it will be looked up."""
    clause = choice.of(sentence.strip("?"), (*message.context.numbers, *range(1, 10)))
    if len(clause.wanted) == 1 and not clause.no and _INSTEAD.fullmatch(clause.rest) and "?" not in sentence:
        return Reading("SIGNUP", {"job": str(clause.wanted[0])}, rule="that_one_instead")
    return None


def _fits(deed_said: str, deed: Reading, more_said: str, more: Reading) -> bool:
    """Whether the two go together: whoever only would like to come, and asks, asks."""
    if deed.intent in ("NO", "DECLINE") and _ONLY_ASKED.search(more_said):
        return False
    if more.intent == "JOBS" and not _LOOKING.search(more_said):
        return False
    if more.intent == "SIGNUP":
        return "proxy" in more.slots or more.slots.get("job", deed.slots.get("job")) != deed.slots.get("job")
    if deed.intent == "SIGNUP" and more.intent in ("QUESTION", "HELP"):
        firm = not _WISHING.search(deed_said) and not _MAY_I.search(more_said)
        return "job" in deed.slots and firm and (bool(more.slots) or _HOW.search(more_said) is not None)
    return True


def _apart(message: Message, found: dict[str, tuple[str, Reading]]) -> bool:
    """Whether a place given up and one taken are those of two people who are both named."""
    named = [set(message.only([sentence]).named) for sentence, _part in found.values()]
    return set(found) == {"CANCEL", "SIGNUP"} and all(named) and not set.intersection(*named)


def _joined(deed: Reading, more: Reading) -> Reading:
    if more.intent == "HELP":
        more = Reading("QUESTION", more.slots, more.rule, more.certainty)
    return Reading(f"{deed.intent}+{more.intent}", {**more.slots, **deed.slots}, f"{deed.rule}+{more.rule}",
                   min(deed.certainty, more.certainty), (deed, more))


def _last_word(message: Message, alone: Reading) -> Reading | None:
    """A long story that ends with "put me down": that is what was meant."""
    if message.context.kind not in ("push", "list") or len(message.sentences) < _STORY or "?" in message.line:
        return None
    last = message.sentences[-1]
    if alone.intent not in _TOLD_BEFORE or message.hedges or not _PUT_ME_DOWN.search(last) or any(
            map(refuses, message.clauses)):
        return None
    found = first(message.only([last]))
    if found.intent != "SIGNUP" or not {"job", "jobs"} & set(found.slots):
        return None
    return _joined(found, alone) if alone.intent == "QUESTION" else found


def _exchanged(message: Message) -> Reading | None:
    """3号换2号."""
    if message.context.kind not in ("signed", "none", "list"):
        return None
    found = _EXCHANGE.fullmatch(message.bare)
    if not found or found["old"] == found["new"]:
        return None
    return _joined(Reading("CANCEL", {"job": found["old"]}, "exchange"),
                   Reading("SIGNUP", {"job": found["new"]}, "exchange"))
