"""The filter language: one small value that says whom staff mean. It is kept as JSON and never changed in place."""

import json
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from app.errors import Refused
from app.i18n import _
from app.residents.residents import Sex, WorkStatus

OLDEST = 120
LONGEST_LIST = 50_000  # people of an uploaded list


class Answered(StrEnum):
    YES = "yes"  # they wrote after that batch had told them
    NO = "no"    # it told them, and they did not write


class Outcome(StrEnum):
    """What became of that batch's text to them."""

    REACHED = "reached"      # it arrived, or is or may be with the carrier
    FAILED = "failed"
    UNKNOWN = "unknown"
    CORRECTED = "corrected"  # it failed, and they have another number since
    KEPT_BACK = "kept_back"  # it was stopped before it left


class Signed(StrEnum):
    YES = "yes"
    NO = "no"


class Phone(StrEnum):
    YES = "yes"
    NO = "no"


@dataclass(frozen=True)
class Filter:
    """Every part narrows the audience; inside one part any of the values is enough. An empty filter means everybody.

    `areas` are nodes of the tree, buildings among them; `batch_id` is whom an earlier batch told, `answered` which of
    them, `choices` which of its numbered answers they gave, `outcome` what became of the text; `signed` asks about
    `listing_id`, or about anything that is not over; `told_since` and `untold_since` are days: a bulk text reached the
    person on that day or later, or none did. `people` is an explicit list.
    """

    areas: tuple[int, ...] = ()
    age_from: int | None = None
    age_to: int | None = None
    sex: str = ""
    work: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    hardship: tuple[str, ...] = ()
    batch_id: int | None = None
    answered: str = ""
    choices: tuple[int, ...] = ()
    outcome: str = ""
    listing_id: int | None = None
    signed: str = ""
    told_since: date | None = None
    untold_since: date | None = None
    phone: str = ""
    people: tuple[int, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """Only what narrows, so that a kept filter reads like what somebody chose."""
        return {field.name: _plain(value) for field in fields(self)
                if (value := getattr(self, field.name)) != field.default}

    @property
    def digest_text(self) -> str:
        """The same text for the same filter, for whatever binds itself to it."""
        return json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"))


EVERYBODY = Filter()


def from_json(kept: dict[str, Any]) -> Filter:
    """What `to_json` made. Raises ValueError for what no version of this language has written."""
    unknown = set(kept) - {field.name for field in fields(Filter)}
    if unknown:
        raise ValueError(f"a filter has no part {sorted(unknown)[0]}")
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value
                              for name, value in kept.items()}
    for name in ("told_since", "untold_since"):
        if name in values:
            values[name] = date.fromisoformat(values[name])
    return Filter(**values)


def checked(chosen: Filter) -> Filter:
    """The filter itself. Raises Refused, naming the field, for one that means nothing."""
    for name in ("age_from", "age_to"):
        age = getattr(chosen, name)
        if age is not None and not 0 <= age <= OLDEST:
            raise Refused(_("Please give an age from 0 to {most}."), field=name, most=OLDEST)
    if chosen.age_from is not None and chosen.age_to is not None and chosen.age_from > chosen.age_to:
        raise Refused(_("The first age is above the second."), field="age_to")
    for field, value, known in (("sex", chosen.sex, Sex), ("answered", chosen.answered, Answered),
                                ("outcome", chosen.outcome, Outcome),
                                ("signed", chosen.signed, Signed), ("phone", chosen.phone, Phone)):
        if value and value not in set(known):
            raise Refused(_("Please choose one."), field=field)
    if not set(chosen.work) <= set(WorkStatus):
        raise Refused(_("Please choose one."), field="work")
    if (chosen.answered or chosen.choices or chosen.outcome) and chosen.batch_id is None:
        raise Refused(_("Please say which earlier texts you mean."), field="batch_id")
    if chosen.people is not None and len(chosen.people) > LONGEST_LIST:
        raise Refused(_("A list may have {most} people at the most."), field="people", most=LONGEST_LIST)
    return chosen


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
