"""What is typed into the search box finds what was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.jobs import _write_sounds, search
from app.jobs._sounds import folded, text_of
from app.jobs.jobs import TRADES

NIGHT = text_of(("夜班看门", "北门岗亭", "清泉物业"))
SORTING = text_of(("香菇分拣", "西门", "清泉香菇合作社"))


def _finds(typed: str, text: str, trade: str) -> bool:
    terms = search.terms(typed)
    return bool(terms) and all(term.needle in text or trade in term.trades for term in terms)


@pytest.mark.parametrize("typed", [
    "看门", "夜班看门", "kanmen", "KANMEN", "kan men", "km", "kanm", "yebankanmen", "ybkm", "看門", "ｋｍ", "门卫",
    "保安", "baoan", "值班", "看大门", "北门", "beimen", "bmgt", "物业", "wuye", "看门 北门", "km 物业",
])
def test_it_finds_the_night_watch(typed: str) -> None:
    assert _finds(typed, NIGHT, "看门")


@pytest.mark.parametrize("typed", ["香菇", "洗碗", "anmen", "men wu x", "南门", "看门 南门", "ekm", "xx", "kanmenx"])
def test_it_does_not_find_it(typed: str) -> None:
    assert not _finds(typed, NIGHT, "看门")


@pytest.mark.parametrize("typed", ["xianggu", "xiangu", "xg", "xgfj", "fenjian", "剪香菇", "蘑菇", "mogu", "hezuoshe"])
def test_sounds_that_many_do_not_tell_apart_are_the_same(typed: str) -> None:
    assert _finds(typed, SORTING, "香菇")


@pytest.mark.parametrize(("typed", "trade"), [
    ("zhuangxie", "装卸"), ("zuangxie", "装卸"), ("banyun", "装卸"), ("lvhua", "绿化"), ("lühua", "绿化"),
    ("daiwa", "带娃"), ("看孩子", "带娃"), ("cesuo baojie", ""), ("打扫", "保洁"), ("dasao", "保洁"),
    ("洗碗工", "洗碗"), ("做衣服", "缝纫"),
])
def test_trades_are_known_by_all_their_names(typed: str, trade: str) -> None:
    if trade:
        assert any(trade in term.trades for term in search.terms(typed))
    else:
        assert not all(term.trades for term in search.terms(typed))


@pytest.mark.parametrize(("typed", "trade"), [
    ("我想找看门的活", "看门"), ("有没有洗碗的", "洗碗"), ("想在附近带娃", "带娃"), ("会踩缝纫机", "缝纫")])
def test_a_sentence_names_the_work(typed: str, trade: str) -> None:
    assert [term.trades for term in search.looser(typed)] == [frozenset({trade})]


def test_a_sentence_without_work_names_none() -> None:
    assert search.looser("今天天气好") == ()


def test_a_number_is_the_number_of_a_job() -> None:
    assert [term.number for term in search.terms("12号")] == [12, None]


def test_filling_words_alone_are_looked_for_themselves() -> None:
    assert [term.needle for term in search.terms("找 看门 的 活")] == ["看门"]
    assert [term.needle for term in search.terms("活")] == ["活"]


@given(st.text())
def test_anything_can_be_typed(typed: str) -> None:
    for term in search.terms(typed) + search.looser(typed):
        term.needle.encode()
        assert "\0" not in term.needle
        assert term.needle or term.trades
    assert len(search.terms(typed)) <= search.MOST_TERMS
    text_of([typed]).encode()


@given(st.text("abcghijklnosuzx", max_size=30), st.integers(0, 30))
def test_what_begins_alike_folds_alike(letters: str, end: int) -> None:
    assert folded(letters).startswith(folded(letters[:end]))


@given(st.text("香菇分拣夜班看门西北物业", min_size=1, max_size=8), st.data())
def test_every_part_of_a_title_finds_it(title: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(title) - 1))
    part = title[first:data.draw(st.integers(first + 1, len(title)))]
    text = text_of([title])
    assert part in text
    for typed in text_of([part]).split()[1:]:
        assert f" {typed}" in text


def test_the_sounds_of_trades_are_written_anew_after_a_change() -> None:
    assert _write_sounds.FILE.read_text("utf-8") == _write_sounds.written(), "python -m app.jobs._write_sounds"
    assert [line.partition("=")[0] for line in search.sound_lines()] == list(TRADES)
