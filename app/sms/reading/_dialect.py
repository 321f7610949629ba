"""Dialect, homophones of voice input, initials and pinyin as the standard words."""

import re
from functools import cache

from app.sms.reading._index import Index
from app.sms.reading._sounds import spelt
from app.sms.reading._words import lines

_LATIN = re.compile(r"[a-z]+(?:\s+[a-z]+)*")
_LONGEST_RUN = 80  # letters of pinyin; longer runs are no words of ours
_START, _END = r"(?:^|(?<=[,?\s]))", r"(?=[,?\s]|$)"
_PASSES = 2  # what one replacement makes may be what another begins with


def standard(line: str) -> str:
    """The line in standard words."""
    line = _LATIN.sub(lambda run: _from_pinyin(run[0]), line)
    for _pass in range(_PASSES):
        before, line = line, _replaced(line)
        if line == before:
            break
    return line


def _replaced(line: str) -> str:
    """Every said=meant, from left to right, the longest first."""
    made, place = [], 0
    while place < len(line):
        end, meant = place + 1, line[place]
        for word, said in _index().candidates(line, place):
            match = said.match(line, place)
            if match and match.end() >= end and match.end() > place:
                end, meant = match.end(), word
        made.append(meant)
        place = end
    return "".join(made)


def _from_pinyin(run: str) -> str:
    """A run of syllables that are all known, however spaced; anything else as it is."""
    letters = re.sub(r"\s+", "", run)
    if len(letters) > _LONGEST_RUN:
        return run
    known, longest = _pinyin()
    made: dict[int, str] = {0: ""}
    for place in range(len(letters)):
        if place in made:
            for size in range(1, min(longest, len(letters) - place) + 1):
                syllable = letters[place:place + size]
                if syllable in known:
                    said = made[place] + known[syllable]
                    if len(said) < len(made.get(place + size, said + "?")):  # few long words before many short ones
                        made[place + size] = said
    if len(letters) in made:
        return made[len(letters)]
    return letters if all(len(piece) == 1 for piece in run.split()) else run


@cache
def _pinyin() -> tuple[dict[str, str], int]:
    known = {**spelt(), **dict(line.split("=") for line in lines("pinyin"))}
    return known, max(map(len, known))


@cache
def _index() -> Index:
    pairs = (line.rpartition("=") for line in lines("dialect"))
    return Index((meant, _with_ends(said)) for said, _equals, meant in pairs)


def _with_ends(said: str) -> str:
    """In these lists ^ and $ are the ends of a clause."""
    return re.sub(r"\$(?![^\[]*\])", lambda _end: _END, re.sub(r"(?<!\[)\^", lambda _start: _START, said))
