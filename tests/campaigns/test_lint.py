"""What staff should know of a text before it leaves, carrier by carrier."""

import pytest

from app.campaigns import lint
from app.campaigns.campaigns import Kind
from app.sms import length


def hinted(text: str, kind: Kind = Kind.NOTICE, *, gateway: str = "kannel", units: int = 60) -> list[str]:
    return [hint.sentence for hint in lint.hints(text, kind, gateways=[gateway], signature="青龙泉就业站",
                                                 longest=length.measure("字" * units))]


def test_traditional_characters_are_named_and_the_simplified_text_offered() -> None:
    [hint] = lint.hints("節後想幹活嗎?{姓名}", Kind.NOTICE, gateways=["kannel"], signature="站", longest=None)
    assert (hint.values, hint.simplified) == ({"found": "節後幹嗎"}, "节后想干活吗?{姓名}")


@pytest.mark.parametrize(("text", "options", "word"), [
    ("看 https://example.com", {"gateway": "twilio"}, "web addresses"),
    ("看example.cn", {"gateway": "twilio"}, "web addresses"),
    ("回1去 2不去", {"gateway": "twilio", "kind": Kind.SURVEY}, "no surveys"),
    ("水", {"gateway": "cloudmas", "units": 351}, "Cloud MAS"),
    ("水", {"gateway": "twilio", "units": 501}, "This carrier"),
    ("青龙泉就业站:停水", {}, "stand twice"), ("[青龙泉就业站]停水", {}, "stand twice"),
    ("有活", {"kind": Kind.JOB}, "how to stop"), ("有活", {"kind": Kind.MOBILISE}, "how to stop"),
    ("坐车回1,不坐回2,几个人坐也写上", {}, "second text"),
])
def test_what_staff_should_know(text: str, options: dict[str, object], word: str) -> None:
    [sentence] = hinted(text, **options)  # type: ignore[arg-type]
    assert word in sentence


@pytest.mark.parametrize(("text", "options"), [
    ("看 https://example.com", {}), ("回1去 2不去", {"kind": Kind.SURVEY}),
    ("水", {"gateway": "cloudmas", "units": 350}),
    ("有活,不想收回TD", {"kind": Kind.JOB}), ("几个人去?回人数", {}),
    ("请到青龙泉就业站来", {}), ("后天里面台上干面只", {}),
])
def test_there_is_nothing_to_say_of_a_good_text(text: str, options: dict[str, object]) -> None:
    assert hinted(text, **options) == []  # type: ignore[arg-type]
