"""Calls to Cloud MAS: which texts go together, and what a call says. Nothing here touches the network.

A number stands once in a call, because receipts name the call and the number and nothing else.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.settings import Settings
from app.sms.gateways.base import Outbound

MOST_ALIKE = 5000     # numbers that get the same text in one call
MOST_DIFFERENT = 999  # numbers that get each a text of its own: "fewer than 1,000"
# So many texts that several numbers get have a call of their own; where there are more, the rarer ones share.
MOST_OWN = 25
_MOBILE = re.compile(r"\+861[3-9]\d{9}", re.ASCII)


@dataclass(frozen=True)
class Call:
    """Texts that are handed over together, to be answered from the same extension."""

    texts: tuple[Outbound, ...]
    extension: str

    @property
    def halves(self) -> "tuple[Call, Call]":
        middle = len(self.texts) // 2
        return Call(self.texts[:middle], self.extension), Call(self.texts[middle:], self.extension)


def is_mobile(phone: str) -> bool:
    """Whether it is a mobile phone of the mainland: the platform takes no other number."""
    return _MOBILE.fullmatch(phone) is not None


def mobile_of(phone: str) -> str:
    """Of one that is, the eleven digits that the platform takes."""
    return phone.removeprefix("+86")


def together(texts: Sequence[Outbound], settings: Settings) -> list[Call]:
    """The texts as few calls. A template account knows no call with a text for each number."""
    calls = []
    for extension, same_extension in _by(texts, "extension" if settings.cloudmas_extensions else "").items():
        alike = sorted(_by(same_extension, "text").values(), key=len, reverse=True)
        shared: list[Outbound] = []
        for place, group in enumerate(alike):
            if settings.cloudmas_mode == "template" or (len(group) > 1 and place < MOST_OWN):
                calls += [Call(part, extension) for part in _parts(group, MOST_ALIKE)]
            else:
                shared += group
        calls += [Call(part, extension) for part in _parts(shared, MOST_DIFFERENT)]
    return sorted(calls, key=lambda call: call.texts[0].id)


def said_in(call: Call, settings: Settings) -> dict[str, str]:
    """The fields of the call. The secret is in the mac and nowhere else: on the way by HTTP anybody can read them."""
    serial = settings.cloudmas_add_serial + call.extension
    mobiles = [mobile_of(text.phone) for text in call.texts]
    contents = [unsigned(text.text, settings.sms_signature) for text in call.texts]
    alike = len(set(contents)) == 1
    named = {"ecName": settings.cloudmas_ec_name, "apId": settings.cloudmas_ap_id}
    last = {"sign": settings.cloudmas_sign, "addSerial": serial}
    if settings.cloudmas_mode == "template":
        fields = {"templateId": settings.cloudmas_template_id, "mobiles": ",".join(mobiles),
                  "params": _json(contents[:1])}
    elif alike:
        fields = {"mobiles": ",".join(mobiles), "content": contents[0]}
    else:
        fields = {"mobiles": "", "content": _json(dict(zip(mobiles, contents, strict=True)))}
    return {**named, **fields, **last, "mac": mac(settings, *fields.values(), *last.values())}


def asked_in(settings: Settings) -> dict[str, str]:
    """The fields of a question for receipts or replies."""
    return {"ecName": settings.cloudmas_ec_name, "apId": settings.cloudmas_ap_id, "mac": mac(settings)}


def mac(settings: Settings, *values: str) -> str:
    """The platform's check, and it knows no other: the account, its secret and the values in the order of the fields,
    run together."""
    whole = "".join((settings.cloudmas_ec_name, settings.cloudmas_ap_id, settings.cloudmas_secret_key, *values))
    return hashlib.md5(whole.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def unsigned(text: str, signature: str) -> str:
    """Without the station's name in front, which the platform puts there itself."""
    return text.removeprefix(f"【{signature}】")


def _by(texts: Sequence[Outbound], what: str) -> dict[str, list[Outbound]]:
    groups: dict[str, list[Outbound]] = {}
    for text in texts:
        groups.setdefault(getattr(text, what) if what else "", []).append(text)
    return groups


def _parts(texts: Sequence[Outbound], most: int) -> list[tuple[Outbound, ...]]:
    """Of at most so many texts each, in none of which a number stands twice."""
    parts: list[dict[str, Outbound]] = []
    for text in texts:
        for part in parts:
            if len(part) < most and text.phone not in part:
                part[text.phone] = text
                break
        else:
            parts.append({text.phone: text})
    return [tuple(part.values()) for part in parts]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
