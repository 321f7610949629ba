"""Phone numbers: E.164 inside, the usual form on pages, masked unless somebody opened them."""

import re

_MAINLAND = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_NOISE = re.compile(r"[\s\-‐-―−()()./·]+")


class NotAPhone(ValueError):
    """The text is no phone number that could get a text message."""


def read(text: str) -> str:
    """A mobile number in any usual form (full-width digits, blanks, hyphens, +86) as E.164.

    Raises NotAPhone. A number without a country code is a mainland one; landlines are refused because they cannot
    get a text.
    """
    import unicodedata

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


def _abroad(plain: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(plain)
    except phonenumbers.NumberParseException:
        raise NotAPhone("not a phone number") from None
    if not phonenumbers.is_possible_number(number):
        raise NotAPhone("not a phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
