"""What work is there?"""

import re
from collections.abc import Callable

from app.sms.reading import Reading
from app.sms.reading._message import Message

RANK = 51
_ON_THE_TABLE = ("push", "list", "confirm", "signed")
_WORD = "岗位"  # what our texts tell people to write: it asks for the list whatever is on the table
_NUMBERED = re.compile(r"\d号(?!楼)")


def find(message: Message) -> Reading | None:
    if _NUMBERED.search(message.bare) or (message.context.kind in _ON_THE_TABLE and not message.asks
                                          and not message.says("other_work")):
        return None  # one of those on the table is meant
    rule = next((rule for rule, said in _RULES.items() if said(message)), "")
    return Reading("JOBS", rule=rule, certainty=0.8) if rule else None


def _looks(message: Message) -> bool:
    kind = message.context.kind
    refuses = message.says_outright("decline_says") or (message.negative and kind in ("push", "list", "signed"))
    return message.has_clause("jobs") and (message.asks or kind not in ("survey", "follow")
                                        or message.bare == _WORD) and not refuses


def _asks(message: Message) -> bool:
    return message.asks and (message.has_clause("jobs_asked") or (
        message.context.kind == "none" and message.says("about_work")))


def _asks_who_hires(message: Message) -> bool:
    return message.asks and message.context.kind in ("none", "points", "follow") and message.has_clause("hiring")


def _speaks_of_it(message: Message) -> bool:
    return (message.context.kind in ("none", "points") and message.says("jobs_says")
            and not message.says_outright("decline_says"))


_RULES: dict[str, Callable[[Message], bool]] = {"jobs_word": _looks, "asks_for_work": _asks,
                                                "asks_who_hires": _asks_who_hires, "speaks_of_work": _speaks_of_it}
