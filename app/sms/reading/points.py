"""How many points have I?"""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 48


def find(message: Message) -> Reading | None:
    if message.has_clause("points") and not message.says("about_use"):
        return Reading("POINTS", rule="points_word")
    return None
