"""Somebody is in danger. It must not be missed, so anything that sounds like it counts, questions about it aside."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 20
_ASKED = ("push", "list", "confirm", "signed")


def find(message: Message) -> Reading | None:
    if not message.says_but("urgent", "urgent_not"):
        return None
    only_why_not = message.says("decline_says") and not message.says_but("urgent", "urgent_not", "urgent_mild")
    if not (only_why_not and message.context.kind in _ASKED):
        return Reading("URGENT", rule="sounds_like_danger", certainty=0.9)
    return None
