"""What is made of a likeness: a guess where no rule fits, a doubt where a rule would do something that is not easily
undone. A guess never signs anybody up: it asks."""

from app.sms.reading import Reading
from app.sms.reading._learned import Likeness, most_like
from app.sms.reading._message import Message

_DEEDS = ("SIGNUP", "CANCEL", "UNSUB", "REDEEM")
_EXACT = ("stop_word", "who_number", "birth_date", "corrected")  # rules that nothing casts a doubt on
_DOUBT = 0.9    # share of another intent from which on a deed is not done
_ENOUGH = 0.25  # share from which on a guess is better than asking back
_SURER = {"URGENT": 0.6, "WRONG_PERSON": 0.5, "RESUB": 0.5, "UNSUB": 0.7, "CANCEL": 0.9, "REDEEM": 0.9, "PROFILE": 0.4}


def guess(message: Message) -> Reading:
    """For a text that no rule fits."""
    like = most_like(message)
    nothing = Reading("UNKNOWN", rule="nothing_fits", certainty=0.0)
    if like.share < _SURER.get(like.intent, _ENOUGH) or like.intent == "UNKNOWN":
        return nothing
    if like.intent == "SIGNUP":
        return _read("ACK", like) if message.context.kind == "push" else nothing
    if like.intent == "CANCEL" and message.context.kind != "signed":
        return nothing
    if like.intent in _DEEDS and message.asks:
        return nothing
    return _read(like.intent, like, message)


def doubted(message: Message, found: Reading) -> Reading:
    """The reading, or, where it would do something and the labelled texts clearly say otherwise, what they say."""
    if found.intent not in _DEEDS or found.rule in _EXACT:
        return found
    like = most_like(message)
    if like.share < _DOUBT or like.intent in (*_DEEDS, "YES", found.intent):
        return found
    return _read(like.intent, like, message)


def _read(intent: str, like: Likeness, message: Message | None = None) -> Reading:
    slots = {}
    if message is not None and intent == "QUESTION":
        from app.sms.reading import question

        slots = question.about(message)
    return Reading(intent, slots, rule=f"like: {' '.join(like.because)}"[:60], certainty=round(like.share, 2))
