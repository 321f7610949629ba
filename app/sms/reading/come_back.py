"""Whoever stopped may want to hear from us again."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 41


def find(message: Message) -> Reading | None:
    if message.context.kind == "signed" and not message.says("texts"):
        return None  # what was thought better of is the job
    if message.has_clause("back") and not message.asks and not message.says_outright("decline_says"):
        return Reading("RESUB", rule="back_word")
    return None
