"""The only clock. Moments are UTC inside; days and hours that people see are Asia/Shanghai."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_ahead = timedelta(0)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC) + _ahead


def today() -> date:
    """The calendar day in China."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment as a clock on a wall in China shows it."""
    return moment.astimezone(SHANGHAI)


def at(day: date, hour: time) -> datetime:
    """The moment in UTC at which China's wall clock shows this day and hour."""
    return datetime.combine(day, hour, SHANGHAI).astimezone(UTC)


def turn(to: datetime | None) -> None:
    """Turn this process's clock to a moment from which it goes on; None sets it right. For tests."""
    global _ahead  # noqa: PLW0603  # a clock is the one thing that a process has one of
    _ahead = timedelta(0) if to is None else to - datetime.now(UTC)
