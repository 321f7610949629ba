"""Numbers that nobody should send by text, made unreadable: identity numbers and bank cards, as people type them."""

import re
import unicodedata

# A region that does not begin with 0, a birth date that can be, three digits, a check digit or X (GB 11643-1999);
# the check digit is not asked: a mistyped number still names a person.
_BETWEEN = r"[ \t\-‐-―.·]{0,3}"
_PARTS = (r"[1-9]", *[r"\d"] * 5, r"(?:18|19|20)", r"\d", r"\d", r"(?:0[1-9]|1[0-2])",
          r"(?:0[1-9]|[12]\d|3[01])", *[r"\d"] * 3, r"[\dXx]")
_ID_NUMBER = re.compile(rf"(?<!\d){_BETWEEN.join(_PARTS)}(?![\dXx])")
_CARD_NUMBER = re.compile(rf"(?<!\d)[3-6]\d{{3}}(?:{_BETWEEN}\d){{12,15}}(?!\d)")  # ISO/IEC 7812: 16 to 19 digits
_SHOWN = 4


def hide(text: str) -> str:
    """The text with every such number as 4203**********0005, in the digits in which it was typed."""
    plain = "".join(map(_plain, text))  # one character for one, so that places stay
    hidden = list(text)
    for found in (*_ID_NUMBER.finditer(plain), *filter(_is_card, _CARD_NUMBER.finditer(plain))):
        places = [place for place in range(*found.span()) if plain[place].isalnum()]
        for place in places[_SHOWN:-_SHOWN]:
            hidden[place] = "*"
    return "".join(hidden)


def _plain(character: str) -> str:
    """Full-width and other digits as the usual ones."""
    made = unicodedata.normalize("NFKC", character)
    return made if len(made) == 1 else character


def _is_card(found: re.Match[str]) -> bool:
    """Whether the check digit fits (ISO/IEC 7812-1, annex B): other long numbers are left alone."""
    digits = [int(character) for character in reversed(found[0]) if character.isdigit()]
    return sum(sum(divmod(digit * (1 + place % 2), 10)) for place, digit in enumerate(digits)) % 10 == 0
