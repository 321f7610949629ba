"""The answer to "1 ride, 2 no ride": a digit, or in words; with a count of seats where one is given."""

import re

from app.sms.reading import Reading
from app.sms.reading import _numbers as numbers
from app.sms.reading._message import Message

RANK = 57
_SEATS = re.compile(rf"({numbers.NUMBER})(?:个|人|位|口)")


def find(message: Message) -> Reading | None:
    if message.context.kind != "bus":
        return None
    first = message.clauses[0] if message.clauses else ""
    number = numbers.value(message.bare) or numbers.value(first)
    if number is not None:
        return Reading("BUS", {"ride": {1: "yes", 2: "no"}[number]}, rule="bus_number") if number in (1, 2) else None
    if message.says("bus_no"):
        return Reading("BUS", {"ride": "no"}, rule="bus_no")
    if message.says("bus_yes") and not message.negative:
        seats = _SEATS.search(message.whole)
        count = numbers.value(seats[1]) if seats else None
        return Reading("BUS", {"ride": "yes", **({"seats": str(count)} if count else {})}, rule="bus_yes")
    return None
