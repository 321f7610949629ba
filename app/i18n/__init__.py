"""Sentences in the reader's language. The message id is the English sentence; `zh_Hans/*.po` hold the Chinese.

Code marks a sentence with `_()` and does not translate it: only the edge knows who reads. Chinese is the default.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = ("zh", "en")
DEFAULT = "zh"
_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


def _(sentence: str) -> str:
    """Mark an English sentence for the catalogue; it is translated where it is shown."""
    return sentence


def language() -> str:
    """The language in which this request or this text is answered."""
    return _language.get()


@contextmanager
def speaking(chosen: str) -> "Iterator[None]":
    """Within the block, sentences are said in this language (one of LANGUAGES; anything else means the default)."""
    token = _language.set(chosen if chosen in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _language.reset(token)


def gettext(sentence: str) -> str:
    """The sentence in the language of the moment; a sentence that no catalogue has stays English."""
    return sentence if language() == "en" else catalogue().get(sentence, sentence)


def say(sentence: str, **values: object) -> str:
    """Translate, then fill in the {names}."""
    return gettext(sentence).format(**values)


def why(refused: Refused) -> str:
    """The sentence of a refusal, as the person reads it."""
    return say(refused.sentence, **refused.values)


@cache
def catalogue() -> dict[str, str]:
    """English to Chinese, from every .po file in the folder."""
    from babel.messages.pofile import read_po

    sentences: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / "zh_Hans").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_Hans"):
                if message.id and message.string and not message.fuzzy:
                    sentences[str(message.id)] = str(message.string)
    return sentences
