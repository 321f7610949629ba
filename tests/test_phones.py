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
