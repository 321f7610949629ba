"""A day's work on the notice board: what stands on it, in which order, on how many pages."""

from dataclasses import replace

import pytest

from app import i18n
from app.printing import board as boards
from tests.printing.boards import board, longest, offer


def test_the_nearest_work_comes_first_and_what_nobody_can_measure_last() -> None:
    found = boards.nearest_first([offer(10), offer(11, minutes=9), offer(12, minutes=2), offer(13, hour=6),
                                  offer(14, minutes=2, hour=6)])
    assert [one.number for one in found] == [14, 12, 11, 13, 10]


@pytest.mark.parametrize(("count", "pages", "rest"), [
    (1, [1], 0), (5, [5], 0), (6, [5, 1], 0), (11, [5, 6], 0), (12, [5, 6], 1), (40, [5, 6], 29)])
def test_it_is_two_pages_at_the_most_and_counts_what_does_not_fit(count: int, pages: list[int], rest: int) -> None:
    made = board([offer(10 + number) for number in range(count)])
    assert [len(page) for page in made.pages] == pages
    assert made.rest == rest


def test_rows_that_need_more_lines_leave_room_for_fewer() -> None:
    made = board([longest(100 + number) for number in range(40)])
    assert [len(page) for page in made.pages] == [4, 4]
    assert made.rest == 32


def test_what_is_said_of_pay_can_make_a_row_higher_too() -> None:
    by_the_hour = offer(rate="18元/时")
    assert boards.height(by_the_hour, dated=False) == boards.height(offer(), dated=False)
    assert boards.height(replace(by_the_hour, paid_same_day=True), dated=False) > boards.height(offer(), dated=False)


def test_a_day_without_work_shows_what_comes_on_one_page() -> None:
    made = board([], [offer(10 + number, hour=31) for number in range(20)])
    assert made.dated
    assert [len(page) for page in made.pages] == [4]
    assert made.rest == 0
    assert made.shown[0].start == "3月12日 周四 早上7点"


def test_without_any_work_there_is_one_page_all_the_same() -> None:
    assert board([]).pages == [[]]
    assert board([]).rest == 0


def test_few_works_are_printed_larger_unless_they_are_long() -> None:
    assert board([offer(10), offer(11, minutes=6)]).few
    assert not board([offer(number) for number in range(10, 14)]).few
    assert not board([longest(10)]).few
    assert not board([]).few


def test_hours_say_until_when_and_of_longer_work_until_which_day() -> None:
    assert offer().hours == "早上7点到上午11点半"
    season = offer(ends_at=offer(hour=24 * 9 + 18).starts_at)
    assert season.hours == "早上7点到3月20日晚上6点"
    night = offer(hour=20, ends_at=offer(hour=29).starts_at)
    assert night.hours == "晚上8点到第二天早上5点"
    with i18n.speaking("en"):
        assert (offer().hours, offer(minutes=6).walk) == ("07:00 to 11:30", "6 min on foot")
        assert (night.hours, season.hours) == ("20:00 to 05:00 the next day", "07:00 to Fri 20 Mar 18:00")


def test_minutes_stand_there_only_where_they_are_known() -> None:
    assert (offer().walk, offer(minutes=6).walk) == ("", "走6分钟")


def test_letters_are_measured_as_wide_as_they_are_at_the_least() -> None:
    assert boards.wide("香菇") == 2
    assert 1 < boards.wide("10") < 1.2
