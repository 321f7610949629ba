"""The words that are understood, in the hands in which they come; and what is never understood as a yes."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sms.reading import Context, Reading, read

PUSH = Context("push", (23,))
REPLIES = Path(__file__).with_name("replies.tsv")
SEVERE = {"SIGNUP", "CANCEL", "UNSUB", "REDEEM"}


def _labelled() -> list[dict[str, str]]:
    with REPLIES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize(("text", "intent"), [
    ("退订", "UNSUB"), ("TD", "UNSUB"), ("ｔｄ", "UNSUB"), ("T", "UNSUB"), ("R", "UNSUB"), ("n", "UNSUB"),
    ("退訂。", "UNSUB"), ("恢复", "RESUB"), ("恢復", "RESUB"), ("帮助", "HELP"), ("幫助", "HELP"), ("？", "HELP"),
    ("岗位", "JOBS"), ("崗位", "JOBS"), ("我的", "STATUS"), ("电话", "CALLBACK"), ("電話", "CALLBACK"),
    ("取消", "CANCEL"), ("取消23", "CANCEL"), ("不去", "DECLINE"), ("Endurance", "UNKNOWN"), ("tdtd", "UNKNOWN"),
    ("网页", "LINK"), ("網頁", "LINK"), ("link", "LINK"), ("给我发个链接", "LINK"), ("重新发一个链接", "LINK"),
    ("网页打不开", "UNKNOWN"), ("网址是多少", "QUESTION"), ("别发网页了", "UNSUB"),
    ("", "UNKNOWN"), ("🦆", "UNKNOWN"), ("482913", "UNKNOWN"), ("14200000001", "UNKNOWN"),
])
def test_words(text: str, intent: str) -> None:
    assert read(text).intent == intent


@pytest.mark.parametrize("text", [
    "23", "２３", "二十三", "二三", "㉓", "报名23", "报名 23", "报名23号", "報名23號", "回23", "回复23", "23号",
    "第23号", "23号活", "我要报名23", "我去23号", "【23】", "“23”", "23。谢谢", "bm23", "BM 23", "23报名", "2 3",
])
def test_a_listing_number_in_many_hands(text: str) -> None:
    assert read(text) == Reading("SIGNUP", {"job": "23"}, rule="listing_number")


@pytest.mark.parametrize("text", [
    "1", "１", "①", "一", "回1", "回复1", "(1)", "报名", "報名", "我要报名", "报名1", "1报名", "bm",
])
def test_one_push_and_a_yes(text: str) -> None:
    found = read(text, PUSH)
    assert (found.intent, found.slots) == ("SIGNUP", {"job": "23"})


def test_one_word_and_two_pushes_leave_open_which() -> None:
    assert read("报名", Context("push", (24, 23))) == Reading("SIGNUP", {}, "signup_without_number", 0.5)
    assert read("1").intent == "UNKNOWN"


@pytest.mark.parametrize("text", ["好", "好的", "收到", "👍", "嗯", "谢谢"])
def test_a_bare_agreement_to_a_push_is_no_signup(text: str) -> None:
    assert read(text, PUSH).intent == "ACK"


@pytest.mark.parametrize("text", ["19580312", "1958-03-12", "1958年3月12日", "我是1958.3.12生的", "１９５８０３１２"])
def test_a_birth_date(text: str) -> None:
    assert read(text, Context("birth", (23,))).slots == {"born_on": "1958-03-12"}


def test_nothing_severe_is_read_into_the_labelled_replies() -> None:
    wrong = []
    for row in _labelled():
        accepted = {row["intent"], *row["accept"].split("|")}
        found = read(row["text"].replace("\\n", "\n"), Context.parse(row["context"]))
        if found.intent in SEVERE and found.intent not in accepted:
            wrong.append((row["id"], row["text"], found))
    assert wrong == []


def test_the_numbers_of_labelled_signups_and_cancellations_are_right() -> None:
    wrong = []
    for row in _labelled():
        found = read(row["text"].replace("\\n", "\n"), Context.parse(row["context"]))
        wanted = dict(slot.split("=", 1) for slot in row["slots"].split(";") if "=" in slot)
        numbered = row["ambiguous"] == "0" and found.intent == row["intent"] and row["intent"] in ("SIGNUP", "CANCEL")
        if numbered and found.slots.get("job") != wanted.get("job"):
            wrong.append((row["id"], row["text"], found))
    assert wrong == []


@given(st.text(max_size=1500), st.sampled_from(["none", "push", "list", "signed", "confirm", "who:3", "birth:3"]))
def test_no_text_raises(text: str, context: str) -> None:
    assert read(text, Context.parse(context)).rule


@given(st.sampled_from("不莫别没勿未"), st.sampled_from(["报名", "我要报名", "去", "参加", "23", "报名23", "我想去"]),
       st.sampled_from([Context(), PUSH, Context("list", (23, 24)), Context("confirm", (23,))]))
def test_a_no_before_a_yes_is_never_a_signup(no: str, yes: str, context: Context) -> None:
    assert read(no + yes, context).intent not in ("SIGNUP", "YES")


@given(st.sampled_from(["23", "报名23", "退订", "取消", "我的"]),
       st.sampled_from(["", " ", "。", "!", "~", "，谢谢", "🙏", "\n"]), st.booleans())
def test_dress_does_not_change_the_meaning(text: str, tail: str, wide: bool) -> None:
    dressed = "".join(chr(ord(c) + 0xFEE0) if wide and "!" <= c <= "~" else c for c in text) + tail
    assert read(dressed) == read(text)


@pytest.mark.parametrize(("text", "intent"), [
    ("报名10", "SIGNUP"), ("我要报名10号", "SIGNUP"), ("岗位", "JOBS"),   # beside the question, in so many words
    ("10", "UNKNOWN"), ("报名1", "UNKNOWN"), ("不报名10", "UNKNOWN"),     # it is not certain that a listing is meant
])
def test_a_survey_hides_no_listing_from_who_names_one(text: str, intent: str) -> None:
    assert read(text, Context("survey", options=("还去", "想换个厂", "想在家附近干"))).intent == intent


@pytest.mark.parametrize("asks", ["bus", "follow"])
@pytest.mark.parametrize(("text", "intent"), [("报名23", "SIGNUP"), ("报名2", "SIGNUP")])
def test_nor_does_a_question_about_a_ride_or_how_it_goes(text: str, intent: str, asks: str) -> None:
    assert (read(text, Context(asks)).intent == intent) is (text != "报名2")  # so few may be how many come along
