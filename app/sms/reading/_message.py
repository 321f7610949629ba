"""A text made plain: the same in full width, in traditional characters, spaced and punctuated, polite, in dialect."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Protocol

from app.sms import length
from app.sms.reading import Context
from app.sms.reading._words import LONGEST, made_of, pattern, replacements, words

MOST_UNITS = 1000
# 1/2 and 10、11 are not 12 and 1011: what stands between digits keeps them apart.
_MARK = r"[^0-9a-z\u4e00-\u9fff]*"
_BETWEEN_DIGITS = re.compile(rf"(?<=[0-9]){_MARK}[^\s0-9a-z\u4e00-\u9fff]{_MARK}(?=[0-9])")
_DROPPED = re.compile(r"[^0-9a-z\u4e00-\u9fff?+%]")
_BREAKS = re.compile(r"[^0-9a-z\u4e00-\u9fff+%]+")
_QUOTES = re.compile(r"[\"'“”‘’「」『』【】\[\]()<>《》{}*#]")
_ECHO = re.compile(r"^(?:我?(?:请?回复?|按|发送|发))(?=[^我你他电个头来去家老原了]|[1-9]|报名)")
_PHONE = re.compile(r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dx](?!\d)")
_ASKING_ENDS = re.compile(r"(?:吗|么|(?:钱|人|车|工资|名额|我的?|他|活)呢|.[^也都就是要说我偏]不|.{2,}[^也都就还]没|"
                          r".{2,}没有|.{2,}没得|没呢|不呢|啵)$")
_DINGBATS = {ord(mark): str(number % 10 or 10) for marks in ("❶❷❸❹❺❻❼❽❾❿", "➀➁➂➃➄➅➆➇➈➉", "➊➋➌➍➎➏➐➑➒➓")
             for number, mark in enumerate(marks, 1)}


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@dataclass(frozen=True)
class Message:
    """`plain` keeps punctuation; `whole` has only letters, digits, Chinese and "?"; `bare` is the same without
    courtesies and the echo of our own 回; `clauses` are its parts between punctuation."""

    plain: str
    whole: str
    bare: str
    clauses: tuple[str, ...]
    context: Context

    @classmethod
    def of(cls, text: str, context: Context) -> "Message":
        cut = length.cut(text, MOST_UNITS).translate(_DINGBATS)
        plain = simplified(unicodedata.normalize("NFKC", cut)).casefold().strip()
        unquoted = _QUOTES.sub("", plain)
        whole = standard(_DROPPED.sub("", _BETWEEN_DIGITS.sub("+", unquoted)))
        nameless = _IDENTITY.sub("", _PHONE.sub("", unquoted))
        clauses = (without_courtesies(standard(part)) for part in _BREAKS.split(nameless))
        return cls(plain, whole, without_courtesies(whole.strip("?")), tuple(part for part in clauses if part), context)

    def is_one_of(self, *lists: str) -> bool:
        """Whether the whole message, courtesies aside, is an entry of these word lists."""
        return any(self.whole.strip("?") in words(name) or self.bare in words(name) for name in lists)

    def matches(self, name: str) -> bool:
        """Whether the whole message is an expression of that list."""
        return 0 < len(self.bare) <= LONGEST and pattern(name).fullmatch(self.bare) is not None

    def is_made_of(self, name: str) -> bool:
        """Whether the whole message is entries of that list in a row."""
        return made_of(name, self.bare) or made_of(name, self.whole.strip("?"))

    def says(self, name: str) -> bool:
        """Whether an entry of the word list stands anywhere in it."""
        return pattern(name).search(self.whole) is not None

    @cached_property
    def negative(self) -> bool:
        """Whether something in it says no, harmless figures of speech aside."""
        return pattern("negations").search(pattern("harmless").sub("", self.whole)) is not None

    @cached_property
    def asks(self) -> bool:
        """Whether it is a question, by mark, by ending or by word."""
        if "?" in self.plain and self.whole.strip("?"):
            return True
        if self.says("asking"):
            return True
        return any(_ASKING_ENDS.search(part) for part in (*self.clauses, self.whole))

    @cached_property
    def hedges(self) -> bool:
        """Whether it leaves itself a way out: perhaps, if, let me see."""
        return self.says("hedges")


def simplified(text: str) -> str:
    """Traditional characters as simplified ones."""
    return _converter().convert(text) if any("\u3400" <= c <= "\u9fff" for c in text) else text


def standard(text: str) -> str:
    """Dialect, homophones of voice input, and initials as the standard words."""
    for said, meant in replacements("dialect"):
        text = said.sub(meant, text)
    return text


def without_courtesies(whole: str) -> str:
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


@cache
def _converter() -> _Converter:
    from opencc import OpenCC

    made: _Converter = OpenCC("t2s")
    return made
