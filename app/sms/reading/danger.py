"""Somebody is in danger. It must not be missed, so anything that sounds like it counts, questions about it aside."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 20


def find(message: Message) -> Reading | None:
    if message.says_but("urgent", "urgent_not"):
        return Reading("URGENT", rule="sounds_like_danger", certainty=0.9)
    return None
