"""Word lists: one file per group in words/, one entry per line; `#` starts a comment.

An entry is a plain word, or a regular expression where one line should stand for many. In `dialect.txt` a line is
`said=meant`. A station adds its own words here, without touching code.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "words"


@cache
def words(name: str) -> tuple[str, ...]:
    """The entries of words/<name>.txt, the longest first."""
    lines = (line.partition("#")[0].strip() for line in (_FOLDER / f"{name}.txt").read_text("utf-8").splitlines())
    return tuple(sorted({line for line in lines if line}, key=lambda word: (-len(word), word)))


@cache
def pattern(name: str) -> re.Pattern[str]:
    """All entries of the file as one expression."""
    return re.compile("|".join(f"(?:{word})" for word in words(name)))


@cache
def replacements(name: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The lines `said=meant` of words/<name>.txt."""
    pairs = (word.rpartition("=") for word in words(name))
    return tuple((re.compile(said), meant) for said, _equals, meant in pairs)


def made_of(name: str, text: str) -> bool:
    """Whether the text is one or several entries of the file in a row. Takes time in proportion to its length: a
    repeated expression would try every way of cutting the text up."""
    return len(text) <= LONGEST and len(text) in reached(name, text, {0}) - {0}


def reached(name: str, text: str, starts: set[int]) -> set[int]:
    """Where one can be in the text after any number of entries of the file in a row, from any of these places."""
    found, waiting = set(starts), sorted(starts)
    while waiting:
        place = waiting.pop()
        for after in one_further(name, text, place):
            if after not in found:
                found.add(after)
                waiting.append(after)
    return found


def one_further(name: str, text: str, place: int) -> set[int]:
    """Where one can be after one entry of the file."""
    plain, expressions = _entries(name)
    found = {place + length for length in range(1, min(plain.longest, len(text) - place) + 1)
             if text[place:place + length] in plain.words}
    for expression in expressions:
        match = expression.match(text, place)
        if match and match.end() > place:
            found.add(match.end())
    return found


@dataclass(frozen=True)
class _Plain:
    words: frozenset[str]
    longest: int


@cache
def _entries(name: str) -> tuple[_Plain, list[re.Pattern[str]]]:
    """Plain words to look up, and the few expressions to try."""
    plain = frozenset(word for word in words(name) if not _SPECIAL.search(word))
    return (_Plain(plain, max(map(len, plain), default=0)),
            [re.compile(word) for word in words(name) if _SPECIAL.search(word)])


LONGEST = 60  # letters; whoever writes more says more than these lists know
_SPECIAL = re.compile(r"[.\\[\](){}?*+|^$]")
