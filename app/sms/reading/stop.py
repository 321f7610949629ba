"""Stop: the law's word. It must not be missed, and it counts as a whole message only."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 40


def find(message: Message) -> Reading | None:
    if message.is_one_of("stop"):
        return Reading("UNSUB", rule="stop_word")
    return None
