"""Received, good, thanks: an agreement that says neither yes nor no."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 70


def find(message: Message) -> Reading | None:
    if message.is_one_of("bare_agreement") or (not message.whole and any(c in message.plain for c in "👍👌🙏😊")):
        return Reading("ACK", rule="bare_agreement", certainty=0.8)
    return None
