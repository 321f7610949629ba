"""A day's work on paper, for the notice board of one building: letters for two metres, two pages at the most."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app import i18n, words
from app.i18n import _

# Millimetres for the rows of the first and of the second page; print.css leaves that much between head and foot.
ROOM = (169.0, 203.0)
_SAID = 18.0  # of the first page, for the sentence that the day has no work
_ROW, _LINE = 14.3, 9.3  # of a row: its title with what is around it, and each line below
_TITLE = 9.2  # how many Chinese letters of a title stand side by side
_LETTERS = {"zh": 13.1, "en": 14.7}  # and how many of what stands below it
_FEW = 3  # so few works are printed larger
_LARGER = 1.25


@dataclass(frozen=True)
class Offer:
    """A work with places left at this moment; `minutes` to walk there from the building, where that is known; `pay`
    is what a day comes to, `rate` what was agreed, where that is another."""

    number: int
    title: str
    pay: str
    place: str
    starts_at: datetime
    ends_at: datetime
    left: int
    paid_same_day: bool = False
    minutes: int | None = None
    rate: str = ""

    @property
    def hours(self) -> str:
        """From when until when; the day at the head of the sheet is not said."""
        return i18n.say(_("{start} to {end}"), start=words.hour(self.starts_at),
                        end=words.until(self.ends_at, self.starts_at))

    @property
    def start(self) -> str:
        """Day and hour, where the day is not the one at the head of the sheet."""
        return f"{words.long_day(self.starts_at)} {words.hour(self.starts_at)}"

    @property
    def walk(self) -> str:
        return "" if self.minutes is None else i18n.say(_("{minutes} min on foot"), minutes=self.minutes)

    @property
    def long(self) -> bool:
        """Whether the title only fits into one line in smaller letters."""
        return wide(self.title) > _TITLE


@dataclass(frozen=True)
class Board:
    """`building` is empty on the sheet that hangs at the station. Where the day has no work, `coming` is what follows.
    `address` is what the QR code leads to; `phone` and `text_to` may be empty, as in a Notice."""

    community: str
    building: str
    day: datetime
    offers: Sequence[Offer]
    coming: Sequence[Offer]
    phone: str
    text_to: str
    address: str
    printed_at: datetime
    pages: list[list[Offer]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pages", _paged(self.shown, dated=self.dated))

    @property
    def shown(self) -> Sequence[Offer]:
        """All that could stand on it, nearest first."""
        return self.offers or self.coming

    @property
    def dated(self) -> bool:
        """Whether the rows are of other days and have to say of which."""
        return not self.offers

    @property
    def rest(self) -> int:
        """How many works of the day do not fit on it."""
        return len(self.offers) - sum(len(page) for page in self.pages) if self.offers else 0

    @property
    def few(self) -> bool:
        """Whether there are so few that they are printed larger: what is in one line stays in it."""
        return 0 < len(self.shown) <= _FEW and all(
            wide(line) <= _room() / _LARGER for one in self.shown for line in _lines(one, dated=self.dated)
        ) and not any(one.long for one in self.shown)


def nearest_first(offers: Sequence[Offer]) -> list[Offer]:
    """Nearest first, then soonest; where nobody knows how far it is, last."""
    return sorted(offers, key=lambda one: (one.minutes is None, one.minutes or 0, one.starts_at, one.number))


def height(offer: Offer, *, dated: bool) -> float:
    """Millimetres of its row: title or pay, and what stands below it."""
    middle = sum(max(1.0, -(-wide(line) // _room())) for line in _lines(offer, dated=dated))
    right = 1 + sum(map(bool, (offer.rate, offer.paid_same_day, offer.left)))
    return _ROW + _LINE * (max(middle, right) - 1)


def wide(text: str) -> float:
    """How wide the text is, in Chinese letters; a little more than it is, rather than less."""
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.57 for letter in text)


def _lines(offer: Offer, *, dated: bool) -> list[str]:
    """What stands in the middle of its row."""
    return [offer.title, offer.start if dated else offer.hours, f"{offer.place} {offer.walk}".rstrip()]


def _room() -> float:
    return _LETTERS[i18n.language()]


def _paged(offers: Sequence[Offer], *, dated: bool) -> list[list[Offer]]:
    """What fits on each page, one page at the least; what comes on other days gets one."""
    pages: list[list[Offer]] = [[]]
    left = ROOM[0] - (_SAID if dated else 0)
    for offer in offers:
        needed = height(offer, dated=dated)
        if needed > left:
            if dated or len(pages) == len(ROOM):
                break
            left = ROOM[len(pages)]
            pages.append([])
        pages[-1].append(offer)
        left -= needed
    return pages
