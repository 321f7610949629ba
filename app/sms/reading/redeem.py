"""Points for noodles and oil."""

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 52


def find(message: Message) -> Reading | None:
    if message.matches("redeem") and not message.negative and not message.says("profile") and not message.asks and (
            message.context.kind == "points" or message.says("redeem_goods")):
        return Reading("REDEEM", rule="redeem_word")
    return None
