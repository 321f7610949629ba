"""What staff should know of a text before it leaves: no rule of every carrier, but a rule of some, or of good sense."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from app.campaigns import options
from app.campaigns.campaigns import Kind
from app.i18n import _
from app.sms.length import Length

CLOUDMAS_UNITS = 350   # its document says 400 at one place and nothing at others
TWILIO_UNITS = 500     # what it advises for numbers in China
_ADDRESS = re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|cn|net|org|top|xyz)\b", re.IGNORECASE | re.ASCII)
_WAY_OUT = re.compile(r"\b(?:TD|T|N|R)\b|退订|拒收|不再收|不想收", re.IGNORECASE | re.ASCII)
_HEADS = re.compile("几个人|几人|人数|多少人|几位|几口")
_SIGNED = re.compile(r"^\s*[\[［〔〖(（「『《<＜]")


@dataclass(frozen=True)
class Hint:
    """One sentence for staff. `simplified` is the whole text in simplified characters, where that is the matter."""

    sentence: str
    values: dict[str, Any] = field(default_factory=dict)
    simplified: str = ""


def hints(text: str, kind: Kind, *, gateways: Sequence[str], signature: str, longest: Length | None) -> list[Hint]:
    """What there is to say about this text, the most pressing first."""
    found = [_script(text), _signed_twice(text, signature), *(
        hint for gateway in gateways for hint in _of_carrier(text, kind, gateway, longest))]
    if kind in (Kind.JOB, Kind.MOBILISE) and not _WAY_OUT.search(text):
        found.append(Hint(_("Texts that call people to work must say how to stop them, such as: {words}"),
                          {"words": "退订回TD"}))
    if options.of(text) and _HEADS.search(text):
        found.append(Hint(_("It asks for a choice and for a number of people: a “2” could mean either. Please ask the "
                            "number in a second text.")))
    return [hint for hint in found if hint is not None]


def simplified(text: str) -> str:
    """The text in simplified characters."""
    return str(_converter().convert(text))


def _script(text: str) -> Hint | None:
    plain = simplified(text)
    if plain == text:
        return None
    odd = "".join(dict.fromkeys(old for old, new in zip(text, plain, strict=False) if old != new))
    return Hint(_("Some carriers refuse traditional characters, such as {found}."), {"found": odd[:8]}, plain)


def _signed_twice(text: str, signature: str) -> Hint | None:
    start = _SIGNED.sub("", text)[:len(signature)]
    if not signature or start != signature:
        return None
    return Hint(_("The station's name comes in front by itself; here it would stand twice."))


def _of_carrier(text: str, kind: Kind, gateway: str, longest: Length | None) -> list[Hint | None]:
    units = longest.units if longest else 0
    if gateway == "cloudmas":
        return [Hint(_("The longest text has {units} characters. Cloud MAS may refuse more than {most}."),
                     {"units": units, "most": CLOUDMAS_UNITS}) if units > CLOUDMAS_UNITS else None]
    if gateway != "twilio":
        return []
    return [Hint(_("On the way to China this carrier blocks texts with web addresses.")) if _ADDRESS.search(text)
            else None,
            Hint(_("On the way to China this carrier carries no surveys, and no answers come back."))
            if kind == Kind.SURVEY else None,
            Hint(_("The longest text has {units} characters. This carrier may refuse more than {most}."),
                 {"units": units, "most": TWILIO_UNITS}) if units > TWILIO_UNITS else None]


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
