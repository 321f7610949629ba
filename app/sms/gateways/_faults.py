"""What goes wrong at the simulated carrier: read from SIMULATOR_FAULTS, decided from SIMULATOR_SEED.

`delay=2s,repeat=0.1,refuse=*0000` is a list of names and values, separated by commas:

    delay       how long after a text its receipt comes (default 0.5s)
    slow        how much longer it takes to hand over a batch
    refuse      the number does not exist: refused at once, every time
    off         taken, but the phone is off: a receipt says that it failed
    optout      taken, but the carrier knows that this number wants nothing: a receipt says so
    lose        taken, but never arrives, and no receipt comes
    no_receipt  arrives, but no receipt comes
    repeat      the receipt comes twice
    reorder     the receipt for "arrived" comes before the one for "on its way"
    busy        not taken this time; to be tried again
    unsure      no answer this time: half of these were taken

Times are like 2s or 50ms. The others are a share from 0 to 1; refuse, off and optout, which hold for a number and
not for a text, may be *0000 instead: the numbers with that ending. The same seed decides the same for the same text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from app.settings import BadSetting, Settings

_TIMES = frozenset({"delay", "slow"})
_BY_NUMBER = frozenset({"refuse", "off", "optout"})
_BY_TEXT = frozenset({"lose", "no_receipt", "repeat", "reorder", "busy", "unsure"})
_TIME = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(ms|s)", re.ASCII)
_ENDING = re.compile(r"\*\d{1,15}", re.ASCII)
_SHARE = re.compile(r"[01]|[01]?\.\d{1,9}", re.ASCII)


@dataclass(frozen=True)
class Faults:
    """Times in seconds, shares from 0 to 1, endings of numbers; what is not named never happens."""

    seed: int
    times: Mapping[str, float] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    endings: Mapping[str, str] = field(default_factory=dict)

    @property
    def delay_seconds(self) -> float:
        return self.times.get("delay", 0.5)

    @property
    def slow_seconds(self) -> float:
        return self.times.get("slow", 0)

    @property
    def none(self) -> bool:
        """Whether nothing goes wrong with any number or text."""
        return not self.shares and not self.endings

    @property
    def by_attempt(self) -> bool:
        """Whether anything depends on how often a text was tried."""
        return "busy" in self.shares or "unsure" in self.shares

    def number(self, name: str, phone: str) -> bool:
        """Whether this fault holds for a number."""
        if name in self.endings:
            return phone.endswith(self.endings[name])
        return self._hit(name, phone)

    def text(self, name: str, reference: int, attempt: int = 0) -> bool:
        """Whether this fault holds for a text, at this try."""
        return self._hit(name, f"{reference}:{attempt}")

    def half(self, reference: int, attempt: int) -> bool:
        """A coin, thrown once for each try of each text."""
        return self._throw("half", f"{reference}:{attempt}") < 0.5

    def _hit(self, name: str, subject: str) -> bool:
        share = self.shares.get(name, 0)
        return share > 0 and self._throw(name, subject) < share

    def _throw(self, name: str, subject: str) -> float:
        drawn = blake2b(f"{self.seed}:{name}:{subject}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn, "big") / 2**64


def read(settings: Settings) -> Faults:
    """The faults of these settings. Raises BadSetting, naming what cannot be used."""
    times: dict[str, float] = {}
    shares: dict[str, float] = {}
    endings: dict[str, str] = {}
    for part in settings.simulator_faults.split(","):
        name, _, value = (word.strip() for word in part.partition("="))
        if not name and not value:
            continue
        if name in _TIMES:
            times[name] = _seconds(name, value)
        elif name in _BY_NUMBER and _ENDING.fullmatch(value):
            endings[name] = value[1:]
        else:
            shares[name] = _share(name, value)
    return Faults(settings.simulator_seed, times, shares, endings)


def _seconds(name: str, value: str) -> float:
    found = _TIME.fullmatch(value)
    if not found:
        raise BadSetting(f"SIMULATOR_FAULTS: {name}={value} must be a time such as 2s or 50ms")
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


def _share(name: str, value: str) -> float:
    if name not in _BY_NUMBER | _BY_TEXT:
        known = ", ".join(sorted(_TIMES | _BY_NUMBER | _BY_TEXT))
        raise BadSetting(f"SIMULATOR_FAULTS: {name or value} is not known; choose from: {known}")
    if not _SHARE.fullmatch(value) or float(value) > 1:
        also = ", or an ending such as *0000" if name in _BY_NUMBER else ""
        raise BadSetting(f"SIMULATOR_FAULTS: {name}={value} must be a share from 0 to 1{also}")
    return float(value)
