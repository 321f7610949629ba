"""Quiet hours: when bulk texts and news that can wait must not leave."""

from datetime import datetime, time, timedelta

from app import clock
from app.settings import QuietHours

SAID_BY_NAME = timedelta(days=2)  # nearer days are today, tomorrow and the day after, in texts
EARLY = time(10, 0)  # a listing that starts before ten is not left until the morning


def opening(quiet: QuietHours | None, moment: datetime) -> datetime:
    """The first moment, from this one on, that is outside the quiet hours."""
    local = clock.local(moment)
    if quiet is None or not quiet.cover(local.time()):
        return moment
    morning = clock.at(local.date(), quiet.end)
    return morning if morning > moment else clock.at(local.date() + timedelta(days=1), quiet.end)


def opened(quiet: QuietHours | None, moment: datetime) -> datetime | None:
    """Since when it has been outside the quiet hours; None where there are none."""
    if quiet is None:
        return None
    morning = clock.at(clock.local(moment).date(), quiet.end)
    return morning if morning <= moment else clock.at(clock.local(moment).date() - timedelta(days=1), quiet.end)


def passed(quiet: QuietHours | None, start: datetime, waking: timedelta) -> datetime:
    """The moment at which so much time outside the quiet hours has passed since `start`."""
    moment, left = opening(quiet, start), waking
    while quiet is not None and (closes := closing(quiet, moment)) - moment < left:
        left -= closes - moment
        moment = opening(quiet, closes)
    return moment + left


def closing(quiet: QuietHours, moment: datetime) -> datetime:
    """The next moment, after this one, at which quiet hours begin."""
    evening = clock.at(clock.local(moment).date(), quiet.start)
    return evening if evening > moment else clock.at(clock.local(moment).date() + timedelta(days=1), quiet.start)


def news_may_leave(quiet: QuietHours | None, moment: datetime, starts_at: datetime) -> datetime:
    """When news about something that starts then may leave: at once if it starts before ten in the morning that the
    night leads to, else outside the quiet hours."""
    opens = opening(quiet, moment)
    return moment if starts_at < clock.at(clock.local(opens).date(), EARLY) else opens


def good_until(leaves: datetime, ends_at: datetime) -> datetime:
    """Until when a text that is to leave at that moment may still be sent: not once what it is about is there, and
    not on another day if it says "tomorrow"."""
    day = clock.local(leaves).date()
    if clock.local(ends_at).date() - day > SAID_BY_NAME:
        return ends_at
    return min(ends_at, clock.at(day + timedelta(days=1), time.min))
