"""The phone belongs to somebody else, or its owner is dead."""

import re

from app.sms.reading import Reading, signup
from app.sms.reading._message import Message

RANK = 30
_MISTAKEN = re.compile(r"^(?:搞|弄|按|点|报|看|选|不好意思|错了|不是我)")
_PERSON = re.compile(r"人|号|电话")


def find(message: Message) -> Reading | None:
    if message.context.kind in ("confirm", "signed") and _MISTAKEN.search(message.whole) and not _PERSON.search(
            message.whole):
        return None  # the question was misread, not the person
    if message.context.kind in ("push", "confirm", "signed") and not _PERSON.search(message.whole) and (
            signup.says_so(message) or any(clause.isdigit() for clause in message.clauses)):
        return None  # a slip of the thumb, put right
    if message.says_but("wrong_person", "wrong_person_not"):
        return Reading("WRONG_PERSON", rule="not_this_person", certainty=0.9)
    return None
