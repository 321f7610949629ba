"""Somebody should telephone."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 83


def find(message: Message) -> Reading | None:
    return Reading("CALLBACK", rule="call_me_word") if message.is_one_of("call_me") else None
