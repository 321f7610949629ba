"""The Jinja environment of pages and texts, and how moments, money and phones are said in them."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app import assets, clock, i18n, masks, phones

_FOLDER = Path(__file__).parent / "templates"
_WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_leaves_at: ContextVar[datetime | None] = ContextVar("leaves_at", default=None)
_PARTS_OF_DAY = ((5, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))


@cache
def environment() -> Environment:
    """Templates for pages: escaped, translated by gettext, strict about names that nobody passed."""
    made = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, auto_reload=False,
                       trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    made.install_gettext_callables(i18n.gettext, _plural, newstyle=False)  # type: ignore[attr-defined]
    made.filters.update(yuan=yuan, when=when, day=day, hour=hour, masked=phones.mask, national=phones.national,
                        until=until, say=i18n.say, no_ids=masks.hide, no_phones=phones.hide, hhmm=hhmm,
                        long_day=long_day, year_day=year_day, stamp=stamp, month=month)
    made.globals["_"] = i18n.gettext  # the extension's own asks the context for it at each of a page's fifty sentences
    made.globals.update(texted=text, asset=assets.asset, written=assets.written, language=i18n.language, now=clock.now,
                        today=clock.today, random_word=partial(secrets.token_urlsafe, 12))
    return made


def text(template: str, **values: object) -> str:
    """A text message in the language of the moment, from templates/sms/<language>/; line ends and outer blanks go.

    The signature is not in it: the outbox puts that in front.
    """
    said = _texts().get_template(f"sms/{i18n.language()}/{template}").render(**values)
    return " ".join(said.split()) if i18n.language() == "en" else "".join(line.strip() for line in said.splitlines())


@cache
def _texts() -> Environment:
    made = Environment(loader=FileSystemLoader(_FOLDER), autoescape=False, undefined=StrictUndefined,  # noqa: S701
                       trim_blocks=True, lstrip_blocks=True)  # a text is not HTML
    made.filters.update(yuan=yuan, when=when, brief=brief, day=day, hour=hour, until=until, masked=phones.mask,
                        national=phones.national)
    return made


@contextmanager
def leaving(moment: datetime) -> Iterator[None]:
    """Within the block, today and tomorrow are those of this moment: for a text that is written in the evening and
    leaves in the morning."""
    token = _leaves_at.set(moment)
    try:
        yield
    finally:
        _leaves_at.reset(token)


def yuan(fen: int) -> str:
    """Fen as yuan, without needless zeros: 8000 → 80, 8050 → 80.5."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def when(moment: datetime) -> str:
    """Day and hour as people say them: 明早7点, 11月25日下午1点半."""
    joint = " " if i18n.language() == "en" else ""
    local, days = clock.local(moment), _days_until(moment)
    if not joint and days in (0, 1) and 4 <= local.hour < 9:
        return ("今早", "明早")[days] + _clock_zh(local.hour, local.minute)
    if joint or days in (0, 1, 2):
        return day(moment) + joint + hour(moment)
    return _day_of_month(moment) + hour(moment)


def day(moment: datetime) -> str:
    """今天, 明天, 后天, else 11月25日周三."""
    days = _days_until(moment)
    if i18n.language() == "en":
        return {0: "today", 1: "tomorrow"}.get(days) or f"{_weekday(moment)} {_day_of_month(moment)}"
    return {0: "今天", 1: "明天", 2: "后天"}.get(days) or _day_of_month(moment) + _weekday(moment)


def hour(moment: datetime) -> str:
    """早上7点, 下午1点半, 晚上8点20分."""
    local = clock.local(moment)
    if i18n.language() == "en":
        return f"{local:%H:%M}"
    return part_of_day(local.hour) + _clock_zh(local.hour if local.hour <= 12 else local.hour - 12, local.minute)


def until(end: datetime, start: datetime) -> str:
    """下午5点, 第二天早上5点 of a night, 12月7日下午5点 of several days; never 明天, so that it may hang."""
    midnight = clock.local(end).time() == time(0)
    last = end - timedelta(minutes=1) if midnight else end  # the end of an evening, not the beginning of a day
    days = (clock.local(last).date() - clock.local(start).date()).days
    if i18n.language() == "en":
        said = "24:00" if midnight else hour(end)
        return {0: said, 1: f"{said} the next day"}.get(days) or f"{_weekday(last)} {_day_of_month(last)} {said}"
    said = "晚上12点" if midnight else hour(end)
    return {0: said, 1: f"第二天{said}"}.get(days) or _day_of_month(last) + said


def part_of_day(hours: int) -> str:
    """早上, 上午 …; 24 is the end of the evening."""
    return next((name for end, name in _PARTS_OF_DAY if hours < end), _PARTS_OF_DAY[-1][1])


def brief(moment: datetime) -> str:
    """The same in as few characters as can be: 明天7:00, 25日7:00, 11月25日7:00."""
    local, days = clock.local(moment), _days_until(moment)
    if i18n.language() == "en":
        return when(moment)
    ahead = "" if days < 28 else f"{local.month}月"
    return ({0: "今天", 1: "明天", 2: "后天"}.get(days) or f"{ahead}{local.day}日") + f"{local.hour}:{local.minute:02d}"


def hhmm(moment: datetime) -> str:
    return f"{clock.local(moment):%H:%M}"


def stamp(moment: datetime) -> str:
    """2026-11-22 09:30: for paper that is read years later."""
    return f"{clock.local(moment):%Y-%m-%d %H:%M}"


def long_day(moment: datetime) -> str:
    """11月22日 周日, also for today."""
    if i18n.language() == "en":
        return f"{_weekday(moment)} {clock.local(moment):%-d %B}"
    return f"{_day_of_month(moment)} {_weekday(moment)}"


def month(day: date) -> str:
    """2026年11月."""
    return f"{day:%B %Y}" if i18n.language() == "en" else f"{day.year}年{day.month}月"


def year_day(moment: datetime | date) -> str:
    """2026年11月22日, for what is kept or hangs for a while."""
    local = clock.local(moment) if isinstance(moment, datetime) else moment
    return f"{local.day} {local:%B %Y}" if i18n.language() == "en" else f"{local.year}年{local.month}月{local.day}日"


def _day_of_month(moment: datetime) -> str:
    local = clock.local(moment)
    return f"{local.day} {local:%b}" if i18n.language() == "en" else f"{local.month}月{local.day}日"


def _weekday(moment: datetime) -> str:
    return _WEEKDAYS[i18n.language()][clock.local(moment).weekday()]


def _days_until(moment: datetime) -> int:
    today: date = clock.local(_leaves_at.get() or clock.now()).date()
    return (clock.local(moment).date() - today).days


def _clock_zh(hours: int, minutes: int) -> str:
    return f"{hours}点" + {0: "", 30: "半"}.get(minutes, f"{minutes}分")


def _plural(one: str, many: str, count: int) -> str:
    return i18n.gettext(one if count == 1 else many)
