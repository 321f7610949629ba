"""Help: what can be done by text."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 80


def find(message: Message) -> Reading | None:
    return Reading("HELP", rule="help_word") if message.is_one_of("help") else None
