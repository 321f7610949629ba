"""Words as people type them who look for them: the characters, the sounds in letters, the first letters of these."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Protocol

LONGEST_RUN = 24  # letters of one run that are kept and compared
_HAN = re.compile(r"[\u3400-\u9fff]")


def text_of(phrases: Iterable[str]) -> str:
    """What is searched in: for 看门 " 看门 kanmen men km m". Every run of letters begins with a blank and at a
    syllable, so that a run found behind a blank is one that somebody began to type there. Takes a moment the first
    time, while the sounds are loaded."""
    said: dict[str, None] = {}
    for phrase in map(plain, phrases):
        said["".join(phrase.split())] = None
        if _HAN.search(phrase):
            syllables = _syllables(phrase)
            firsts = [syllable[0] for syllable in syllables]
            said.update({run: None for parts in (syllables, firsts) for run in _from_each(parts)})
    return " " + " ".join(filter(None, said))


def plain(typed: str) -> str:
    """Small letters, simplified characters, ü as it is typed; nothing that no database takes."""
    line = unicodedata.normalize("NFKC", typed).lower().replace("ü", "v")
    line = "".join(letter if letter.isprintable() else " " for letter in line)
    return line if line.isascii() else _converter().convert(line)


def folded(letters: str) -> str:
    """Letters as alike as many say them here: zh and z, ang and an (also where the next syllable begins with a g). Of
    what begins alike the folds begin alike."""
    return re.sub("ng+", "n", re.sub("([zcs])h", r"\1", letters))[:LONGEST_RUN]


def _from_each(parts: list[str]) -> list[str]:
    return [folded("".join(parts[place:])) for place in range(len(parts))]


def _syllables(phrase: str) -> list[str]:
    """Without signs, letters and digits as they stand."""
    return [clean for syllable in _reader()(phrase) if (clean := re.sub(r"[\W_]+", "", syllable))]


@cache
def _reader() -> "_Reader":
    from pypinyin import lazy_pinyin  # 50 MB, which only those processes need that post work

    made: _Reader = lazy_pinyin
    return made


class _Reader(Protocol):
    def __call__(self, phrase: str, /) -> list[str]: ...


@cache
def _converter() -> "_Converter":
    from opencc import OpenCC

    made: _Converter = OpenCC("t2s")
    return made


class _Converter(Protocol):
    def convert(self, text: str, /) -> str: ...
