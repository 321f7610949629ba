"""Texts of banks, couriers and carriers, and automatic replies: nobody wrote them to us."""

import re

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 10
# Senders put their name in front of a long text; a person who quotes a digit or a word does not.
_SIGNED = re.compile(r"^\s*(?:【[^】\d]{2,16}】|\[自动回复\])\s*\S.{7,}", re.DOTALL)


def find(message: Message) -> Reading | None:
    if _SIGNED.search(message.plain):
        return Reading("IGNORE", rule="signed_by_a_sender", certainty=0.9)
    if len(message.whole) >= 6 and message.says("not_for_us") and not message.asks:
        return Reading("IGNORE", rule="not_for_us", certainty=0.9)
    return None
