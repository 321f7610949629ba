"""On the bus, at the gate, at the factory."""

from app.sms.reading import Reading
from app.sms.reading._coming import refuses
from app.sms.reading._message import Message, matches

RANK = 58


def find(message: Message) -> Reading | None:
    if message.says("follow_changed"):
        return None
    if (message.matches("arrived") and not message.negative) or any(
            matches("arrived", clause) and not refuses(clause) for clause in message.clauses):
        return Reading("ARRIVED", rule="arrived_word")
    return None
