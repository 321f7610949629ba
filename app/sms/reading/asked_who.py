"""The answer to "who of you?": a digit of the list, a name, or both of them."""

import re

from app.sms.reading import Reading
from app.sms.reading import _numbers as numbers
from app.sms.reading._message import Message

RANK = 42  # reads the message with its names
_ALL = re.compile(r"(?:我们)?(?:都|两个|两人|俩|一起|全|两口子)+(?:都|人)?(?:去|报|要|报名|参加|算上)?(?:了|吧)?")
_NUMBER = re.compile(rf"(?:我?选|是|第)?({numbers.NUMBER})号?(?:吧|个)?")
_BY_FAMILY_NAME = "(?:老|小){0}|{0}(?:师傅|大[爷妈娘姐哥叔婶]|[叔婶姨姐哥伯])"


def find(message: Message) -> Reading | None:
    if message.context.kind != "who":
        return None
    number = _NUMBER.fullmatch(message.bare) or next(filter(None, map(_NUMBER.fullmatch, message.clauses)), None)
    chosen = numbers.value(number[1]) if number else None
    if chosen is not None and 1 <= chosen <= 9:
        return Reading("CHOICE", {"choice": str(chosen)}, rule="who_number")
    names = message.named or _by_family_name(message)
    if names and not message.negative and not message.asks:
        return Reading("CHOICE", {"who": "+".join(names)}, rule="who_name")
    if message.context.names and _ALL.fullmatch(message.bare):
        return Reading("CHOICE", {"who": "+".join(message.context.names)}, rule="who_all")
    return None


def _by_family_name(message: Message) -> tuple[str, ...]:
    """老李, where only one of them is called Li."""
    named = [name for name in message.context.names
             if re.search(_BY_FAMILY_NAME.format(re.escape(name[:1])), message.whole)]
    return tuple(named) if len(named) == 1 else ()
