"""Word lists, one entry per line; `#` starts a comment.

words/anywhere/ holds what counts wherever it stands in a text; words/whole/ what counts only as a whole message or
a whole clause; words/row/ what may stand in a row; words/parts/ words of one kind. An entry is a plain word, or a
regular expression where one line should stand for many; `{relative}` in it stands for any word of
words/parts/relative.txt. In `dialect.txt` a line is `said=meant`. A station adds its own words here, without
touching code.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.sms.reading._index import Index, compiled

_FOLDER = Path(__file__).parent / "words"
_PART = re.compile(r"\{([a-z_]+)\}")
_SPECIAL = re.compile(r"[.\\\[\](){}?*+|^$]")
LONGEST = 60  # letters; whoever writes more says more than these lists know


def lines(name: str) -> list[str]:
    """The entries of words/<name>.txt as they are written."""
    kept = (line.partition("#")[0].strip() for line in (_FOLDER / f"{name}.txt").read_text("utf-8").splitlines())
    return [line for line in kept if line]


@cache
def words(name: str) -> tuple[str, ...]:
    """The entries of words/<name>.txt, the longest first."""
    return tuple(sorted(set(map(_filled, lines(name))), key=lambda word: (-len(word), word)))


@cache
def part(name: str) -> str:
    """Any word of words/parts/<name>.txt, as an expression."""
    return f"(?:{'|'.join(words(f'parts/{name}'))})"


def _filled(line: str) -> str:
    return _PART.sub(lambda found: part(found[1]), line)


@cache
def pattern(name: str) -> re.Pattern[str]:
    """All entries of the list as one expression."""
    return compiled("|".join(f"(?:{word})" for word in words(name)))


@cache
def anywhere() -> Index:
    """Everything in words/anywhere/, under the names of its lists."""
    return Index((file.stem, word) for file in sorted((_FOLDER / "anywhere").glob("*.txt"))
                 for word in words(f"anywhere/{file.stem}"))


def made_of(name: str, text: str) -> bool:
    """Whether the text is one or several entries of the list in a row. Takes time in proportion to its length: a
    repeated expression would try every way of cutting the text up."""
    return 0 < len(text) <= LONGEST and len(text) in reached(name, text, {0}) - {0}


def reached(name: str, text: str, starts: set[int]) -> set[int]:
    """Where one can be in the text after any number of entries of the list in a row, from any of these places."""
    found, waiting = set(starts), sorted(starts)
    while waiting:
        place = waiting.pop()
        for after in one_further(name, text, place):
            if after not in found:
                found.add(after)
                waiting.append(after)
    return found


def one_further(name: str, text: str, place: int) -> set[int]:
    """Where one can be after one entry of the list."""
    row = _row(name)
    found = {place + length for length in range(1, min(row.longest, len(text) - place) + 1)
             if text[place:place + length] in row.plain}
    if place < len(text):
        for _name, expression in row.others.candidates(text, place):
            match = expression.match(text, place)
            if match:
                found |= {match.end(), *(end for end in range(place + 1, match.end())
                                         if expression.fullmatch(text, place, end))} - {place}
    return found


@dataclass(frozen=True)
class _Row:
    plain: frozenset[str]
    longest: int
    others: Index


@cache
def _row(name: str) -> _Row:
    """Plain words to look up, and the expressions to try."""
    given = [inner for line in lines(name) for inner in _spelt_out(line)]
    plain = frozenset(word for word in given if not _SPECIAL.search(word))
    return _Row(plain, max(map(len, plain), default=0),
                Index((name, word) for word in given if _SPECIAL.search(word)))


def _spelt_out(line: str) -> tuple[str, ...]:
    """A line that is only `{relative}` is all the words of that list."""
    alone = _PART.fullmatch(line)
    return words(f"parts/{alone[1]}") if alone else (_filled(line),)


@cache
def replacements(name: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The lines `said=meant` of words/<name>.txt, in their order."""
    pairs = (line.rpartition("=") for line in lines(name))
    return tuple((compiled(said), meant) for said, _equals, meant in pairs)


def names() -> list[str]:
    """All lists of words, as words() calls them."""
    return [f"{file.parent.name}/{file.stem}" for folder in ("anywhere", "whole", "row", "parts")
            for file in sorted((_FOLDER / folder).glob("*.txt"))]
