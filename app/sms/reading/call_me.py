"""Somebody should telephone, or come."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 49


def find(message: Message) -> Reading | None:
    return Reading("CALLBACK", rule="call_me_word") if message.matches("call_me") and not message.negative else None
