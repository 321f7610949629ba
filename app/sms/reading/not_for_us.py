"""Texts of banks, couriers and carriers, and automatic replies: nobody wrote them to us."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 10
_LONG = 8  # somebody who asks about their own balance writes less


def find(message: Message) -> Reading | None:
    if len(message.whole) >= _LONG and message.says("not_for_us"):
        return Reading("IGNORE", rule="not_for_us", certainty=0.9)
    return None
