"""Minutes on foot: the same both ways, never none, longer for what is farther."""

from hypothesis import assume, given
from hypothesis import strategies as st

from app.nearby import walking
from app.nearby.walking import Point

near = st.builds(Point, st.floats(32.80, 32.86), st.floats(110.78, 110.84))
anywhere = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@given(anywhere, anywhere)
def test_it_takes_as_long_there_as_back(one: Point, other: Point) -> None:
    assert abs(walking.metres(one, other) - walking.metres(other, one)) < 0.001
    assert abs(walking.minutes(one, other) - walking.minutes(other, one)) <= 1
    assert walking.minutes(one, other) >= 1
    assert walking.minutes(one, one) == 1


@given(near, near, near)
def test_no_way_round_is_shorter(one: Point, other: Point, between: Point) -> None:
    assert walking.metres(one, other) <= walking.metres(one, between) + walking.metres(between, other) + 0.001


@given(near, near, near)
def test_what_is_farther_takes_no_less(home: Point, one: Point, other: Point) -> None:
    assume(walking.metres(home, one) <= walking.metres(home, other))
    assert walking.minutes(home, one) <= walking.minutes(home, other)


@given(st.lists(near, min_size=1))
def test_the_middle_lies_between(points: list[Point]) -> None:
    middle = walking.middle(points)
    assert middle is not None
    assert min(p.lat for p in points) - 1e-9 <= middle.lat <= max(p.lat for p in points) + 1e-9
    assert min(p.lng for p in points) - 1e-9 <= middle.lng <= max(p.lng for p in points) + 1e-9


def test_a_known_way() -> None:
    """A hundredth of a degree to the north is 1,112 metres: with corners 1,446, at 60 a minute a little over 24."""
    start = Point(32.83, 110.81)
    assert walking.minutes(start, Point(32.84, 110.81)) == 25
    assert walking.middle([]) is None
