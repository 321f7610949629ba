"""The answer to "who of you?": a digit of the list, or the name."""

from app.sms.reading import Reading
from app.sms.reading import _numbers as numbers
from app.sms.reading._message import Message

RANK = 44


def find(message: Message) -> Reading | None:
    if message.context.kind != "who":
        return None
    number = numbers.value(message.bare)
    if number is not None and 1 <= number <= 9:
        return Reading("CHOICE", {"choice": str(number)}, rule="who_number")
    return None
