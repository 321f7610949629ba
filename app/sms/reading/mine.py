"""What have I signed up for?"""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 47


def find(message: Message) -> Reading | None:
    return Reading("STATUS", rule="mine_word") if message.has_clause("mine") else None
