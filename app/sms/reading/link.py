"""Send me the link to my pages."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 50


def find(message: Message) -> Reading | None:
    return Reading("LINK", rule="link_word") if message.matches("link") else None
