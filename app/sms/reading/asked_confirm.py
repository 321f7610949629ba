"""The answer to "do you want to sign up? yes or no"."""

from app.sms.reading import Reading, signup
from app.sms.reading._message import Message

RANK = 60


def find(message: Message) -> Reading | None:
    if message.context.kind != "confirm":
        return None
    job = {"job": str(message.context.numbers[0])} if len(message.context.numbers) == 1 else {}
    if message.is_one_of("no") or (message.says_outright("decline_says") and message.negative and not message.asks):
        return Reading("NO", job, rule="confirm_no")
    agreed = message.is_made_of("yes") or signup.says_so(message)
    if agreed and not message.negative and not message.hedges:
        return Reading("YES", job, rule="confirm_yes")
    return None
