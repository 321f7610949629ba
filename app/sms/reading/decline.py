"""No, thank you, to a job that was offered; with the reason where one is given."""

from app.sms.reading import Reading, signup
from app.sms.reading._message import Message

RANK = 62
REASONS = ("has_job", "family", "health", "far", "pay", "hard", "age", "time", "other")
_OFFERED = ("push", "list")
_NOT_HERE = ("survey", "bus", "follow", "confirm")  # there, a no answers something else


def find(message: Message) -> Reading | None:
    kind = message.context.kind
    if kind in _NOT_HERE:
        return None
    if message.is_one_of("decline") or (kind in _OFFERED and message.is_one_of("no") and message.bare != "2"):
        return Reading("DECLINE", rule="decline_word")
    about_themselves = kind == "none" and message.says("profile")  # where nothing was offered
    if about_themselves or message.says("still_going", "undecided"):
        return None
    if message.says_outright("decline_says") and not signup.turned_round(message):
        return Reading("DECLINE", reason(message), rule="not_going", certainty=0.8)
    return None


def reason(message: Message) -> dict[str, str]:
    """Why not, as far as it is said."""
    return next(({"reason": why} for why in REASONS if message.says(f"reason_{why}")), {})
