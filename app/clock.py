"""The only clock. Moments are UTC inside; days and hours that people see are Asia/Shanghai."""

import math
import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

JUMP_SECONDS = 10  # less than the slack in a lease
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


class Steadiness:
    """Notices when the clock is set, or the machine slept: for a while what was written down of moments before, and by
    others, says little. It sees a jump between two looks."""

    def __init__(self) -> None:
        self._ahead, self._set_at = self._look(), -math.inf

    def seconds(self) -> float:
        """For how long the clock has gone evenly; endless if it always has."""
        ahead = self._look()
        if abs(ahead - self._ahead) > JUMP_SECONDS:
            self._set_at = stopwatch.monotonic()
        self._ahead = ahead
        return stopwatch.monotonic() - self._set_at

    @staticmethod
    def _look() -> float:
        """How far the clock is from a stopwatch that nobody can set."""
        return now().timestamp() - stopwatch.monotonic()
