"""Phone numbers: E.164 inside, the usual form on pages, masked unless somebody opened them."""

import re
import unicodedata
from collections.abc import Collection

_MAINLAND = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_NOISE = re.compile(r"[\s\-‐-―−()()./·]+")
_BETWEEN = r"[\s\-‐-―−.·\u00ad\u200b-\u200f\u2060\ufeff]{0,2}"
_IN_A_TEXT = re.compile("|".join((
    rf"(?<!\d)(?:(?:\+?86|0086){_BETWEEN})?1{_BETWEEN}[3-9](?:{_BETWEEN}\d){{9}}(?!\d)",
    r"(?<!\d)(?:1[3-9]\d{9}){2,}(?!\d)",  # run together
    rf"(?<!\d)0\d{{2,3}}\)?{_BETWEEN}\d{{3,4}}{_BETWEEN}\d{{4}}(?!\d)",  # a landline with its area code
    rf"\+(?!86)[1-9](?:{_BETWEEN}\d){{7,14}}(?!\d)")))  # abroad


class NotAPhone(ValueError):
    """The text is no phone number that could get a text message."""


def read(text: str) -> str:
    """A mobile number in any usual form (full-width digits, blanks, hyphens, +86) as E.164.

    Raises NotAPhone. A number without a country code is a mainland one; landlines are refused because they cannot
    get a text.
    """
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", text[:60]))
    found = _MAINLAND.fullmatch(plain)
    if found:
        return "+86" + found[1]
    if plain.startswith("+") and not plain.startswith("+86"):
        return _abroad(plain)
    raise NotAPhone("not a mobile number")


def national(phone: str) -> str:
    """The number as people write it: without +86 in the mainland."""
    return phone.removeprefix("+86")


def mask(phone: str) -> str:
    """138****0001: enough to recognise, not enough to call."""
    number = national(phone)
    return number[:3] + "****" + number[-4:] if len(number) >= 8 else "****"


def hide(text: str, *, shown: Collection[str] = ()) -> str:
    """The text with every phone number in it masked, in whichever form people typed it, except those `shown`."""
    plain, places = _plain(text)
    kept = {_last_digits(number) for number in shown}
    hidden, done = "", 0
    for found in _IN_A_TEXT.finditer(plain):
        if _last_digits(found[0]) not in kept:
            start, end = places[found.start()], places[found.end() - 1] + 1
            hidden, done = hidden + text[done:start] + mask(_last_digits(found[0])), end
    return hidden + text[done:]


def _plain(text: str) -> tuple[str, list[int]]:
    """The text with full-width and other digits as the usual ones, and where in it each character comes from."""
    said = [(place, made) for place, character in enumerate(text) for made in unicodedata.normalize("NFKC", character)]
    return "".join(made for _place, made in said), [place for place, _made in said]


def _last_digits(number: str) -> str:
    """What a number ends in: of a mainland one all of it without the country's."""
    return "".join(character for character in number if character.isdigit())[-11:]


def _abroad(plain: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(plain)
    except phonenumbers.NumberParseException:
        raise NotAPhone("not a phone number") from None
    if not phonenumbers.is_possible_number(number):
        raise NotAPhone("not a phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
