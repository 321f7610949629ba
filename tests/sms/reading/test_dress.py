"""However a text is dressed, it means the same; and whatever is put before a yes to make it a no is never a yes."""

import csv
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sms.reading import Context, Reading, _words, read
from app.sms.reading._dialect import standard
from app.sms.reading._index import beginnings

ROWS = [row for file in sorted(Path(__file__).parent.glob("*.tsv"))
        for row in csv.DictReader(file.open(encoding="utf-8", newline=""), delimiter="\t")]
SAID = [(row["text"].replace("\\n", "\n"), Context.parse(row["context"])) for row in ROWS]
YES = sorted({word for name in ("row/signup_verb", "whole/signup") for word in _words.words(name)
              if word.isalnum() and word.isascii() is False})
NOES = ("不", "莫", "别", "没", "甭", "勿", "不想", "不能", "不要", "没有", "别给我", "莫给我", "我不", "我不想",
        "他不", "不愿意", "没说要", "别再", "不用")
WHERE = [Context.parse(name) for name in ("none", "push", "push:23", "list", "confirm", "signed")]


def _plain(reading: Reading) -> tuple[str, dict[str, str]]:
    return reading.intent, dict(reading.slots)


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


# What stands around a text without being part of it. A mark at the end of nothing, or in it, would be a text itself.
DRESSED: dict[str, Callable[[str], str]] = {
    "full width": _wide,
    "blanks around": lambda text: f"  {text} \n",
    "wide blanks": lambda text: f"\u3000{text}\u3000",
    "a full stop": lambda text: f"{text}。",
    "an exclamation": lambda text: f"{text}！",
    "a comma before": lambda text: f"，{text}",
    "a tilde": lambda text: f"{text}~",
    "dots": lambda text: f"{text}……",
    "quotation": lambda text: f"“{text}”",
    "straight quotation": lambda text: f'"{text}"',
    "a rose at the end": lambda text: f"{text}🌹",
    "folded hands at the end": lambda text: f"{text}🙏🙏",
    "an invisible mark": lambda text: f"\ufeff{text}",
    "traditional quotation": lambda text: f"「{text}」",
}


@pytest.mark.parametrize("dress", sorted(DRESSED))
def test_no_dress_changes_what_any_labelled_text_means(dress: str) -> None:
    changed = [(text, context.kind, _plain(read(text, context)), _plain(read(DRESSED[dress](text), context)))
               for text, context in SAID if re.search(r"[0-9a-z\u4e00-\u9fff]", text.casefold())
               and _plain(read(DRESSED[dress](text), context)) != _plain(read(text, context))]
    assert changed == []


@pytest.mark.parametrize("echo", ["回", "回复", "回:", "回复：", "我回", "发送"])
def test_the_echo_of_our_own_instruction_changes_nothing(echo: str) -> None:
    for text, context in (("1", WHERE[1]), ("报名", WHERE[1]), ("2", WHERE[3]), ("退订", WHERE[0]), ("是", WHERE[4]),
                          ("否", WHERE[4]), ("23", WHERE[2]), ("取消", WHERE[5])):
        assert _plain(read(echo + text, context)) == _plain(read(text, context)), (echo, text)


def test_spaces_between_all_letters_change_nothing() -> None:
    """Some keyboards put one after every word, some people after every letter."""
    for text, context in (("报名", WHERE[1]), ("我要去", WHERE[1]), ("不去了", WHERE[1]), ("退订", WHERE[0]),
                          ("别发了", WHERE[1]), ("几点集合", WHERE[1]), ("取消", WHERE[5]), ("积分", WHERE[0])):
        assert _plain(read(" ".join(text), context)) == _plain(read(text, context)), text


@pytest.mark.parametrize("no", NOES)
def test_a_no_before_any_word_for_yes_is_never_a_yes(no: str) -> None:
    chance = random.Random(no)
    said = [(no + yes + tail, context) for yes in YES for tail in ("", "了", "的", "吧") for context in WHERE]
    wrong = [(text, context.kind, found.intent) for text, context in chance.sample(said, min(len(said), 1500))
             if {"SIGNUP", "YES"} & set((found := read(text, context)).intent.split("+"))]
    assert wrong == []


@given(st.sampled_from(["不", "莫", "别", "没", "不想", "不要", "去不了", "没空"]), st.sampled_from(YES),
       st.sampled_from(["", "姑娘", "家里有事", "明天", "谢谢", "我妈病了", "腰疼"]),
       st.sampled_from(["，", " ", "。", ""]), st.sampled_from(WHERE))
@settings(max_examples=300)
def test_a_no_in_any_clause_is_not_turned_into_a_yes(no: str, yes: str, aside: str, mark: str,
                                                     context: Context) -> None:
    text = f"{aside}{mark}{no}{yes}" if len(no) < len("去不了") else f"{aside}{mark}{no}"
    assert not {"SIGNUP", "YES"} & set(read(text, context).intent.split("+")), text


@given(st.text(max_size=1500), st.sampled_from([*WHERE, Context.parse("who:3"), Context.parse("birth:3"),
                                                Context.parse("survey"), Context.parse("bus"), Context.parse("follow"),
                                                Context("push", (3,), ("张秀兰", "李建国"))]))
def test_no_text_raises(text: str, context: Context) -> None:
    assert read(text, context).rule


@given(st.lists(st.sampled_from([*YES, "不", "没", "1", "23", "号", "，", " ", "？", "第", "退订", "张秀兰", "取消"]),
                max_size=400), st.sampled_from(WHERE))
@settings(max_examples=60, deadline=None)
def test_no_heap_of_our_own_words_raises(heap: list[str], context: Context) -> None:
    assert read("".join(heap), Context(context.kind, context.numbers, ("张秀兰",))).rule


def test_every_entry_is_found_wherever_it_would_be_found_alone() -> None:
    """The index tries only what can begin with the letters that stand there; it must not overlook anything."""
    texts = [text for text, _context in SAID]
    for name in (name for name in _words.names() if name.startswith("anywhere/")):
        list_name = name.partition("/")[2]
        for text in texts[::7]:
            whole = standard(text)
            alone = {(found.start(), found.end()) for word in _words.words(name)
                     for start in range(len(whole)) if (found := re.compile(word, re.ASCII).match(whole, start))}
            assert alone == {(start, end) for found, start, end in _words.anywhere().find(whole) if found == list_name}


@pytest.mark.parametrize("name", _words.names())
def test_every_entry_of_every_list_can_be_used(name: str) -> None:
    """A list may hold anything that a station adds, but nothing that fits the empty text, or that is broken."""
    for word in _words.words(name):
        assert re.compile(word, re.ASCII).fullmatch("") is None, word
        assert "" not in beginnings(word), word
