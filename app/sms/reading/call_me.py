"""Somebody should telephone, or come."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 49


def find(message: Message) -> Reading | None:
    if message.matches("call_me") and not message.negative and not message.says("undecided"):
        return Reading("CALLBACK", rule="call_me_word")
    if message.says("call_me_says") and not message.says("call_me_not"):
        return Reading("CALLBACK", rule="asks_for_a_call", certainty=0.8)
    if message.context.kind == "bus" and message.says("missed") and not message.asks:
        return Reading("CALLBACK", rule="missed_the_bus", certainty=0.8)
    return None
