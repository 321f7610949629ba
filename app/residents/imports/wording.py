"""What a report says, in the words of whoever reads it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from app import i18n, phones
from app.i18n import _
from app.residents.imports import columns
from app.residents.imports.check import Change, Report
from app.residents.imports.rows import Error
from app.residents.residents import Sex, WorkStatus
from app.sms.consent import Word

_SAID: dict[Any, str] = {
    Sex.MALE: _("male"), Sex.FEMALE: _("female"), Word.AGREED: _("agreed"), Word.STOPPED: _("stopped"),
    True: _("moved away"), False: _("lives here"),
    WorkStatus.STEADY: _("steady job"), WorkStatus.FLEXIBLE: _("flexible work"),
    WorkStatus.OWN_BUSINESS: _("own business"), WorkStatus.PUBLIC_POST: _("public welfare post"),
    WorkStatus.FARMING: _("farming"), WorkStatus.SEEKING: _("looking for work"),
    WorkStatus.UNWILLING: _("does not want to work now"), WorkStatus.UNABLE: _("cannot work"),
    WorkStatus.STUDYING: _("at school"), WorkStatus.SERVING: _("in the army"),
    WorkStatus.RETIRED: _("works past retirement age"), WorkStatus.LOST: _("cannot be reached"),
    WorkStatus.UNKNOWN: _("not known"),
}
_LIMITS = {"standing": _("standing for long"), "heavy": _("heavy work"), "night": _("night work"),
           "outdoor": _("work outdoors"), "far": _("far from home"), "full_day": _("whole days"),
           "heights": _("heights"), "reading": _("to read and write")}


def sentence(error: Error) -> str:
    """What is wrong with the cell."""
    return i18n.say(error.sentence, **error.values)


def heading(report: Report, error: Error) -> str:
    """The heading as it stands in the file."""
    return report.columns.headings[error.column]


def field(name: str) -> str:
    """A field as pages call it."""
    return i18n.gettext(_("registry") if name == "left" else columns.label(_FIELD.get(name, name)))


def fields(report: Report, change: Change) -> list[tuple[str, str, str]]:
    """Field, old and new of everything that a row would change; phones and ID numbers masked."""
    return [(field(name), _value(report, name, old), _value(report, name, new)) for name, old, new in change.fields]


_FIELD = {"area_id": "building", "id_mark": "id_number"}


def _value(report: Report, name: str, value: Any) -> str:
    if value is None or value in ("", ()):
        return "—"
    if isinstance(value, tuple):
        return "、".join(i18n.gettext(_LIMITS[word]) if name == "limit" else word for word in value)
    if isinstance(value, date):
        return value.isoformat()
    say: dict[str, Callable[[Any], str]] = {
        "phone": phones.mask,
        "area_id": lambda area_id: report.buildings.get(area_id, "—"),
        **dict.fromkeys(("sex", "consent", "left", "work_status"), lambda word: i18n.gettext(_SAID[word])),
    }
    return say.get(name, str)(value)
