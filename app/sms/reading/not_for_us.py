"""Texts of banks, couriers and carriers, and automatic replies: nobody wrote them to us."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 10


def find(message: Message) -> Reading | None:
    if len(message.whole) >= 6 and message.says("not_for_us") and not message.asks:
        return Reading("IGNORE", rule="not_for_us", certainty=0.9)
    return None
