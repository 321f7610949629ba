"""A bad setting is named, and a missing secret stops everything but the demo."""

from datetime import time

import pytest

from app.settings import BadSetting, QuietHours, Settings

GOOD = {"SECRET_KEY": "a-secret-key-for-tests-only", "DATA_KEY": "a-data-key-for-tests-only"}


@pytest.mark.parametrize(("name", "value"), [
    ("SECRET_KEY", "short"), ("DATA_KEY", GOOD["SECRET_KEY"]), ("DATABASE_URL", "mysql://x"),
    ("PUBLIC_URL", "x.example"),
    ("SMS_GATEWAY", "carrier-pigeon"), ("SMS_PRICE_FEN", "five"), ("SMS_PRICE_FEN", "-1"), ("SMS_PRICE_FEN", "NaN"),
    ("QUIET_HOURS", "night"), ("APPROVAL_ABOVE", "many"), ("APPROVAL_ABOVE", "-3"),
])
def test_a_bad_value_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        Settings.from_env({**GOOD, name: value})


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
