"""Send me the link to my pages."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 39  # before "come back", which is also said with 重新发


def find(message: Message) -> Reading | None:
    return Reading("LINK", rule="link_word") if message.nameless.matches("link") else None
