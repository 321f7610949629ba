"""A text made plain: the same in full width, in traditional characters, spaced and punctuated, polite, in dialect."""

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Protocol

from app.sms import length
from app.sms.reading import Context
from app.sms.reading import _dialect as dialect
from app.sms.reading import _sounds as sounds
from app.sms.reading._words import LONGEST, anywhere, lines, made_of, pattern, words

MOST_UNITS = 1000
WITHIN_A_SENTENCE = ("asking",)  # lists whose entries never reach from one sentence into the next
MOST_CLAUSES = 40  # who writes more does not answer a question
_HAN = "\u4e00-\u9fff"
_QUOTES = re.compile(r"[\"'“”‘’「」『』【】<>《》{}*#`]")
# 1/2 and 10、11 are not 12 and 1011: what stands between digits keeps them apart.
_BETWEEN_DIGITS = re.compile(rf"(?<=[0-9])[^0-9a-z{_HAN}]*[^\s0-9a-z{_HAN}][^0-9a-z{_HAN}]*(?=[0-9])")
_DRAWN_OUT = re.compile(rf"([{_HAN}])\1{{3,}}")
_SPACED = re.compile(rf"(?:(?<=\s)|^)[{_HAN}](?:\s+[{_HAN}])+(?=\s|$)")
_MARKS = re.compile(rf"[^0-9a-z{_HAN}?+%\s]+")
_DOES = "不|没|要|想|去|来|参加|能|会|愿|有|在|说|走|病"
_SENTENCE = re.compile(r"[^,?\s]+\??")
_ECHO = re.compile(r"^(?:我?(?:请?回复?个?|[按摁]|发送|发个?|数字|打|写))"
                   r"(?=[0-9一二三四五六七八九十]|报名|退订|恢复|取消|td?$|是$|否$)")
_ECHO_APART = re.compile(r"^[,\s]*(?:我?(?:请?回复?|[按摁]|发送))[,\s]+(?=\S)")
_PHONE = re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)(?:\d{6}[ -]?(?:19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[\dx]|\d{17}[\dx]|"
                       r"\d{3,14}[*x]{3,}[\dx]{0,4})(?![\dx])")
_ASKING_ENDS = re.compile(r"(?:[吗么]|(?:钱|人|车|工资|名额|我的?|他|活)呢|.[^也都就是要说我偏时先并决绝从才却]不|"
                          r".[^也都就还我他她]没|.{2,}没有|.{2,}没得|没呢|不呢|啵)$")
_ENDING = 14  # letters in which an ending that asks shows
_DINGBATS = {ord(mark): str(number % 10 or 10) for marks in ("❶❷❸❹❺❻❼❽❾❿", "➀➁➂➃➄➅➆➇➈➉", "➊➋➌➍➎➏➐➑➒➓")
             for number, mark in enumerate(marks, 1)}


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@dataclass(frozen=True)
class Message:
    """`plain` is the text with its punctuation; `line` the same in standard words, with "," for every other mark;
    `whole` has only letters, digits, Chinese and "?"; `bare` is that without courtesies and the echo of our own 回;
    `clauses` are its parts between marks. `identity` is the identity number in it, which no reading repeats."""

    plain: str
    line: str
    context: Context
    identity: str = ""

    @classmethod
    def of(cls, text: str, context: Context) -> "Message":
        cut = length.cut(text, MOST_UNITS).translate(_DINGBATS)
        plain = simplified(unicodedata.normalize("NFKC", cut)).casefold().strip()
        plain = _DRAWN_OUT.sub(r"\1\1\1", plain)
        found = _IDENTITY.search(plain)
        unquoted = _QUOTES.sub("", _PHONE.sub(",", _IDENTITY.sub(",", plain)))
        spaced = _SPACED.sub(lambda row: re.sub(r"\s+", "", row[0]), _BETWEEN_DIGITS.sub("+", unquoted))
        line = _ECHO_APART.sub("", _MARKS.sub(",", spaced))
        return cls(plain, dialect.standard(line), context, found[0] if found else "")

    def only(self, clauses: Sequence[str]) -> "Message":
        """The message that these clauses alone would have been."""
        line = ",".join(clauses)
        return Message(line, line, self.context)

    @cached_property
    def nameless(self) -> "Message":
        """Without the names of the people of this phone: "she" where one of them does something."""
        line = self.line
        for name in sorted(self.named, key=len, reverse=True):
            for called in _called(name):
                line = re.sub(rf"(^|(?<=[,?\s])){re.escape(called)}(?={_DOES})", "她", line).replace(called, "")
        return replace(self, line=line) if line != self.line else self

    @cached_property
    def named(self) -> tuple[str, ...]:
        """Who of the people of this phone is named in it, with or without the family name."""
        return tuple(name for name in self.context.names if any(called in self.line for called in _called(name)))

    @cached_property
    def heard(self) -> "Message":
        """With words in the place of what only sounds like them."""
        return replace(self, line=sounds.as_heard(self.line))

    @cached_property
    def whole(self) -> str:
        return re.sub(r"[,\s]+", "", self.line)

    @cached_property
    def bare(self) -> str:
        return without_courtesies(self.whole.strip("?"))

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        if len(self.sentences) > MOST_CLAUSES:
            return ()
        return tuple(filter(None, (without_courtesies(part.rstrip("?")) for part in self.sentences)))

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The same parts as they were written, with their question marks."""
        return tuple(_SENTENCE.findall(self.line))

    def is_one_of(self, *lists: str) -> bool:
        """Whether the whole message, courtesies aside, is an entry of these lists of words/whole/."""
        return any(self.whole.strip("?") in words(f"whole/{name}") or self.bare in words(f"whole/{name}")
                   for name in lists)

    def matches(self, name: str) -> bool:
        """Whether the whole message is an expression of that list of words/whole/."""
        return matches(name, self.bare) or matches(name, self.whole.strip("?"))

    def has_clause(self, name: str) -> bool:
        """Whether the whole message, or one clause of it, is an expression of that list of words/whole/."""
        return self.matches(name) or any(matches(name, clause) for clause in self.clauses)

    def is_made_of(self, *lists: str) -> bool:
        """Whether the whole message is entries of these lists of words/row/ in a row."""
        return any(made_of(f"row/{name}", self.bare) or made_of(f"row/{name}", self.whole.strip("?"))
                   or (bool(self.clauses) and all(made_of(f"row/{name}", clause) for clause in self.clauses))
                   for name in lists)

    def says(self, *lists: str) -> bool:
        """Whether an entry of one of these lists of words/anywhere/ stands in it."""
        return any(name in self._said for name in lists)

    @cached_property
    def _said(self) -> dict[str, list[tuple[int, int]]]:
        said: dict[str, list[tuple[int, int]]] = {}
        for name, start, end in anywhere().find(self.whole):
            if name not in WITHIN_A_SENTENCE or not any(start < place < end for place in self._breaks):
                said.setdefault(name, []).append((start, end))
        return said

    @cached_property
    def _breaks(self) -> frozenset[int]:
        """Where in the whole one sentence ends and the next begins."""
        ends = itertools.accumulate(len(sentence) for sentence in self.sentences)
        return frozenset(ends)

    def says_outright(self, name: str) -> bool:
        """The same, harmless figures of speech such as 不是不去 aside."""
        return self.says_but(name, "harmless")

    def says_but(self, name: str, *aside: str) -> bool:
        """The same, but not as part of something in the other lists."""
        spans = [span for other in aside for span in self._said.get(other, [])]
        return any(not any(first <= start < last for first, last in spans) for start, _end in self._said.get(name, []))

    @cached_property
    def negative(self) -> bool:
        """Whether something in it says no, harmless figures of speech aside."""
        return self.says_outright("negations")
    @cached_property
    def asks(self) -> bool:
        """Whether it is a question, by mark, by ending or by word."""
        if "?" in self.line and self.whole.strip("?"):
            return True
        if self.says("asking"):
            return True
        return any(_ASKING_ENDS.search(part[-_ENDING:]) for part in (*self.clauses, self.whole))

    @cached_property
    def hedges(self) -> bool:
        """Whether it leaves itself a way out: perhaps, if, let me see."""
        return self.says("hedges")


def matches(name: str, text: str) -> bool:
    """Whether the text is an expression of that list of words/whole/."""
    return 0 < len(text) <= LONGEST and pattern(f"whole/{name}").fullmatch(text) is not None


def simplified(text: str) -> str:
    """Traditional characters as simplified ones."""
    return _converter().convert(text) if any("\u3400" <= c <= "\u9fff" for c in text) else text


def without_courtesies(whole: str) -> str:
    """你好, 谢谢 and the like at both ends say nothing about what is meant, and 回 repeats our instruction."""
    before = ""
    while before != whole:
        before = whole
        for size in range(min(_longest_courtesy(), len(whole) - 1), 0, -1):
            if whole[:size] in _courtesies():
                whole = whole[size:]
                break
        for size in range(min(_longest_courtesy(), len(whole) - 1), 0, -1):
            if whole[-size:] in _courtesies():
                whole = whole[:-size]
                break
        whole = _ECHO.sub("", whole)
    return whole


def _called(name: str) -> tuple[str, ...]:
    """张秀兰 is also called 秀兰."""
    return (name, name[1:]) if len(name) == 3 else (name, name[2:]) if len(name) == 4 else (name,)


@cache
def _courtesies() -> frozenset[str]:
    return frozenset(lines("parts/courtesies"))


@cache
def _longest_courtesy() -> int:
    return max(map(len, _courtesies()))


@cache
def _converter() -> _Converter:
    from opencc import OpenCC

    made: _Converter = OpenCC("t2s")
    return made
