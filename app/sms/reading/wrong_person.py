"""The phone belongs to somebody else, or its owner is dead."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 30


def find(message: Message) -> Reading | None:
    if message.context.kind == "confirm" and message.is_one_of("no"):
        return None  # the question was misread, not the person
    if message.says_but("wrong_person", "wrong_person_not"):
        return Reading("WRONG_PERSON", rule="not_this_person", certainty=0.9)
    return None
