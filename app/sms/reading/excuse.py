"""A reason against, without a no: to an offer it is one."""

from app.sms.reading import Reading
from app.sms.reading._message import Message
from app.sms.reading.decline import reason

RANK = 66


def find(message: Message) -> Reading | None:
    if message.context.kind not in ("push", "list") or message.hedges:
        return None
    why = reason(message)
    return Reading("DECLINE", why, rule="a_reason_against", certainty=0.7) if why else None
