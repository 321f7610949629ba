"""No, thank you, to a job that was offered."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 61


def find(message: Message) -> Reading | None:
    if message.context.kind in ("push", "list") and message.is_one_of("decline", "no"):
        return Reading("DECLINE", rule="decline_word")
    if message.is_one_of("decline") and message.whole not in ("不", "算了"):
        return Reading("DECLINE", rule="decline_unasked", certainty=0.6)
    return None
