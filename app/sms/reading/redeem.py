"""Points for noodles and oil."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 52


def find(message: Message) -> Reading | None:
    if not message.matches("redeem") or message.negative or message.asks or message.says("profile", "redeem_not"):
        return None
    if message.context.kind == "points" or message.says("redeem_goods"):
        return Reading("REDEEM", rule="redeem_word")
    return None
