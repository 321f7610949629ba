"""No, thank you, to a job that was offered."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 62


def find(message: Message) -> Reading | None:
    if message.context.kind in ("survey", "bus", "follow", "confirm"):
        return None
    if message.context.kind in ("push", "list") and message.is_one_of("no") and message.bare != "2":
        return Reading("DECLINE", rule="decline_word")
    if message.is_one_of("decline"):
        return Reading("DECLINE", rule="decline_word")
    if message.says("decline_says") and not message.says("still_going"):
        return Reading("DECLINE", rule="not_going", certainty=0.8)
    return None
