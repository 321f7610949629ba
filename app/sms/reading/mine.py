"""What have I signed up for?"""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 82


def find(message: Message) -> Reading | None:
    return Reading("STATUS", rule="mine_word") if message.is_one_of("mine") else None
