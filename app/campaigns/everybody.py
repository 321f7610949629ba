"""A text for everybody at once: where a person's name or building would stand, there are words that fit all."""

import re
from collections.abc import Sequence

from app.campaigns.wording import Hole, Part

_CHINESE = re.compile("[\u3400-\u9fff]")
_ENDS_A_CLAUSE = " ,，。.;；:：!！?？、\n"
_TITLE = re.compile("^(?:先生|女士|同志|师傅|阿姨|叔叔|大爷|大妈|大姐|大哥|老师|朋友)")
_OF_A_BUILDING = re.compile("^(?:的|各位|全体|居民|住户|邻居|业主)")
_WORDS = {"zh": ("居民朋友", "您", "各楼栋"), "en": ("neighbour", "you", "your building")}


def language(text: str) -> str:
    """The language that the text is in, whatever its placeholders are called."""
    return "zh" if _CHINESE.search(re.sub(r"\{[^{}]*\}", "", text)) else "en"


def said(parts: Sequence[Part], *, building: str = "") -> str:
    """The text with a neighbour for each name; with the name of the one building where it hangs, or without."""
    neighbour, you, each = _WORDS[language("".join(part for part in parts if isinstance(part, str)))]
    text, named = "", False
    for place, part in enumerate(parts):
        after = parts[place + 1] if place + 1 < len(parts) else ""
        before = parts[place - 1] if place else ""
        if isinstance(part, str):
            text += _joined(part, before, text)
        elif part.name == "building":
            text += building or ("" if _droppable(text, after) else each)
        elif not named:
            text, named = text + neighbour, True
        elif not (isinstance(after, str) and after.startswith(you)):
            text += you
    return text


def _joined(part: str, before: Part, text: str) -> str:
    """What follows a placeholder, without what only belonged to the word that stood there."""
    if not isinstance(before, Hole):
        return part
    if before.name == "name":
        return _TITLE.sub("", part)
    return part.removeprefix("的") if not text or text[-1] in _ENDS_A_CLAUSE else part


def _droppable(text: str, after: Part) -> bool:
    """Whether the sentence stands without the building: it begins with it, and says after it whose building it is."""
    begins = not text or text[-1] in _ENDS_A_CLAUSE
    return begins and (isinstance(after, Hole) or bool(_OF_A_BUILDING.match(after)))
