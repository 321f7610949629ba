"""What a text sounds like: words by their syllables, whatever characters voice input or a thumb made of them.

Tones, -n and -ng, z and zh, l and n count as the same, as they do for many who speak. Only for a text that no rule
fits as it stands: then nothing that was rightly written can be misheard.
"""

from functools import cache
from itertools import product

from app.sms.reading._words import lines

LONGEST = 14  # letters; in a longer text a slip matters less
_SHORTEST = 2  # syllables; one alone sounds like too many things


def as_heard(line: str) -> str:
    """The line with words in the place of what only sounds like them."""
    if len(line) > LONGEST:
        return line
    sounds, known = _sounds(), _words_by_sound()
    syllables = [next(iter(sounds.get(letter, ("",)))) for letter in line]
    made, place = "", 0
    while place < len(line):
        size = next((size for size in range(min(_most(), len(line) - place), _SHORTEST - 1, -1)
                     if all(syllables[place:place + size]) and tuple(syllables[place:place + size]) in known), 1)
        piece = line[place:place + size]
        made += known[tuple(syllables[place:place + size])] if size > 1 and piece not in _all_words() else piece
        place += size
    return made


@cache
def spelt() -> dict[str, str]:
    """The words as they are typed in letters: woyaobaoming."""
    exact = _exact()
    typed: dict[str, str] = {}
    for word in lines("heard"):
        if all(letter in exact for letter in word):
            typed.setdefault("".join(exact[letter][0] for letter in word), word)
    return typed


@cache
def _exact() -> dict[str, list[str]]:
    """Syllables by character, the usual one first."""
    by_letter: dict[str, list[str]] = {}
    for line in lines("sounds"):
        syllable, _equals, letters = line.partition("=")
        for letter in letters:
            by_letter.setdefault(letter, []).append(syllable)
    return by_letter


@cache
def _sounds() -> dict[str, tuple[str, ...]]:
    """The same, as alike as they sound."""
    return {letter: tuple(map(_blurred, found)) for letter, found in _exact().items()}


def _blurred(syllable: str) -> str:
    for long, short in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        syllable = short + syllable[2:] if syllable.startswith(long) else syllable
    syllable = "n" + syllable[1:] if syllable.startswith("l") else syllable
    return syllable.removesuffix("g") if syllable.endswith("ng") else syllable


@cache
def _words_by_sound() -> dict[tuple[str, ...], str]:
    sounds, found = _sounds(), dict[tuple[str, ...], str]()
    for word in lines("heard"):
        if len(word) >= _SHORTEST and all(letter in sounds for letter in word):
            for key in product(*(sounds[letter] for letter in word)):
                found.setdefault(key, word)
    return found


@cache
def _all_words() -> frozenset[str]:
    return frozenset(lines("heard"))


@cache
def _most() -> int:
    return max(map(len, _all_words()))
