"""A question: answered from the listing where we can, else by a person."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 55
_ABOUT = ("pay", "meals", "transport", "place", "time")


def find(message: Message) -> Reading | None:
    if message.says("condition") and not message.asks and message.context.kind in ("push", "list", "confirm"):
        return Reading("QUESTION", rule="yes_on_a_condition", certainty=0.6)
    if not message.asks or not message.bare:
        return None
    about = [topic for topic in _ABOUT if message.says(f"about_{topic}")]
    return Reading("QUESTION", {"about": about[0]} if len(about) == 1 else {}, rule="asks_something", certainty=0.8)
