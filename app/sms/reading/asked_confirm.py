"""The answer to "do you want to sign up? yes or no"."""

import re

from app.sms.reading import Reading, signup
from app.sms.reading._message import Message
from app.sms.reading._people import people_slots
from app.sms.reading._words import words

RANK = 60
_YES_FACES = "👍👌✅🆗"


def find(message: Message) -> Reading | None:
    if message.context.kind != "confirm":
        return None
    job = {"job": str(message.context.numbers[0])} if len(message.context.numbers) == 1 else {}
    turned = signup.turned_round(message)
    if turned is None and _refuses(message):
        return Reading("NO", job, rule="confirm_no")
    found = turned or signup.find(message)
    agreed = message.is_made_of("yes") or (found is not None and found.slots.get("job", "") == job.get("job"))
    if message.hedges or (found is None and message.negative) or _names_another(message):
        return None
    only_marks = not any(letter.isalnum() for letter in message.plain)
    if agreed or (only_marks and any(face in message.plain for face in _YES_FACES)):
        return Reading("YES", {**job, **people_slots(message)}, rule="confirm_yes")
    return None


def _names_another(message: Message) -> bool:
    """Whether a number stands in it that is not the one that was asked about: 11 is no 1 said twice."""
    said = re.findall(r"\d{2,5}(?![\d岁多点元块天])", message.whole)
    return any(int(digits) not in message.context.numbers for digits in said)


def _refuses(message: Message) -> bool:
    if message.is_one_of("no", "decline") or any(clause in words("whole/no") for clause in message.clauses[:1]):
        return True
    return message.says_outright("decline_says") and message.negative and not message.asks
