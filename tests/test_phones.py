"""Phone numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import phones


@pytest.mark.parametrize("text", [
    "14200000001", "+8614200000001", "008614200000001", "86 142 0000 0001", "142-0000-0001", "１４２０００００００１",
    " 142 0000 0001 ", "(142)00000001", "+86-142-0000-0001",
])
def test_a_mainland_mobile_in_any_usual_form(text: str) -> None:
    assert phones.read(text) == "+8614200000001"


@pytest.mark.parametrize("text", ["", "0719-7221234", "1420000000", "142000000011", "12345678901", "abc", "+", "110",
                                  "142 0000 000x", "9" * 500, "+86123"])
def test_what_cannot_get_a_text_is_refused(text: str) -> None:
    with pytest.raises(phones.NotAPhone):
        phones.read(text)


def test_numbers_abroad_keep_their_country() -> None:
    assert phones.read("+1 (202) 555-0101") == "+12025550101"


def test_masked_enough_to_recognise_and_not_to_call() -> None:
    assert phones.mask("+8614200000001") == "142****0001"
    assert phones.mask("+123") == "****"


@given(st.text(max_size=80))
def test_reading_gives_e164_or_refuses(text: str) -> None:
    try:
        phone = phones.read(text)
    except phones.NotAPhone:
        return
    assert phone.startswith("+")
    assert phone[1:].isdigit()
    assert phone[1:].isascii()
    assert phones.read(phone) == phone


@pytest.mark.parametrize(("said", "hidden"), [
    ("打14200000001找他", "打142****0001找他"), ("１４２ ００００ ０００１", "142****0001"),
    ("+86 142-0000-0001,急", "142****0001,急"), ("008614200000001", "142****0001"),
    ("142.0000.0001。", "142****0001。"), ("142\u200b00000001", "142****0001"), ("家里0719-7221234", "家里071****1234"),
    ("(0719)722 1234", "(071****1234"), ("1420000000114200000002", "142****0002"), ("+1 202 555 0101", "120****0101"),
    ("⑬600000001", "136****0001"),
])
def test_a_number_in_a_text_is_hidden_however_it_is_typed(said: str, hidden: str) -> None:
    assert phones.hide(said) == hidden


@pytest.mark.parametrize("said", [
    "回10报名,3月11日14:00,80元/天", "2026-03-10 14:00到16:30", "订单202603101400000123", "12345热线", "10月1日13点",
    "3号楼2单元1302，工钱13500元"])
def test_other_numbers_stay(said: str) -> None:
    assert phones.hide(said) == said


def test_a_number_that_may_be_read_stays_as_it_was_typed() -> None:
    assert phones.hide("142 0000 0001或142 0000 0002", shown=["+8614200000001"]) == "142 0000 0001或142****0002"
    assert phones.hide("问0719-7221234", shown=["0719-7221234"]) == "问0719-7221234"


@given(st.text(max_size=80))
def test_hiding_twice_changes_nothing_more(text: str) -> None:
    assert phones.hide(phones.hide(text)) == phones.hide(text)


@pytest.mark.parametrize("text", ["142٠٠٠٠٠٠٠١", "1४२00000001"])
def test_other_scripts_digits_are_no_number(text: str) -> None:
    """A code to it would cost money, and each spelling would have its own limits."""
    with pytest.raises(phones.NotAPhone):
        phones.read(text)
