"""Something is wrong: money, people, promises."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 45


def find(message: Message) -> Reading | None:
    if message.says_but("complaint", "complaint_not") and (
            not message.asks or message.says("already")):
        return Reading("COMPLAINT", rule="something_is_wrong", certainty=0.8)
    return None
