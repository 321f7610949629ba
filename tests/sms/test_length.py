"""How long a text is for the carrier, exact at the edges, and the same as a slow reading of the rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sms import length
from app.sms.length import Length, measure

BASIC = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
         "abcdefghijklmnopqrstuvwxyzäöñüà")
EXTENDED = "\f^{}\\[~]|€"


@pytest.mark.parametrize(("units", "segments", "left"), [
    (0, 1, 70), (1, 1, 69), (70, 1, 0), (71, 2, 63), (134, 2, 0), (135, 3, 66), (201, 3, 0), (202, 4, 66),
])
def test_chinese(units: int, segments: int, left: int) -> None:
    if units:
        assert measure("去" * units) == Length("ucs2", units, segments, left)
    else:
        assert measure("") == Length("gsm7", 0, 1, 160)


@pytest.mark.parametrize(("units", "segments", "left"), [
    (160, 1, 0), (161, 2, 145), (306, 2, 0), (307, 3, 152), (459, 3, 0), (460, 4, 152),
])
def test_the_alphabet_of_old_phones(units: int, segments: int, left: int) -> None:
    assert measure("a" * units) == Length("gsm7", units, segments, left)


def test_one_chinese_character_makes_the_whole_text_chinese() -> None:
    assert measure("a" * 69 + "去") == Length("ucs2", 70, 1, 0)
    assert measure("a" * 70 + "去").segments == 2


def test_a_surrogate_pair_never_stands_in_two_segments() -> None:
    assert measure("去" * 66 + "😀" + "去" * 66).segments == 3  # 134 units: 66, then the pair and 65, then 1
    assert measure("去" * 65 + "😀" + "去" * 67).segments == 2  # 134 units: the pair closes the first segment
    assert measure("😀" * 35) == Length("ucs2", 70, 1, 0)
    assert measure("😀" * 67) == Length("ucs2", 134, 3, 65)  # 33 pairs to a segment, one unit wasted in each


def test_an_escape_never_stands_in_two_segments() -> None:
    assert measure("a" * 152 + "€" + "a" * 152).segments == 3
    assert measure("a" * 151 + "€" + "a" * 153).segments == 2
    assert measure("€" * 80) == Length("gsm7", 160, 1, 0)
    assert measure("€" * 153) == Length("gsm7", 306, 3, 151)


def test_the_alphabets_are_those_of_the_standard() -> None:
    assert len(BASIC) == 127
    assert all(measure(c) == Length("gsm7", 1, 1, 159) for c in BASIC)
    assert all(measure(c) == Length("gsm7", 2, 1, 158) for c in EXTENDED)
    assert all(measure(c).encoding == "ucs2" for c in "`ç\t。\uff11")


def test_a_character_that_old_alphabets_lack_is_cut_whole() -> None:
    assert length.cut("去😀去", 2) == "去"
    assert length.cut("去😀去", 3) == "去😀"
    assert length.cut("去😀去", 4) == "去😀去"
    assert length.cut("", 0) == ""


def _slowly(text: str) -> Length:
    """The rules once more, one code unit at a time, the way a phone would lay them out."""
    gsm = all(c in BASIC + EXTENDED for c in text)
    pieces = [(["ESC", c] if c in EXTENDED else [c]) if gsm else _units(c) for c in text]
    single, part = (160, 153) if gsm else (70, 67)
    total = sum(map(len, pieces))
    if total <= single:
        return Length("gsm7" if gsm else "ucs2", total, 1, single - total)
    segments: list[list[str]] = [[]]
    for piece in pieces:
        if len(segments[-1]) + len(piece) > part:
            segments.append([])
        segments[-1].extend(piece)
    return Length("gsm7" if gsm else "ucs2", total, len(segments), part - len(segments[-1]))


def _units(character: str) -> list[str]:
    encoded = character.encode("utf-16-be")
    return [encoded[i:i + 2].hex() for i in range(0, len(encoded), 2)]


@given(st.one_of(
    st.text(st.sampled_from(BASIC + EXTENDED), max_size=700),
    st.text(st.sampled_from("去不1😀𠀀€a"), max_size=300),
    st.text(max_size=300),
))
def test_it_counts_as_a_slow_reading_of_the_rules_does(text: str) -> None:
    assert measure(text) == _slowly(text)


@given(st.text(st.sampled_from("去1😀𠀀"), max_size=40), st.integers(0, 60))
def test_a_cut_is_the_longest_beginning_that_fits(text: str, units: int) -> None:
    taken = length.cut(text, units)
    assert text.startswith(taken)
    assert length.utf16(taken) <= units
    assert taken == text or length.utf16(text[:len(taken) + 1]) > units
