"""The filter language: what is kept is what was chosen, and nonsense is refused beside its field."""

from datetime import date

import pytest

from app.audience import filters
from app.audience.filters import EVERYBODY, Filter
from app.errors import Refused

WIDE = Filter(areas=(3, 4), age_from=45, age_to=60, sex="female", work=("seeking", "flexible"), skills=("缝纫",),
              wishes=("保洁",), hardship=("DL",), batch_id=7, answered="no", listing_id=9, signed="no",
              told_since=date(2026, 3, 1), untold_since=date(2026, 3, 9), phone="yes", people=(1, 2))


@pytest.mark.parametrize("chosen", [EVERYBODY, WIDE, Filter(age_from=0), Filter(people=())])
def test_a_kept_filter_is_the_filter(chosen: Filter) -> None:
    assert filters.from_json(chosen.to_json()) == chosen


def test_a_part_that_nobody_wrote_is_a_bug() -> None:
    with pytest.raises(ValueError, match="colour"):
        filters.from_json({"colour": "red"})


@pytest.mark.parametrize(("chosen", "field"), [
    (Filter(age_from=121), "age_from"), (Filter(age_from=60, age_to=45), "age_to"), (Filter(sex="x"), "sex"),
    (Filter(work=("king",)), "work"), (Filter(answered="no"), "batch_id"), (Filter(phone="x"), "phone")])
def test_nonsense_is_refused_beside_its_field(chosen: Filter, field: str) -> None:
    with pytest.raises(Refused) as refused:
        filters.checked(chosen)
    assert refused.value.field == field


def test_the_text_that_approvals_bind_to_changes_with_every_part() -> None:
    parts = [Filter(**{name: value}) for name, value in filters.from_json(WIDE.to_json()).__dict__.items() if value]
    assert len({one.digest_text for one in (EVERYBODY, WIDE, *parts)}) == len(parts) + 2
