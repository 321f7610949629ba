"""Every setting, its default and its meaning. Made once from the environment and passed on; there is no global."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

# Why a text did not arrive, in the words of sms/gateways/base.py, which stands above this file; a test compares them.
REASONS = frozenset({"no_such_number", "off", "blocked", "opted_out", "account", "quota", "busy", "too_long", "other"})
EXTENSION_DIGITS = 5      # of what each text is about, behind the account's own number
LONGEST_NUMBER = 20       # of all that stands behind a text as its sender


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
    sms_gateway_replies: str = ""
    sms_rate_limit: tuple[tuple[str, Decimal], ...] = ()
    sms_daily_quota: tuple[tuple[str, Decimal], ...] = ()
    sms_spacing_seconds: int = 10
    sms_signature: str = "家门口就业"
    sms_price_fen: Decimal = Decimal(5)
    sms_per_second: Decimal = Decimal(0)
    quiet_hours: QuietHours | None = QuietHours(time(20, 30), time(8, 0))
    approval_above: int = 200
    requests_working_days: int = 15
    texts_kept_days: int = 155
    simulator_seed: int = 1
    simulator_faults: str = ""
    twilio_account_sid: str = field(default="", repr=False)
    twilio_auth_token: str = field(default="", repr=False)
    twilio_from: str = ""
    twilio_api_url: str = ""
    cloudmas_url: str = ""
    cloudmas_ec_name: str = ""
    cloudmas_ap_id: str = ""
    cloudmas_secret_key: str = field(default="", repr=False)
    cloudmas_sign: str = ""
    cloudmas_mode: str = "free"
    cloudmas_template_id: str = ""
    cloudmas_service_code: str = ""
    cloudmas_add_serial: str = ""
    cloudmas_extensions: bool = False
    cloudmas_pull: bool = False
    cloudmas_fingerprint: str = ""
    cloudmas_callback_token: str = field(default="", repr=False)
    cloudmas_callback_ips: tuple[IPv4Network | IPv6Network, ...] = ()
    cloudmas_codes: tuple[tuple[str, str], ...] = ()
    kannel_url: str = "http://127.0.0.1:13013/cgi-bin/sendsms"
    kannel_username: str = ""
    kannel_password: str = field(default="", repr=False)
    kannel_from: str = ""
    kannel_smsc: str = ""
    kannel_status_url: str = ""
    kannel_status_password: str = field(default="", repr=False)
    kannel_callback_token: str = field(default="", repr=False)
    kannel_callback_url: str = ""
    kannel_allowed: tuple[IPv4Network | IPv6Network, ...] = (IPv4Network("127.0.0.1"), IPv6Network("::1"))
    log_format: str = "text"
    metrics_allowed: tuple[IPv4Network | IPv6Network, ...] = (IPv4Network("127.0.0.1"), IPv6Network("::1"))
    metrics_port: int = 0
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

    @property
    def bulk_gateways(self) -> tuple[str, ...]:
        """Which gateways bulk texts leave through: the first that works."""
        return tuple(self.sms_gateway.split(","))

    @property
    def reply_gateways(self) -> tuple[str, ...]:
        """The same for answers, codes, and news of held places."""
        return tuple((self.sms_gateway_replies or self.sms_gateway).split(","))

    @cached_property  # every call of a simulated phone asks
    def gateways(self) -> tuple[str, ...]:
        """All of them, in their order."""
        return tuple(dict.fromkeys((*self.bulk_gateways, *self.reply_gateways)))

    @property
    def is_simulated(self) -> bool:
        """Whether no text reaches anybody: the simulator never stands beside a real gateway."""
        return "simulator" in self.gateways

    @property
    def has_extensions(self) -> bool:
        """Whether every text leaves from a number that says what it is about."""
        return self.gateways == ("cloudmas",) and self.cloudmas_extensions

    @property
    def text_to(self) -> str:
        """The number that somebody can text to who never got a text from it, where a gateway names one."""
        numbers = {"twilio": self.twilio_from, "kannel": self.kannel_from}
        return next((numbers[name] for name in self.gateways if numbers.get(name)), "")

    @property
    def cloudmas_number(self) -> str:
        """The account's own number. Some accounts are given it whole as their extension, others what follows it."""
        code, serial = self.cloudmas_service_code, self.cloudmas_add_serial
        return serial if code and serial.startswith(code) else code + serial


def _demo(settings: Settings) -> Settings:
    """The demo brings its own database, keys and waking hours, whatever the environment says."""
    from dataclasses import replace

    return replace(
        settings,
        database_url="sqlite+aiosqlite:///var/demo.db",
        secret_key="demo-secret-key-not-for-real-people",  # noqa: S106  # guards invented people only
        data_key="demo-data-key-not-for-real-people",
        sms_gateway="simulator",
        sms_gateway_replies="",
        sms_rate_limit=(),
        sms_daily_quota=(),
        sms_spacing_seconds=0,
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
    if settings.is_simulated and len(settings.gateways) > 1:
        raise BadSetting("SMS_GATEWAY: the simulator reaches nobody, so it cannot stand beside another gateway")
    if "cloudmas" in settings.gateways:
        _fit_for_cloudmas(settings)
    return settings


def _fit_for_cloudmas(settings: Settings) -> None:
    """Settings that are right alone and cannot be right together."""
    if settings.cloudmas_mode == "template" and not settings.cloudmas_template_id:
        raise BadSetting("CLOUDMAS_MODE=template needs CLOUDMAS_TEMPLATE_ID")
    if settings.cloudmas_extensions and not settings.cloudmas_service_code:
        raise BadSetting("CLOUDMAS_EXTENSIONS=yes needs CLOUDMAS_SERVICE_CODE, or no reply could be told from another")
    whole = len(settings.cloudmas_number) + EXTENSION_DIGITS * settings.cloudmas_extensions
    if whole > LONGEST_NUMBER:
        raise BadSetting(f"CLOUDMAS_SERVICE_CODE, CLOUDMAS_ADD_SERIAL and the extension come to {whole} digits; "
                         f"{LONGEST_NUMBER} is the most")
    if settings.cloudmas_pull and not settings.cloudmas_url.startswith("https://"):
        raise BadSetting("CLOUDMAS_PULL=yes is for accounts of the HTTPS kind, so CLOUDMAS_URL must start with https://")


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


@cache
def known_gateways() -> tuple[str, ...]:
    """The names that there are: a file of app/sms/gateways each."""
    stems = sorted(path.stem for path in (Path(__file__).parent / "sms" / "gateways").glob("*.py"))
    return tuple(stem for stem in stems if stem != "base" and not stem.startswith("_"))


def _gateways(name: str, value: str) -> str:
    """One or several, in order, with commas between."""
    given = [part.strip() for part in value.split(",") if part.strip()]
    for one in given:
        if one not in known_gateways():
            raise BadSetting(f"{name}: {one} is not known; choose from: {', '.join(known_gateways())}")
    if len(set(given)) < len(given) or not given:
        raise BadSetting(f"{name}={value} must name each gateway once, with commas between")
    return ",".join(given)


def _by_gateway(name: str, value: str) -> tuple[tuple[str, Decimal], ...]:
    """Numbers above zero by gateway."""
    found: dict[str, Decimal] = {}
    for part in filter(None, (part.strip() for part in value.split(","))):
        gateway, _equals, number = (word.strip() for word in part.partition("="))
        if gateway not in known_gateways() or gateway in found:
            raise BadSetting(f"{name}: {part} must look like kannel=2; the gateways are: {', '.join(known_gateways())}")
        found[gateway] = _decimal(f"{name}: {gateway}", number)
        if not found[gateway]:
            raise BadSetting(f"{name}: {part} must be more than zero")
    return tuple(found.items())


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


def _line(name: str, value: str) -> str:
    """What goes to a provider as a header: it has to stay in its line."""
    if not value.isascii() or not value.isprintable():
        raise BadSetting(f"{name} may hold plain ASCII characters only")
    return value


def _digits(name: str, value: str) -> str:
    if not value.isascii() or not value.isdigit() or len(value) > LONGEST_NUMBER:
        raise BadSetting(f"{name}={value} must be at most {LONGEST_NUMBER} digits")
    return value


def _yes_or_no(name: str, value: str) -> bool:
    if value.lower() not in ("yes", "no"):
        raise BadSetting(f"{name}={value} must be yes or no")
    return value.lower() == "yes"


def _mode(name: str, value: str) -> str:
    if value not in ("free", "template"):
        raise BadSetting(f"{name}={value} must be free or template")
    return value


def _log_format(name: str, value: str) -> str:
    if value not in ("text", "json"):
        raise BadSetting(f"{name}={value} must be text or json")
    return value


def _port(name: str, value: str) -> int:
    port = _whole(name, value)
    if port > 65535:
        raise BadSetting(f"{name}={value} must be at most 65535")
    return port


def _fingerprint(name: str, value: str) -> str:
    plain = value.replace(":", "").lower()
    if not re.fullmatch(r"[0-9a-f]{64}", plain):
        raise BadSetting(f"{name} must be a SHA-256 fingerprint: 64 hexadecimal digits, with or without colons")
    return plain


def _path_secret(name: str, value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,100}", value):
        raise BadSetting(f"{name} must be 16 to 100 letters, digits, - or _: it becomes part of an address")
    return value


def _networks(name: str, value: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip())
    except ValueError:
        raise BadSetting(f"{name}={value} must be addresses or networks with commas between") from None


def _codes(name: str, value: str) -> tuple[tuple[str, str], ...]:
    found = []
    for part in filter(None, (part.strip() for part in value.split(","))):
        code, _equals, reason = (word.strip() for word in part.partition("="))
        if not code or reason not in REASONS:
            raise BadSetting(f"{name}: {part} must look like MK:0001=no_such_number; "
                             f"the reasons are: {', '.join(sorted(REASONS))}")
        found.append((code, reason))
    return tuple(found)


_READERS = {
    "database_url": _database,
    "secret_key": _text,
    "data_key": _text,
    "public_url": _url,
    "sms_gateway": _gateways,
    "sms_gateway_replies": _gateways,
    "sms_rate_limit": _by_gateway,
    "sms_daily_quota": _by_gateway,
    "sms_spacing_seconds": _whole,
    "sms_signature": _text,
    "sms_price_fen": _decimal,
    "sms_per_second": _decimal,
    "quiet_hours": _hours,
    "approval_above": _whole,
    "requests_working_days": _whole,
    "texts_kept_days": _whole,
    "simulator_seed": _whole,
    "simulator_faults": _text,
    "twilio_account_sid": _text,
    "twilio_auth_token": _text,
    "twilio_from": _text,
    "twilio_api_url": _url,
    "cloudmas_url": _url,
    "cloudmas_ec_name": _text,
    "cloudmas_ap_id": _text,
    "cloudmas_secret_key": _text,
    "cloudmas_sign": _text,
    "cloudmas_mode": _mode,
    "cloudmas_template_id": _text,
    "cloudmas_service_code": _digits,
    "cloudmas_add_serial": _digits,
    "cloudmas_extensions": _yes_or_no,
    "cloudmas_pull": _yes_or_no,
    "cloudmas_fingerprint": _fingerprint,
    "cloudmas_callback_token": _path_secret,
    "cloudmas_callback_ips": _networks,
    "cloudmas_codes": _codes,
    "kannel_url": _url,
    "kannel_username": _line,
    "kannel_password": _line,
    "kannel_from": _line,
    "kannel_smsc": _line,
    "kannel_status_url": _url,
    "kannel_status_password": _line,
    "kannel_callback_token": _path_secret,
    "kannel_callback_url": _url,
    "kannel_allowed": _networks,
    "log_format": _log_format,
    "metrics_allowed": _networks,
    "metrics_port": _port,
}
