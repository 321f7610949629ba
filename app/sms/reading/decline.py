"""No, thank you, to a job that was offered; with the reason where one is given."""

from app.sms.reading import Reading, signup
from app.sms.reading._message import Message

RANK = 62
REASONS = ("has_job", "family", "health", "far", "pay", "hard", "age", "time", "other")


def find(message: Message) -> Reading | None:
    if message.context.kind in ("survey", "bus", "follow", "confirm"):
        return None
    if message.context.kind in ("push", "list") and message.is_one_of("no") and message.bare != "2":
        return Reading("DECLINE", rule="decline_word")
    if message.is_one_of("decline"):
        return Reading("DECLINE", rule="decline_word")
    if message.context.kind == "none" and message.says("profile"):
        return None  # nothing was offered: it is about themselves
    if message.says("still_going", "undecided"):
        return None
    if message.says_outright("decline_says") and not signup.turned_round(message):
        return Reading("DECLINE", reason(message), rule="not_going", certainty=0.8)
    return None


def reason(message: Message) -> dict[str, str]:
    """Why not, as far as it is said."""
    return next(({"reason": why} for why in REASONS if message.says(f"reason_{why}")), {})
