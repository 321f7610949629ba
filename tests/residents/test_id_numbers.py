"""ID numbers: the check character, the date, the sex, and every way of getting them wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.residents import id_numbers
from app.residents.id_numbers import NotAnIdNumber
from app.residents.residents import Sex
from app.residents.vault import Vault, WrongKey

GOOD = "420304195601010005"
digits = st.text("0123456789", min_size=3, max_size=3)
days = st.dates(date(1900, 1, 1), date(2025, 12, 31))


def _number(day: date, sequence: str, region: str = "420304") -> str:
    plain = f"{region}{day:%Y%m%d}{sequence}"
    return plain + id_numbers.check_character(plain)


@pytest.mark.parametrize("number", ["11010519491231002X", "34052419800101001X", GOOD])
def test_published_examples_check(number: str) -> None:
    assert id_numbers.read(number).number == number


@given(days, digits)
def test_a_number_says_when_its_owner_was_born_and_the_sex(day: date, sequence: str) -> None:
    found = id_numbers.read(_number(day, sequence))
    assert found.born_on == day
    assert found.sex == (Sex.MALE if int(sequence) % 2 else Sex.FEMALE)


@given(days, digits, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(day: date, sequence: str, place: int, more: int) -> None:
    good = _number(day, sequence, "530602")
    wrong = good[:place] + str((int(good[place]) + more) % 10) + good[place + 1:]
    with pytest.raises(NotAnIdNumber):
        id_numbers.read(wrong)


@given(days, digits, st.integers(0, 15))
def test_two_neighbours_that_changed_places_are_always_found(day: date, sequence: str, place: int) -> None:
    good = _number(day, sequence, "370983")
    wrong = good[:place] + good[place + 1] + good[place] + good[place + 2:]
    if wrong != good:
        with pytest.raises(NotAnIdNumber):
            id_numbers.read(wrong)


@given(st.text(max_size=30))
def test_any_text_is_either_a_number_or_refused_in_a_sentence(text: str) -> None:
    try:
        found = id_numbers.read(text).number
    except NotAnIdNumber as refused:
        found = refused.sentence.format(**refused.values)
    assert found.endswith(".") or len(found) == 18


@pytest.mark.parametrize("typed", ["11010519491231002x", " 110105 19491231 002X ", "11010519491231002X",
                                   "'11010519491231002X", '="11010519491231002X"', "\u200b11010519491231002X"])
def test_usual_ways_of_typing_are_put_right(typed: str) -> None:
    assert id_numbers.read(typed).number == "11010519491231002X"


@pytest.mark.parametrize(("typed", "says"), [
    ("420304195601010", "15 digits"),
    ("42030419560101000", "this one has 17"),
    ("42030419560101000A", "17 digits and a last digit or X"),
    ("420304195601010006", "does not fit"),
    ("420304195601010000", "Excel has rounded"),
    ("4.20304E+17", "Excel has rounded"),
    ("4.20304195601E+17", "Excel has rounded"),
    (_number(date(2099, 1, 1), "001"), "does not exist"),
    ("42030419561301000" + id_numbers.check_character("42030419561301000"), "does not exist"),
    ("42030419560230000" + id_numbers.check_character("42030419560230000"), "does not exist"),
])
def test_every_mistake_has_its_sentence(typed: str, says: str) -> None:
    with pytest.raises(NotAnIdNumber) as refused:
        id_numbers.read(typed)
    sentence = refused.value.sentence.format(**refused.value.values)
    assert says in sentence
    assert typed not in sentence


def test_a_masked_number_shows_the_first_and_the_last_four() -> None:
    assert id_numbers.mask(GOOD) == "4203**********0005"
    assert id_numbers.mask("1234") == "****"


def test_what_is_sealed_opens_with_the_same_key_only() -> None:
    sealed = Vault("one key of many").seal_text(GOOD)
    assert GOOD not in sealed
    assert len(sealed) <= 200
    assert Vault("one key of many").open_text(sealed) == GOOD
    with pytest.raises(WrongKey):
        Vault("another key").open_text(sealed)


def test_a_mark_finds_the_same_number_again_and_needs_the_key() -> None:
    vault = Vault("one key of many")
    assert vault.mark(GOOD) == Vault("one key of many").mark(GOOD)
    assert vault.mark(GOOD) != Vault("another key").mark(GOOD)
    assert len(vault.mark(GOOD)) == 64
