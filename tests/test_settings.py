"""A bad setting is named, and a missing secret stops everything but the demo."""

from datetime import time

import pytest

from app.settings import REASONS, BadSetting, QuietHours, Settings
from app.sms.gateways.base import Reason

GOOD = {"SECRET_KEY": "a-secret-key-for-tests-only", "DATA_KEY": "a-data-key-for-tests-only"}


@pytest.mark.parametrize(("name", "value"), [
    ("SECRET_KEY", "short"), ("DATA_KEY", GOOD["SECRET_KEY"]), ("DATABASE_URL", "mysql://x"),
    ("PUBLIC_URL", "x.example"),
    ("SMS_GATEWAY", "carrier-pigeon"), ("SMS_PRICE_FEN", "five"), ("SMS_PRICE_FEN", "-1"), ("SMS_PRICE_FEN", "NaN"),
    ("QUIET_HOURS", "night"), ("APPROVAL_ABOVE", "many"), ("APPROVAL_ABOVE", "-3"),
    ("CLOUDMAS_URL", "platform.example"), ("CLOUDMAS_SERVICE_CODE", "106-5"),
    ("CLOUDMAS_ADD_SERIAL", "1" * 21), ("CLOUDMAS_EXTENSIONS", "maybe"), ("CLOUDMAS_MODE", "both"),
    ("CLOUDMAS_PULL", "1"), ("CLOUDMAS_FINGERPRINT", "ab:cd"), ("CLOUDMAS_CALLBACK_TOKEN", "short"),
    ("CLOUDMAS_CALLBACK_TOKEN", "a/secret/with/slashes"), ("CLOUDMAS_CALLBACK_IPS", "10.0.0.0/40"),
    ("CLOUDMAS_CODES", "MK:0001"), ("CLOUDMAS_CODES", "MK:0001=bored"),
    ("KANNEL_URL", "127.0.0.1:13013"), ("KANNEL_STATUS_URL", "ftp://x"), ("KANNEL_CALLBACK_URL", "here"),
    ("KANNEL_USERNAME", "门口"), ("KANNEL_PASSWORD", "a\nX-Kannel-To: +8614200000001"), ("KANNEL_FROM", "１０６９"),
    ("KANNEL_SMSC", "a\tb"), ("KANNEL_STATUS_PASSWORD", "密"), ("KANNEL_CALLBACK_TOKEN", "short"),
    ("KANNEL_CALLBACK_TOKEN", "sixteen/letters/and/more"), ("KANNEL_CALLBACK_TOKEN", "a" * 101),
    ("KANNEL_ALLOWED", "everybody"), ("KANNEL_ALLOWED", "127.0.0.1;::1"), ("KANNEL_ALLOWED", "10.0.0.1/33"),
    ("LOG_FORMAT", "xml"), ("METRICS_ALLOWED", "everybody"), ("METRICS_PORT", "70000"), ("METRICS_PORT", "http"),
])
def test_a_bad_value_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        Settings.from_env({**GOOD, name: value})


@pytest.mark.parametrize(("change", "named"), [
    ({"CLOUDMAS_MODE": "template"}, "CLOUDMAS_TEMPLATE_ID"), ({"CLOUDMAS_EXTENSIONS": "yes"}, "CLOUDMAS_SERVICE_CODE"),
    ({"CLOUDMAS_SERVICE_CODE": "1" * 16, "CLOUDMAS_EXTENSIONS": "yes"}, "21 digits"),
    ({"CLOUDMAS_PULL": "yes", "CLOUDMAS_URL": "http://platform.example/sms/submit"}, "https"),
])
def test_what_cannot_go_together_is_named(change: dict[str, str], named: str) -> None:
    with pytest.raises(BadSetting, match=named):
        Settings.from_env({**GOOD, "SMS_GATEWAY": "cloudmas", **change})
    Settings.from_env({**GOOD, **change})  # and does no harm while another gateway is used


def test_cloud_mas_is_read_from_the_environment() -> None:
    settings = Settings.from_env({
        **GOOD, "SMS_GATEWAY": "cloudmas", "CLOUDMAS_URL": "https://platform.example:28888/sms/submit",
        "CLOUDMAS_SERVICE_CODE": "10657529", "CLOUDMAS_ADD_SERIAL": "22", "CLOUDMAS_EXTENSIONS": "Yes",
        "CLOUDMAS_FINGERPRINT": ":".join(["AB"] * 32), "CLOUDMAS_CALLBACK_IPS": "10.1.2.3, 2001:db8::/32",
        "CLOUDMAS_CODES": "MK:0005=off, XX=blocked", "CLOUDMAS_SECRET_KEY": "told-to-nobody"})
    assert settings.has_extensions
    assert settings.cloudmas_number == "1065752922"
    assert settings.cloudmas_fingerprint == "ab" * 32
    assert [str(network) for network in settings.cloudmas_callback_ips] == ["10.1.2.3/32", "2001:db8::/32"]
    assert settings.cloudmas_codes == (("MK:0005", "off"), ("XX", "blocked"))
    assert "told-to-nobody" not in repr(settings)
    whole = Settings.from_env({**GOOD, "CLOUDMAS_SERVICE_CODE": "10657529", "CLOUDMAS_ADD_SERIAL": "1065752922"})
    assert whole.cloudmas_number == "1065752922"


def test_metrics_are_for_this_machine_unless_others_are_named() -> None:
    settings = Settings.from_env(GOOD)
    assert [str(network) for network in settings.metrics_allowed] == ["127.0.0.1/32", "::1/128"]
    assert (settings.metrics_port, settings.log_format) == (0, "text")
    settings = Settings.from_env({**GOOD, "METRICS_ALLOWED": "10.0.0.0/24, 127.0.0.1", "METRICS_PORT": "9100"})
    assert [str(network) for network in settings.metrics_allowed] == ["10.0.0.0/24", "127.0.0.1/32"]
    assert settings.metrics_port == 9100


def test_the_words_for_codes_are_the_gateways() -> None:
    assert frozenset(Reason) == REASONS


def test_without_secrets_only_the_demo_starts() -> None:
    with pytest.raises(BadSetting, match="SECRET_KEY"):
        Settings.from_env({})
    assert Settings.from_env({}, demo=True).demo


def test_the_demo_never_leaves_the_simulator() -> None:
    settings = Settings.from_env({"SMS_GATEWAY": "twilio", "DATABASE_URL": "postgresql+asyncpg://x/y"}, demo=True)
    assert settings.sms_gateway == "simulator"
    assert settings.is_sqlite
    assert settings.quiet_hours is None


def test_quiet_hours_lie_over_midnight() -> None:
    quiet = Settings.from_env({**GOOD, "QUIET_HOURS": "20:30-08:00"}).quiet_hours
    assert quiet == QuietHours(time(20, 30), time(8, 0))
    assert [quiet.cover(time(h, m)) for h, m in ((20, 29), (20, 30), (0, 0), (7, 59), (8, 0))] == [
        False, True, True, True, False]
    assert Settings.from_env({**GOOD, "QUIET_HOURS": "off"}).quiet_hours is None


def test_secrets_are_not_printed() -> None:
    assert "a-secret-key" not in repr(Settings.from_env(GOOD))
    of_kannel = dict.fromkeys(("KANNEL_PASSWORD", "KANNEL_STATUS_PASSWORD", "KANNEL_CALLBACK_TOKEN"),
                              "a-secret-of-kannels")
    assert "a-secret-of" not in repr(Settings.from_env({**GOOD, **of_kannel}))


@pytest.mark.parametrize(("name", "value"), [("KANNEL_CALLBACK_TOKEN", "too/short"), ("KANNEL_PASSWORD", "密码")])
def test_the_complaint_about_a_secret_does_not_repeat_it(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Settings.from_env({**GOOD, name: value})
    assert value not in str(refused.value)
