"""How does this work?"""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 46


def find(message: Message) -> Reading | None:
    if message.says("call_me_says") or message.matches("call_me"):
        return None  # who cannot read it wants to be called
    only_marks = bool(message.whole) and not message.whole.strip("?")
    said = message.has_clause("help") if message.context.kind == "none" else message.matches("help")
    return Reading("HELP", rule="help_word") if only_marks or said else None
