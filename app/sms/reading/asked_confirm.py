"""The answer to "do you want to sign up? yes or no"."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 52


def find(message: Message) -> Reading | None:
    if message.context.kind != "confirm":
        return None
    if message.is_one_of("no"):
        return Reading("NO", rule="confirm_no")
    if message.is_one_of("yes") and not message.says("negations"):
        return Reading("YES", rule="confirm_yes")
    return None
