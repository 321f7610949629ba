"""Resident identity numbers (GB 11643-1999): region, birth date, sequence, check character."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from operator import mul

from app import clock
from app.i18n import _
from app.residents.residents import Sex

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ZEROS = ord("0") * sum(_WEIGHTS)
_CHECKS = "10X98765432"
_SHAPE = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_NOISE = re.compile(r"[\s'\"=\-·‐-―−\u200b-\u200d\ufeff]+")
_EXPONENT = re.compile(r"\d(\.\d+)?E\+?1[67]", re.ASCII | re.IGNORECASE)


class NotAnIdNumber(ValueError):
    """What was typed is no ID number; `sentence` is the message id that says why, and never repeats the number."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.values = values


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number that checks, and what it says of its owner."""

    number: str
    born_on: date
    sex: Sex


def read(text: str) -> IdNumber:
    """The number in its usual form (full-width digits, blanks and a small x are put right). Raises NotAnIdNumber.

    Old region codes stay valid, so the first six digits are not looked up.
    """
    plain = text if _SHAPE.fullmatch(text) else _plain(text)
    if check_character(plain) != plain[17]:
        if plain.endswith("000"):
            raise NotAnIdNumber(ROUNDED)
        raise NotAnIdNumber(_("The last character of this ID number does not fit the others, so one of them is "
                              "wrong. Please compare it with the card."))
    try:
        born_on = date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError:
        born_on = date.min
    if not date(1900, 1, 1) <= born_on <= clock.today():
        raise NotAnIdNumber(_("The birth date inside this ID number does not exist. Please compare it with the card."))
    return IdNumber(plain, born_on, Sex.MALE if int(plain[16]) % 2 else Sex.FEMALE)


ROUNDED = _("Excel has rounded this ID number and its last digits are lost. Please format the column as text and type "
            "the number again.")


def check_character(number: str) -> str:
    """The eighteenth character that the first seventeen digits ask for (ISO 7064 MOD 11-2)."""
    return _CHECKS[(sum(map(mul, number[:17].encode("ascii"), _WEIGHTS)) - _ZEROS) % 11]


def mask(number: str) -> str:
    """4203**********0005: enough to compare, not enough to use."""
    return number[:4] + "*" * (len(number) - 8) + number[-4:] if len(number) > 8 else "*" * len(number)


def _plain(text: str) -> str:
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", text[:60])).upper()
    if _SHAPE.fullmatch(plain):
        return plain
    if _EXPONENT.fullmatch(plain):
        raise NotAnIdNumber(ROUNDED)
    if len(plain) == 15 and plain.isascii() and plain.isdigit():
        raise NotAnIdNumber(_("This is an old ID number of 15 digits. Please type the 18 characters of the new card."))
    if len(plain) != 18:
        raise NotAnIdNumber(_("An ID number has 18 characters; this one has {count}."), count=len(plain))
    raise NotAnIdNumber(_("An ID number is 17 digits and a last digit or X; something else stands here."))
