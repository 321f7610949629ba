"""Every setting, its default and its meaning. Made once from the environment and passed on; there is no global."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal, InvalidOperation
from pathlib import Path


class BadSetting(ValueError):
    """A setting that cannot be used; the sentence names it and never repeats a secret's value."""


@dataclass(frozen=True)
class QuietHours:
    """From `start` until `end` (Asia/Shanghai, usually over midnight) no bulk text leaves."""

    start: time
    end: time

    def cover(self, moment: time) -> bool:
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


@dataclass(frozen=True)
class Settings:
    """One field per environment variable of the same name in capitals; see the README for the table."""

    database_url: str = "sqlite+aiosqlite:///var/doorstep.db"
    secret_key: str = field(default="", repr=False)
    data_key: str = field(default="", repr=False)
    public_url: str = "http://127.0.0.1:8000"
    sms_gateway: str = "simulator"
    sms_signature: str = "家门口就业"
    sms_price_fen: Decimal = Decimal(5)
    sms_per_second: Decimal = Decimal(0)
    quiet_hours: QuietHours | None = QuietHours(time(20, 30), time(8, 0))
    approval_above: int = 200
    simulator_seed: int = 1
    simulator_faults: str = ""
    twilio_account_sid: str = field(default="", repr=False)
    twilio_auth_token: str = field(default="", repr=False)
    twilio_from: str = ""
    twilio_api_url: str = ""
    demo: bool = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str], *, demo: bool = False) -> "Settings":
        """Read the environment. Raises BadSetting, naming the variable, for a value that cannot be used."""
        values: dict[str, object] = {"demo": demo}
        for name, read in _READERS.items():
            given = environ.get(name.upper(), "").strip()
            if given:
                values[name] = read(name.upper(), given)
        settings = cls(**values)  # type: ignore[arg-type]  # the readers return what the fields hold
        return _demo(settings) if demo else _checked(settings)

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def _demo(settings: Settings) -> Settings:
    """The demo brings its own database, keys and waking hours, whatever the environment says."""
    from dataclasses import replace

    return replace(
        settings,
        database_url="sqlite+aiosqlite:///var/demo.db",
        secret_key="demo-secret-key-not-for-real-people",  # noqa: S106  # guards invented people only
        data_key="demo-data-key-not-for-real-people",
        sms_gateway="simulator",
        sms_signature="青龙泉就业站",
        quiet_hours=None,
    )


def _checked(settings: Settings) -> Settings:
    for name in ("secret_key", "data_key"):
        if len(getattr(settings, name)) < 16:
            raise BadSetting(f"{name.upper()} is missing or shorter than 16 characters; make one with: "
                             'python3 -c "import secrets; print(secrets.token_urlsafe(32))"')
    if settings.secret_key == settings.data_key:
        raise BadSetting("DATA_KEY must differ from SECRET_KEY, so that either can be changed alone")
    return settings


def _text(_name: str, value: str) -> str:
    return value


def _url(name: str, value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise BadSetting(f"{name} must start with http:// or https://")
    return value.rstrip("/")


def _database(name: str, value: str) -> str:
    if not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
        raise BadSetting(f"{name} must start with sqlite+aiosqlite:/// or postgresql+asyncpg://")
    return value


def _gateway(name: str, value: str) -> str:
    known = sorted(p.stem for p in (Path(__file__).parent / "sms" / "gateways").glob("*.py") if p.stem != "base")
    known = [stem for stem in known if not stem.startswith("_")]
    if value not in known:
        raise BadSetting(f"{name}={value} is not known; choose one of: {', '.join(known)}")
    return value


def _whole(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise BadSetting(f"{name}={value} is not a whole number")
    return int(value)


def _decimal(name: str, value: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise BadSetting(f"{name}={value} is not a number") from None
    if not number.is_finite() or number < 0:
        raise BadSetting(f"{name}={value} must be zero or more")
    return number


def _hours(name: str, value: str) -> QuietHours | None:
    if value.lower() == "off":
        return None
    try:
        start, end = (time.fromisoformat(part.strip()) for part in value.split("-"))
    except ValueError:
        raise BadSetting(f"{name}={value} must look like 20:30-08:00, or be: off") from None
    return QuietHours(start, end)


_READERS = {
    "database_url": _database,
    "secret_key": _text,
    "data_key": _text,
    "public_url": _url,
    "sms_gateway": _gateway,
    "sms_signature": _text,
    "sms_price_fen": _decimal,
    "sms_per_second": _decimal,
    "quiet_hours": _hours,
    "approval_above": _whole,
    "simulator_seed": _whole,
    "simulator_faults": _text,
    "twilio_account_sid": _text,
    "twilio_auth_token": _text,
    "twilio_from": _text,
    "twilio_api_url": _url,
}
