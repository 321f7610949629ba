"""What is made of a likeness where no rule fits. A guess signs nobody up, takes nobody off and lifts no stop: whoever
may have wanted that is asked back. What must not be missed, a stop, a danger and a wrong person, it may say."""

from app.sms.reading import Reading, question
from app.sms.reading._learned import most_like
from app.sms.reading._message import Message

_DEEDS = ("SIGNUP", "YES", "CANCEL", "REDEEM", "RESUB")
_ENOUGH = 0.5  # the share from which on a guess is better than asking back
_OTHER = {"UNSUB": 0.8, "URGENT": 0.6, "PROFILE": 0.4}


def guess(message: Message) -> Reading | None:
    """A reading for a text that no rule fits, where it is clearly like others."""
    like = most_like(message)
    if like.intent in (*_DEEDS, "UNKNOWN") or like.share < _OTHER.get(like.intent, _ENOUGH):
        return None
    if not like.says_something or (like.intent == "UNSUB" and message.asks):
        return None
    slots = question.about(message) if like.intent == "QUESTION" else {}
    return Reading(like.intent, slots, rule=f"like: {' '.join(like.because)}"[:60], certainty=round(like.share, 2))
