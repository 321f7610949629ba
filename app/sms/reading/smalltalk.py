"""A greeting, a wish: nice, and nothing to do."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 54


def find(message: Message) -> Reading | None:
    if message.is_made_of("smalltalk") and not message.is_made_of("bare_agreement"):
        return Reading("SMALLTALK", rule="small_talk")
    return None
