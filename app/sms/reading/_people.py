"""Who is to come: how many, and who of the family where it is not the writer."""

import re

from app.sms.reading import _numbers as numbers
from app.sms.reading._message import Message
from app.sms.reading._words import part, replacements

_COUNT = re.compile(rf"(?<![第\d])({numbers.NUMBER})"
                    r"(?:个?人|口|位|个老?(?:姐妹|姊妹|老乡|兄弟|伙计|朋友|同伴|邻居|妇女))"
                    rf"|(?:我们|来|去|报|一共|总共|共)({numbers.NUMBER})个(?![月小钟活岗工])"
                    r"|(?P<both>俩|两口子|两夫妻|老两口|夫妻)|(?P<three>仨)")
_RELATIVE = part("relative")
_WITH = re.compile(rf"(?:我|自己)(?:和|跟|与|同|还有|带)(?:着|我)*{_RELATIVE}|{_RELATIVE}(?:和|跟|与|同)(?:着)?我"
                   rf"|带(?:着|上){_RELATIVE}一?(?:起|块)")
_MOST = 30  # people; a larger number is something else


def people_slots(message: Message) -> dict[str, str]:
    """`headcount` if several come; else `proxy` if somebody else than the writer does."""
    count = _count(message.whole)
    if count > 1:
        return {"headcount": str(count)}
    for said, meant in replacements("relations"):
        if said.search(message.whole):
            return {"proxy": meant}
    return {}


def _count(whole: str) -> int:
    for found in _COUNT.finditer(whole):
        if found["both"]:
            return 2
        if found["three"]:
            return 3
        number = numbers.value(found[1] or found[2])
        if number and 1 < number <= _MOST:
            return number
    return 2 if _WITH.search(whole) else 0
