"""Numbers that nobody should send by text, made unreadable: identity numbers and bank cards, as people type them."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator

# A region that does not begin with 0, a birth date that can be, three digits, a check digit or X (GB 11643-1999);
# the check digit is not asked: a mistyped number still names a person.
_BETWEEN = r"[ \t\-‐-―.·\u00ad\u200b-\u200f\u2060\ufeff]{0,3}"
_PARTED = r"[ \t\n\r,/、;\-‐-―.·\u00ad\u200b-\u200f\u2060\ufeff]{0,3}"  # between region, date and the rest alone
_REGION, _YEAR = (r"[1-9]", *[r"\d"] * 5), (rf"(?:1{_BETWEEN}[89]|2{_BETWEEN}0)", r"\d", r"\d")
_DAY = (rf"(?:0{_BETWEEN}[1-9]|1{_BETWEEN}[0-2])", rf"(?:0{_BETWEEN}[1-9]|[12]{_BETWEEN}\d|3{_BETWEEN}[01])")
_REST = (*[r"\d"] * 3, r"[\dXx]")
_ID_NUMBER = re.compile(r"(?<!\d)" + _PARTED.join(_BETWEEN.join(part) for part in (_REGION, (*_YEAR, *_DAY), _REST))
                        + r"(?![\dXx])")
# Run together with a telephone number or the like: there, the check digit tells it from any other digits.
_AMONG_DIGITS = re.compile(rf"(?=({''.join((*_REGION, *_YEAR, *_DAY, *_REST))}))")
_NOTHING_BUT_PHONES = re.compile(r"(?:1[3-9]\d{9})+")
_A_PHONE_FIRST = re.compile(r"1[3-9]\d{9}(?!\d)")  # and behind it a number of seven digits, of the station perhaps
# Until 1999: a province, the rest of the region, a birth date without its century, three digits.
_OLD_ID_NUMBER = re.compile(r"(?<!\d)(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])\d{4}(\d{6})\d{3}(?!\d)")
_CARD_NUMBER = re.compile(rf"(?<!\d)[3-6]\d{{3}}(?:{_BETWEEN}\d){{12,15}}(?!\d)")  # ISO/IEC 7812: 16 to 19 digits
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SHOWN = 4


def hide(text: str) -> str:
    """The text with every such number as 4203**********0005, in the digits in which it was typed."""
    hidden = _hide_once(text)
    while hidden != text:  # what stays of one may have been part of another
        text, hidden = hidden, _hide_once(hidden)
    return hidden


def _hide_once(text: str) -> str:
    plain = "".join(map(_plain, text))  # one character for one, so that places stay
    hidden = list(text)
    for start, end in _spans(plain):
        places = [place for place in range(start, end) if plain[place].isalnum()]
        for place in places[_SHOWN:-_SHOWN]:
            hidden[place] = "*"
    return "".join(hidden)


def _spans(plain: str) -> Iterator[tuple[int, int]]:
    """Where such numbers stand."""
    for found in _ID_NUMBER.finditer(plain):
        if not _A_PHONE_FIRST.match(found[0]):
            yield found.span()
    for found in filter(_is_old, _OLD_ID_NUMBER.finditer(plain)):
        yield found.span()
    for found in filter(_is_card, _CARD_NUMBER.finditer(plain)):
        yield found.span()
    for run in re.finditer(r"\d{18,}[Xx]?\d*|\d{17}[Xx]\d+", plain):
        if not _NOTHING_BUT_PHONES.fullmatch(run[0]):
            for found in filter(_checks, _AMONG_DIGITS.finditer(run[0])):
                yield run.start() + found.start(1), run.start() + found.end(1)


def _checks(found: re.Match[str]) -> bool:
    """Whether the check digit of an identity number fits (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(found[1], _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == found[1][-1].upper()


def _is_old(found: re.Match[str]) -> bool:
    """Whether the birth date is one."""
    year, month, day = (int(found[1][place:place + 2]) for place in (0, 2, 4))
    return 1 <= month <= 12 and 1 <= day <= monthrange(1900 + year, month)[1]


def _plain(character: str) -> str:
    """Full-width and other digits as the usual ones."""
    made = unicodedata.normalize("NFKC", character)
    return made if len(made) == 1 else character


def _is_card(found: re.Match[str]) -> bool:
    """Whether the check digit fits (ISO/IEC 7812-1, annex B): other long numbers are left alone."""
    digits = [int(character) for character in reversed(found[0]) if character.isdigit()]
    return sum(sum(divmod(digit * (1 + place % 2), 10)) for place, digit in enumerate(digits)) % 10 == 0
