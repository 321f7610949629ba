"""What work is there?"""

import re

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 51
_NUMBERED = re.compile(r"\d号(?!楼)")


def find(message: Message) -> Reading | None:
    kind = message.context.kind
    if _NUMBERED.search(message.bare):
        return None  # one of them is meant
    if kind in ("push", "list", "confirm", "signed") and not message.asks and not message.says("other_work"):
        return None  # there is a job on the table: what is said is said of it
    if message.has_clause("jobs") and (message.asks or kind not in ("survey", "follow")) and not (
            message.says_outright("decline_says") or (message.negative and kind in ("push", "list", "signed"))):
        return Reading("JOBS", rule="jobs_word")
    if message.asks and message.has_clause("jobs_asked"):
        return Reading("JOBS", rule="asks_for_work")
    if message.asks and kind in ("none", "points", "follow") and message.has_clause("hiring"):
        return Reading("JOBS", rule="asks_who_hires", certainty=0.8)
    return None
