"""What is said to everybody at once, on paper and aloud. No person's name, phone or door stands in it."""

import re
from dataclasses import dataclass
from datetime import datetime

MOST_READABLE = 140  # characters: with more, a poster's letters are too small to read at three metres

_ASKS = re.compile(r"(?:请?回复?|请?答复?|选择?|按|[Rr]eply|[Aa]nswer)[\s:：“\"]*(?=1)")
_CHOICE = re.compile(r"\s*([1-9])[\s.．、:：)）=＝]*([^\d。；;!！?？\n]+)[；;]?")


@dataclass(frozen=True)
class Choice:
    """A numbered answer: `number` stands for `words`."""

    number: str
    words: str


@dataclass(frozen=True)
class Work:
    """What one can sign up for; `pay` is empty where nothing is paid."""

    number: int
    title: str
    place: str
    starts_at: datetime
    pay: str = ""


@dataclass(frozen=True)
class Notice:
    """`text` may have several lines. `address` is the page that its QR code leads to, `text_to` the number to which one
    can text without having got a text before; both it and the station's `phone` may be empty."""

    headline: str
    text: str
    work: Work | None
    station: str
    phone: str
    text_to: str
    address: str
    published_at: datetime

    @property
    def lines(self) -> list[str]:
        """The text without its numbered answers."""
        before, _choices, after = _parted(self.text)
        return [line for part in (before, after) for line in part.splitlines() if line]

    @property
    def choices(self) -> list[Choice]:
        """The numbered answers that the text asks for, if it asks for any."""
        return _parted(self.text)[1]

    @property
    def readable(self) -> bool:
        """Whether it is short enough for a poster."""
        return len(self.text) <= MOST_READABLE


def _parted(text: str) -> tuple[str, list[Choice], str]:
    """What stands before the answers 1, 2, 3 …, the answers, and what comes after them."""
    asks = _ASKS.search(text)
    if asks is None:
        return text, [], ""
    choices: list[Choice] = []
    end = asks.end()
    while (found := _CHOICE.match(text, end)) and found[1] == str(len(choices) + 1):
        choices.append(Choice(found[1], found[2].strip(" ,，、/")))
        end = found.end()
    if len(choices) < 2:
        return text, [], ""
    return text[:asks.start()].rstrip(" ,，、:："), choices, text[end:].lstrip(" 。；;\n")
