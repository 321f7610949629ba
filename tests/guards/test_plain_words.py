"""What residents read is made of words that somebody knows who went to primary school.

`plain_words.txt` has the words, each of them looked at; a sentence that cannot be put together of them fails, and
whoever writes it either says it more plainly or adds the word. Names of places and people, digits and what stands in
{} are not looked at.
"""

import re
from functools import cache
from pathlib import Path

import pytest

import app
from app import i18n
from tests.guards.test_translations import said_where

FOLDER = Path(app.__file__).parent
WORDS = frozenset((Path(__file__).parent / "plain_words.txt").read_text("utf-8").split())
LONGEST = max(map(len, WORDS))
# What offices, banks and computers say, and what is said here instead.
NEVER = ("登录", "注册", "用户", "提交", "验证", "权限", "操作", "点击", "页面", "系统", "数据", "信息", "删除", "查询",
         "服务器", "错误", "异常", "失败", "状态", "终止", "审核", "办理", "相关", "该", "此", "其", "之",
         "至", "及", "均", "予")
_OF_PHONES = "验证码"  # an office word, but by it phones know the code in a text, and fill it in
_RESIDENTS = ("templates/phone/", "templates/layouts/phone", "templates/layouts/sentence", "routes/phone/")
_TO_STAFF = {"alarm.txt", "stalled.txt"}
_CHINESE = re.compile("[\u3400-\u9fff]+")
_FILLED_IN = re.compile(r"\{[^{}]*\}")
_JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


def _sentences() -> dict[str, str]:
    """What pages for residents and texts to them say in Chinese, and where."""
    said = {i18n.catalogue()[sentence]: file for sentence, files in said_where().items() for file in files
            if file.startswith(_RESIDENTS) and sentence in i18n.catalogue()}
    for path in sorted((FOLDER / "templates/sms/zh").glob("*.txt")):
        if path.name not in _TO_STAFF:
            said[_JINJA.sub(" ", path.read_text("utf-8")).replace(_OF_PHONES, " ")] = path.name
    return said


@cache
def hard_part(run: str) -> str:
    """What is left of a row of Chinese characters after the longest beginning that is made of plain words."""
    reached = {0}
    for end in range(1, len(run) + 1):
        if any(start in reached and run[start:end] in WORDS for start in range(max(0, end - LONGEST), end)):
            reached.add(end)
    return "" if len(run) in reached else run[max(reached):]


def test_residents_read_plain_words() -> None:
    said = _sentences()
    assert len(said) > 300
    hard = {run: f"{hard_part(run)} ({where})" for sentence, where in said.items()
            for run in _CHINESE.findall(_FILLED_IN.sub("|", sentence)) if hard_part(run)}
    assert hard == {}


def test_no_office_word_is_plain() -> None:
    assert [word for word in WORDS if any(one in word for one in NEVER)] == []


def test_every_plain_word_is_needed() -> None:
    """Nobody wonders what an old one was for."""
    all_said = "".join(_sentences())
    assert sorted(word for word in WORDS if word not in all_said) == []


@pytest.mark.parametrize("sentence", ["请提交相关信息", "用户登录失败", "点击查询"])
def test_it_would_notice(sentence: str) -> None:
    assert hard_part(sentence)
