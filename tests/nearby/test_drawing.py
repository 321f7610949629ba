"""The drawn map: an image that can be read, whatever lies where."""

import re
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from app.nearby import drawing
from app.nearby.drawing import SIDE, STRIP, Place
from app.nearby.walking import Point

points = st.builds(Point, st.floats(32.80, 32.86), st.floats(110.78, 110.84))
names = st.text(min_size=1, max_size=12)
places = st.builds(Place, names, points)
WEST, HOME = Place("西门", Point(32.8304, 110.8049)), Place("40号楼", Point(32.8306, 110.8105))


def _texts(drawn: str) -> list[ElementTree.Element]:
    return [node for node in ElementTree.fromstring(drawn).iter() if node.tag.endswith("}text")]


@settings(max_examples=200, deadline=None)
@given(places, st.none() | places, st.lists(places, max_size=30))
def test_whatever_lies_where_it_is_an_image_of_a_few_kilobytes(goal: Place, start: Place | None,
                                                               around: list[Place]) -> None:
    drawn = drawing.draw(goal, start, around)
    assert len(drawn.encode()) < 4096
    for text in _texts(drawn):
        assert 0 <= float(text.get("x") or 0) <= SIDE
        assert 0 <= float(text.get("y") or 0) <= SIDE + STRIP


def test_it_shows_the_work_the_home_north_and_how_long_metres_are() -> None:
    around = [Place("巧手坊", Point(32.8312, 110.8086)), Place("很远的地方", Point(32.86, 110.84)), WEST]
    said = [text.text for text in _texts(drawing.draw(WEST, HOME, around))]
    assert said == ["西门", "40号楼", "巧手坊", "北", "200米"]


def test_names_do_not_lie_upon_each_other() -> None:
    crowd = [Place(f"第{number}家店", Point(32.8290 + number % 7 * 4e-4, 110.8050 + number * 1e-4))
             for number in range(60)]
    drawn = drawing.draw(WEST, HOME, crowd)
    boxes = [tuple(map(int, found)) for found in re.findall(
        r'<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', drawn)]
    assert len(boxes) > 4
    for place, (x, y, wide, high) in enumerate(boxes):
        for other_x, other_y, other_wide, other_high in boxes[place + 1:]:
            assert (x + wide <= other_x + 1 or other_x + other_wide <= x + 1
                    or y + high <= other_y + 1 or other_y + other_high <= y + 1)


def test_letters_can_be_read_on_a_narrow_screen() -> None:
    """A page 240 pixels wide leaves some 215 for the image, and letters have to have 16 there."""
    drawn = drawing.draw(WEST, HOME, [])
    size = float(ElementTree.fromstring(drawn).get("font-size") or 0)
    assert size * 215 / SIDE >= 16


def test_a_name_cannot_break_out() -> None:
    drawn = drawing.draw(Place('<script>"&', WEST.point), HOME, [])
    assert "<script" not in drawn
    assert _texts(drawn)[0].text == '<script>"&'
