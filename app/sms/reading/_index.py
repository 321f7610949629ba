"""Many expressions looked for at once, in time that grows with the text and hardly with their number.

At every place of the text only those are tried that can begin with the two characters that stand there. A search for
each expression would look at the whole text for each of some hundreds.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

MOST = 4000  # beginnings of one expression; what has more is tried wherever its first character stands
_ITEM = re.compile(r"\\.|\[\^?[^\]]+\]|\(\?(?:<?[=!])|\(\?:|.", re.DOTALL)
_REPEAT = re.compile(r"\?|\*|\+|\{(\d*),?(\d*)\}")
_ANY = "\0"  # any character at all

Named = tuple[str, re.Pattern[str]]


class Index:
    """Expressions under names; `find` says which of them stand where."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        self._two: dict[str, list[Named]] = defaultdict(list)
        self._one: dict[str, list[Named]] = defaultdict(list)
        self._anywhere: list[Named] = []
        for name, expression in named:
            self._add(name, expression)

    def _add(self, name: str, expression: str) -> None:
        begins = beginnings(expression)
        named = (name, compiled(expression))
        ones = {start[0] for start in begins if start and (len(start) == 1 or start[1] == _ANY)}
        if "" in begins or _ANY in {start[0] for start in begins} or len(begins) > MOST:
            self._anywhere.append(named)
            return
        for start in ones:
            self._one[start].append(named)
        for start in begins:
            if start[0] not in ones:
                self._two[start].append(named)

    def candidates(self, text: str, place: int) -> Sequence[Named]:
        """Those that can begin at this place."""
        found = self._two.get(text[place:place + 2])
        more = self._one.get(text[place])
        if not self._anywhere and not (found and more):
            return found or more or ()
        return [*(found or ()), *(more or ()), *self._anywhere]

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Name, start and end of everything that is found."""
        for place in range(len(text)):
            for name, pattern in self.candidates(text, place):
                match = pattern.match(text, place)
                if match:
                    yield name, place, match.end()


@cache
def compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.ASCII)


def beginnings(expression: str) -> set[str]:
    """With what one or two characters a match can begin; less where a match can be that short."""
    found, place = _alternatives(expression, 0)
    return found if place == len(expression) else {_ANY}


def _alternatives(source: str, place: int) -> tuple[set[str], int]:
    """From here to the closing bracket or the end."""
    found: set[str] = set()
    while True:
        begun, place = _row(source, place)
        found |= begun
        if place >= len(source) or source[place] == ")":
            return found, place
        place += 1


def _row(source: str, place: int) -> tuple[set[str], int]:
    """One alternative: items after each other."""
    begun = {""}
    while place < len(source) and source[place] not in "|)":
        item, place = _item(source, place)
        repeat = _REPEAT.match(source, place)
        if repeat:
            place = repeat.end()
            place += source[place:place + 1] == "?"
            item = _repeated(item, repeat)
        begun = {start + more[:2 - len(start)] for start in begun for more in (item if _open(start) else ("",))}
    return begun, place


def _open(start: str) -> bool:
    return len(start) < 2 and start != _ANY


def _repeated(item: set[str], repeat: re.Match[str]) -> set[str]:
    twice = {(one + two)[:2] for one in item for two in item} if any(len(one) < 2 for one in item) else set()
    never = repeat[0] in "?*" or repeat[1] in ("", "0")
    once = item | twice if repeat[0] != "?" else item
    return once | ({""} if never and repeat[0] != "+" else set())


def _item(source: str, place: int) -> tuple[set[str], int]:
    """What one item can begin with, and where the next one stands."""
    match = _ITEM.match(source, place)
    if match is None:
        return {_ANY}, len(source)
    sign = match[0]
    if sign in ("(?:", "(") or sign.startswith("(?"):
        inside, place = _alternatives(source, match.end())
        return (inside if sign in ("(?:", "(") else {""}), place + 1
    return _of_class(sign) if sign.startswith("[") else _of_sign(sign), match.end()


def _of_sign(sign: str) -> set[str]:
    if sign in "^$":
        return {""}
    if sign == "\\d":
        return set("0123456789")
    if sign == "." or (sign[0] == "\\" and sign[1].isalnum()):
        return {_ANY}
    return {sign[-1]}


def _of_class(sign: str) -> set[str]:
    """The members of [abc0-9], or anything for what would be too many."""
    inside = sign[1:-1]
    if inside.startswith("^") or "\\" in inside.replace("\\d", ""):
        return {_ANY}
    inside = inside.replace("\\d", "0-9")
    found: set[str] = set()
    for one in re.finditer(r"(.)-(.)|(.)", inside):
        if one[3]:
            found.add(one[3])
        elif ord(one[2]) - ord(one[1]) > 64:
            return {_ANY}
        else:
            found |= {chr(code) for code in range(ord(one[1]), ord(one[2]) + 1)}
    return found
