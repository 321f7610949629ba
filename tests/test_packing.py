"""What a browser says that it unpacks, and what it gets."""

import gzip

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import packing

CONTENT = "家门口就业 ".encode() * 200


@pytest.mark.parametrize(("accepted", "encoding"), [
    ("gzip, deflate, br", "br"),
    ("gzip, deflate", "gzip"),
    ("BR", "br"),
    ("br;q=0.5, gzip;q=0.8", "gzip"),
    ("br;q=0, gzip", "gzip"),
    ("br; q=0.0 , gzip ;q=0", ""),
    ("", ""),
    ("identity", ""),
    ("identity;q=1, br;q=0.5", ""),
    ("identity;q=0.5, *;q=0.9", "br"),
    ("*", "br"),
    ("*;q=0", ""),
    ("*;q=0, gzip", "gzip"),
    ("gzip;q=x", ""),
    ("deflate, compress", ""),
])
def test_the_encoding_that_is_liked_best(accepted: str, encoding: str) -> None:
    assert packing.wanted(accepted) == encoding


@given(st.text(alphabet="brgzip*;q=0.15, x", max_size=40))
def test_no_header_is_too_odd(accepted: str) -> None:
    assert packing.wanted(accepted) in ("br", "gzip", "")


def test_each_encoding_unpacks_to_the_same_and_has_a_tag_of_its_own() -> None:
    packed = {encoding: packing.pack(CONTENT, encoding) for encoding in ("br", "gzip", "")}
    assert brotli.decompress(packed["br"].content) == CONTENT
    assert gzip.decompress(packed["gzip"].content) == CONTENT
    assert packed[""].content == CONTENT
    assert len({one.tag for one in packed.values()}) == 3
    assert packing.pack(CONTENT, "gzip") == packed["gzip"]  # the same bytes each time


def test_what_gets_no_smaller_stays_as_it_is() -> None:
    assert packing.pack(b"short", "br").encoding == packing.PLAIN


@pytest.mark.parametrize(("asked", "known"), [
    ('"abc"', True), ('W/"abc"', True), ('"x", W/"abc" , "y"', True), ("*", True), ('"abd"', False), ("", False),
    ('abc', False),
])
def test_a_tag_that_the_browser_has_already(asked: str, known: bool) -> None:
    assert packing.is_known('"abc"', asked) is known
