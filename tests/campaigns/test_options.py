"""Which answers a text offers, and what is only a time, a price or a number of people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.campaigns import options

THREE = [(1, "想外出"), (2, "想就近"), (3, "暂不")]
TWO = [(1, "去"), (2, "不去")]


def found(text: str) -> list[tuple[int, str]]:
    return [(one.digit, one.label) for one in options.of(text)]


@pytest.mark.parametrize("text", [
    "回1想外出 2想就近 3暂不",
    '节后想干活吗?回1想外出 2想就近 3暂不。看不清字请家人代回,或打7221234',
    "请选:1. 想外出 2. 想就近 3. 暂不", "1、想外出 2、想就近 3、暂不", "1，想外出；2，想就近；3，暂不",
    "①想外出②想就近③暂不", "回１想外出，２想就近，３暂不", "1=想外出 2=想就近 3=暂不", "回1想外出2想就近3暂不",
    "(1)想外出(2)想就近(3)暂不", "1想外出/2想就近/3暂不", "请回复数字:1想外出;2想就近;3暂不", "1想外出\n2想就近\n3暂不",
    "1,2,3栋居民:节后想干活吗?回1想外出 2想就近 3暂不", "3月5日8点前请回:1想外出 2想就近 3暂不 退订回TD",
    "想外出回1,想就近回2,暂不回3。有事打7221234", '想外出请回"1",想就近请回"2",暂不请回"3"',
])
def test_three_answers_however_they_are_written(text: str) -> None:
    assert found(text) == THREE


@pytest.mark.parametrize("text", [
    "回1去,2不去", "1=去 2=不去", "1:去 2:不去", "回1去2不去", "去回1,不去回2", "去请回①,不去请回②", "回1,去;回2,不去",
    '回"1"去,回"2"不去', "1表示去,2表示不去", "1月5日8点发车,回1去 2不去,3月1日前回", "回1去,2不去,初3出发",
    "【3号就业站】明早7点发车,12元一位,回1去,2不去。有事打7221234", "回1去 或 2不去",
])
def test_two_answers_however_they_are_written(text: str) -> None:
    assert found(text) == TWO


@pytest.mark.parametrize(("text", "labels"), [
    ("回1年前走 2年后走 3不走", ["年前走", "年后走", "不走"]),
    ("回1公益岗 2个体经营 3在家里", ["公益岗", "个体经营", "在家里"]),
    ("1出发 2返回 3等通知", ["出发", "返回", "等通知"]), ("您今年回吗?1回 2不回 3没定", ["回", "不回", "没定"]),
    ("1想外出(广东) 2想就近(县内)", ["想外出(广东)", "想就近(县内)"]),
    ("1 go out 2 stay near 3 not now", ["go out", "stay near", "not now"]),
    ("回1去,2不去,3都行,带4把伞", ["去", "不去", "都行"]),
    ("1甲 2乙 3丙 4丁 5戊 6己 7庚 8辛 9壬", list("甲乙丙丁戊己庚辛壬")),
])
def test_labels_as_they_are_meant(text: str, labels: list[str]) -> None:
    assert found(text) == list(enumerate(labels, 1))


@pytest.mark.parametrize("text", [
    "", "想干活吗?", "回1想外出", "1月5日8点发车,2人一组,3号楼集合", "请1,2,3栋居民注意",
    "来回1趟,2小时到", "1.5小时到,2.5小时回",
    "23号活:幼儿园保洁,明早7点西门集合,80元/天日结,缺2人。想去回23,退订回TD", "早上7点出发1号楼集合,2号楼上车",
    "3号报满,给您排第2位", "联系14200000001,1号楼", "第1批去,第2批不去", "返回1,不返回2",
    "2去 3不去", "1去 3不去", "1-2个人,3-4天",
])
def test_what_is_no_question_has_no_answers(text: str) -> None:
    assert found(text) == []


def test_two_questions_at_once_have_no_answers() -> None:
    """What would a "2" mean?"""
    assert found("您去吗?1去 2不去。带家属吗?1带 2不带") == []


@pytest.mark.parametrize("text", ["1甲 2乙 3丙 4丁 5戊 6己 7庚 8辛 9壬 10癸", "①甲②乙③丙④丁⑤戊⑥己⑦庚⑧辛⑨壬⑩癸"])
def test_a_tenth_answer_would_be_the_number_of_a_listing(text: str) -> None:
    assert found(text) == []


LABELS = st.lists(st.text("想去不愿近远暂看留难", min_size=1, max_size=6), min_size=2, max_size=9)
STYLES = st.sampled_from(["{n}{label} ", "{n}.{label} ", "{n}、{label};", "({n}){label},", "{n}={label}。",
                          "{n}:{label} ", "{n} {label},", "回{n}{label},", "{n}){label}\n"])
BEFORE = st.lists(st.sampled_from([
    "明早7点西门集合,", "1月5日8点发车,", "80元/天,", "2人一组,", "缺3人,", "14200000001,", "1.5小时到,",
    "12:30开,", "3号楼见。", "2026-03-10前回,", "第1批,", "0700-7221234,", "{姓名}您好!", "G1次车。",
    "50%的人,"]), max_size=4).map("".join)
AFTER = st.sampled_from(["", "。看不清字请家人代回,或打7221234", "。3月5日前回",
                         ",退订回TD", "。4人以上一起走", "!咨询14200000001"])


@given(BEFORE, LABELS, STYLES, AFTER)
def test_what_was_put_in_is_found_among_times_prices_and_phones(before: str, labels: list[str], style: str,
                                                                 after: str) -> None:
    asked = "".join(style.format(n=n, label=label) for n, label in enumerate(labels, 1))
    assert found(f"{before}请回复:{asked}{after}") == list(enumerate(labels, 1))


@given(BEFORE, LABELS, AFTER)
def test_wide_digits_are_digits(before: str, labels: list[str], after: str) -> None:
    text = before + " ".join(f"{n}{label}" for n, label in enumerate(labels, 1)) + after
    assert found(text.translate({ord("0") + n: ord("０") + n for n in range(10)})) == found(text)


@given(BEFORE, AFTER)
def test_times_prices_and_phones_alone_are_no_answers(before: str, after: str) -> None:
    assert found(before + after) == []


@given(st.text(st.one_of(st.sampled_from("123回选去不,。 、.:()（）1２①②"), st.characters()), max_size=60))
def test_whatever_stands_there_digits_run_from_one_and_every_label_says_something(text: str) -> None:
    answers = found(text)
    assert [digit for digit, _label in answers] == list(range(1, len(answers) + 1))
    assert len(answers) != 1
    assert len(answers) <= 9
    assert all(label.strip() for _digit, label in answers)
