"""Two numbers out of a map, however they were copied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Refused
from app.nearby import coordinates
from app.nearby.walking import Point


@pytest.mark.parametrize("typed", [
    "32.8312, 110.8123", "32.8312,110.8123", " 32.8312 110.8123 ", "32.8312，110.8123",
    "３２．８３１２，１１０．８１２３",
    "(32.8312, 110.8123)", "32.8312°N, 110.8123°E", "北纬32.8312 东经110.8123", "lat: 32.8312, lng: 110.8123",
    "110.8123, 32.8312",  # some maps begin with the longitude
])
def test_it_is_read(typed: str) -> None:
    assert coordinates.read(typed, field="at") == Point(32.8312, 110.8123)


@pytest.mark.parametrize("typed", ["", "32.8312", "here", "200, 200", "95, 181", "1, 2, 3", "nan, inf", "1e5, 2"])
def test_what_is_no_place_is_refused_beside_the_field(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        coordinates.read(typed, field="spot-at-3")
    assert refused.value.field == "spot-at-3"


@given(st.text())
def test_anything_is_a_point_or_refused(typed: str) -> None:
    try:
        point = coordinates.read(typed, field="at")
    except Refused:
        return
    assert -90 <= point.lat <= 90
    assert -180 <= point.lng <= 180


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_what_is_written_is_read_as_the_same(lat: float, lng: float) -> None:
    read = coordinates.read(coordinates.written(Point(lat, lng)), field="at")
    assert abs(read.lat - lat) < 1e-6
    assert abs(read.lng - lng) < 1e-6


def test_nothing_is_written_where_nobody_knows() -> None:
    assert coordinates.written(None) == ""
