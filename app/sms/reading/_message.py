"""A text made plain: the same for full-width and simplified, spaced and punctuated, polite and bare."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from app.sms import length
from app.sms.reading import Context
from app.sms.reading._words import words

MOST_UNITS = 1000
_KEPT = re.compile(r"[^0-9a-z\u4e00-\u9fff?+%]")
_ECHO = re.compile(r"^(?:请?回复?|按|发送?)(?=.)")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@dataclass(frozen=True)
class Message:
    """`plain` keeps punctuation; `bare` has only letters, digits and Chinese, without courtesies and the echo of 回;
    `whole` is the same with them."""

    plain: str
    whole: str
    bare: str
    context: Context

    @classmethod
    def of(cls, text: str, context: Context) -> "Message":
        plain = simplified(unicodedata.normalize("NFKC", length.cut(text, MOST_UNITS))).casefold().strip()
        whole = _KEPT.sub("", plain.replace("？", "?"))
        return cls(plain, whole, _without_courtesies(whole), context)

    def is_one_of(self, *lists: str) -> bool:
        """Whether the whole message, courtesies aside, is an entry of these word lists."""
        return any(self.whole in words(name) or self.bare in words(name) for name in lists)

    def says(self, name: str) -> bool:
        """Whether an entry of the word list stands anywhere in it."""
        return any(word in self.whole for word in words(name))


def simplified(text: str) -> str:
    """Traditional characters as simplified ones."""
    return _converter().convert(text) if any("\u3400" <= c <= "\u9fff" for c in text) else text


@cache
def _converter() -> _Converter:
    from opencc import OpenCC

    made: _Converter = OpenCC("t2s")
    return made


def _without_courtesies(whole: str) -> str:
    """你好, 谢谢 and the like at both ends say nothing about what is meant, and 回 repeats our instruction."""
    courtesies, before = words("courtesies"), ""
    while before != whole:
        before = whole
        for word in courtesies:
            if whole.startswith(word) and len(whole) > len(word):
                whole = whole.removeprefix(word)
            if whole.endswith(word) and len(whole) > len(word):
                whole = whole.removesuffix(word)
        whole = _ECHO.sub("", whole)
    return whole
