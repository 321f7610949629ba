"""What a gateway is: it hands texts to a provider, and reads what the provider says back. It decides nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from app.db import Database
from app.settings import Settings


class Unreadable(ValueError):
    """A provider's call that is not what it should be; it is kept raw and answered with 400."""


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"      # will never be taken; `reason` says why
    TRY_LATER = "try_later"  # was surely not taken; may be later
    UNKNOWN = "unknown"      # may or may not have been taken


class Reason(StrEnum):
    """Why a text did not arrive, in our words; the provider's own code is kept beside it."""

    NO_SUCH_NUMBER = "no_such_number"
    OFF = "off"                # phone off or out of reach
    BLOCKED = "blocked"        # the carrier refuses the content
    OPTED_OUT = "opted_out"    # the carrier knows that this number wants nothing
    ACCOUNT = "account"        # our account, money or settings
    QUOTA = "quota"            # as many texts as our account may send today
    BUSY = "busy"
    TOO_LONG = "too_long"
    OTHER = "other"


class Outbound(NamedTuple):
    """One text to hand over; `id` is our message's, and goes along as a reference where the provider has one.
    `extension` are digits that say what the text is about (see extensions.py), for a provider that can put them behind
    our number."""

    id: int
    phone: str
    text: str
    segments: int
    attempts: int = 1
    extension: str = ""


class Sent(NamedTuple):
    """What became of one Outbound."""

    id: int
    outcome: Outcome
    provider_id: str = ""
    reason: str = ""
    code: str = ""


@dataclass(frozen=True)
class Report:
    """A receipt: `status` is a value of outbox.Status (accepted, delivered or failed). `phone` and `submitted_at`,
    where they are known, let it find a text of which nobody knew whether the provider has it, nor by which id."""

    provider_id: str
    status: str
    reason: str = ""
    code: str = ""
    raw: str = ""
    phone: str = ""
    submitted_at: datetime | None = None


@dataclass(frozen=True)
class Incoming:
    """A text from a phone (E.164); `provider_id` is empty where the provider has none. `extension` are the digits
    behind our number to which it was written, where the provider tells."""

    phone: str
    text: str
    raw: str
    provider_id: str = ""
    extension: str = ""


@dataclass(frozen=True)
class Unread:
    """What a provider said, or a part of it, that could not be read; kept for staff. `kind` is receipt or reply."""

    kind: str
    raw: str
    problem: str


@dataclass(frozen=True)
class Poll:
    """`kept` are the rows of fetched.py from which it was read."""

    reports: Sequence[Report] = ()
    incoming: Sequence[Incoming] = ()
    unread: Sequence[Unread] = ()
    kept: Sequence[int] = ()


@dataclass(frozen=True)
class Abilities:
    """What a gateway can do. `looks_up`: it can say whether it has a text that we are unsure about. `reaches_people`:
    a text leaves for a real phone. `per_second` is how many texts it usually takes, for estimates."""

    reaches_people: bool = True
    receives: bool = True
    free_text: bool = True
    receipts: bool = True
    looks_up: bool = False
    per_second: float = 10
    batch: int = 1
    at_once: int = 1


class Gateway(Protocol):
    """One file per provider; its class is called Carrier and is made with (settings, database)."""

    name: str
    abilities: Abilities

    async def send(self, texts: Sequence[Outbound]) -> list[Sent]:
        """Hand over at most `abilities.batch` texts; one Sent for each, in any order. Never raises for one number."""

    async def look_up(self, texts: Sequence[Outbound]) -> list[Sent]:
        """Ask the provider about texts that it may have: ACCEPTED with its id, TRY_LATER when it surely has none,
        UNKNOWN when it cannot say."""

    async def poll(self) -> Poll:
        """What waits to be fetched; empty where the provider calls us."""

    async def check(self) -> list[str]:
        """What is wrong with the settings or the account, in plain words, without sending anything."""

    async def close(self) -> None: ...


def abilities_of(name: str) -> Abilities:
    """What the gateway of that file name can do, without making one."""
    import importlib

    abilities: Abilities = importlib.import_module(f"app.sms.gateways.{name}").Carrier.abilities
    return abilities


@dataclass
class Made:
    """Gateways by name, made once per process and closed with it."""

    settings: Settings
    database: Database
    open: dict[str, Gateway] = field(default_factory=dict)

    def get(self, name: str) -> Gateway:
        """The gateway of that file name; made at the first call."""
        import importlib

        if name not in self.open:
            module = importlib.import_module(f"app.sms.gateways.{name}")
            self.open[name] = module.Carrier(self.settings, self.database)
        return self.open[name]

    async def close(self) -> None:
        for gateway in self.open.values():
            await gateway.close()
