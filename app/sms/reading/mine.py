"""What have I signed up for?"""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 47


def find(message: Message) -> Reading | None:
    if message.has_clause("mine") and (message.asks or message.says("look_up")):
        return Reading("STATUS", rule="mine_word")
    return None
