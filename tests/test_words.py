"""Moments, money and the like, as people say them."""

from datetime import date, datetime, time, timedelta

import pytest

from app import clock, i18n, words


@pytest.fixture(autouse=True)
def _tuesday_noon() -> None:
    clock.turn(datetime.fromisoformat("2026-03-10T12:00:00+08:00"))


@pytest.mark.parametrize(("moment", "zh", "en"), [
    ("2026-03-11T07:00", "明早7点", "tomorrow 07:00"),
    ("2026-03-10T14:30", "今天下午2点半", "today 14:30"),
    ("2026-03-11T00:05", "明天凌晨0点5分", "tomorrow 00:05"),
    ("2026-03-12T12:00", "后天中午12点", "Thu 12 Mar 12:00"),
    ("2026-03-25T19:20", "3月25日晚上7点20分", "Wed 25 Mar 19:20"),
])
def test_when(moment: str, zh: str, en: str) -> None:
    at = datetime.fromisoformat(moment + ":00+08:00")
    assert words.when(at) == zh
    with i18n.speaking("en"):
        assert words.when(at) == en


@pytest.mark.parametrize(("fen", "said"), [(8000, "80"), (8050, "80.5"), (8005, "80.05"), (5, "0.05"), (0, "0")])
def test_yuan(fen: int, said: str) -> None:
    assert words.yuan(fen) == said


def test_an_unknown_language_is_chinese() -> None:
    with i18n.speaking("tlh"):
        assert i18n.language() == "zh"


@pytest.mark.parametrize(("hours", "zh", "en"), [
    (9, "下午5点", "17:00"), (16, "晚上12点", "24:00"), (21, "第二天早上5点", "05:00 the next day"),
    (40, "第二天晚上12点", "24:00 the next day"), (57, "3月12日下午5点", "Thu 12 Mar 17:00")])
def test_an_end_is_said_beside_its_start(hours: int, zh: str, en: str) -> None:
    start = clock.at(date(2026, 3, 10), time(8))
    assert words.until(start + timedelta(hours=hours), start) == zh
    with i18n.speaking("en"):
        assert words.until(start + timedelta(hours=hours), start) == en
