"""On the bus, at the gate, at the factory."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 58


def find(message: Message) -> Reading | None:
    if message.matches("arrived") and not message.negative:
        return Reading("ARRIVED", rule="arrived_word")
    return None
