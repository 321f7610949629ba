"""Something about the person: what they can do, when they have time, where they are."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 72


def find(message: Message) -> Reading | None:
    if message.says("profile") and not message.says("undecided"):
        return Reading("PROFILE", rule="about_themselves", certainty=0.6)
    return None
