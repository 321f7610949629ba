"""A question: answered from the listing where we can, else by a person."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 55
_ABOUT = ("pay", "meals", "transport", "place", "time")


def find(message: Message) -> Reading | None:
    if message.says("undecided") and "?" not in message.line:
        return None
    if message.asks and message.bare and not message.is_made_of("bare_agreement"):
        return Reading("QUESTION", about(message), rule="asks_something", certainty=0.8)
    if message.says("condition") and message.context.kind in ("push", "list", "confirm"):
        return Reading("QUESTION", about(message), rule="yes_on_a_condition", certainty=0.6)
    return None


def about(message: Message) -> dict[str, str]:
    """What it is about, where it is about one thing that a listing says."""
    found = [topic for topic in _ABOUT if message.says(f"about_{topic}")]
    return {"about": found[0]} if len(found) == 1 else {}
