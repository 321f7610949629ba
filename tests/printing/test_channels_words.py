"""The same notice, read out, pasted into a group, and said on the telephone."""

from datetime import datetime

import pytest

from app import i18n
from app.campaigns import everybody
from app.campaigns.wording import Hole, Part
from app.printing import calling, group, loudspeaker
from app.printing.notice import Choice, Notice, Work

ADDRESS = "https://jobs.example/jobs/23?area=demo"
WORK = Work(23, "香菇分拣", "2号厂房", datetime.fromisoformat("2026-03-11T14:00:00+08:00"), "80元/天，当天结")
PUBLISHED = datetime.fromisoformat("2026-03-10T12:00:00+08:00")


def _notice(text: str, work: Work | None = None, text_to: str = "") -> Notice:
    return Notice("出去干活，欢迎报名", text, work, "青龙泉社区", "0700-7221234", text_to, ADDRESS, PUBLISHED)


SURVEY = _notice("居民朋友您好,节后想干活吗?回1想外出 2想就近 3暂不。谢谢")


@pytest.mark.parametrize(("text", "choices"), [
    ("想坐车吗?回复1坐,2不坐", ["坐", "不坐"]),
    ("请选1.去浙江;2.去江苏;3.不去", ["去浙江", "去江苏", "不去"]),
    ("Work again? Reply 1 far away 2 near home", ["far away", "near home"]),
    ("3月1日,2栋有活", []), ("回10报名", []), ("回1报名", []), ("想去回1,不去不用回", [])])
def test_numbered_answers_are_found_only_where_they_are(text: str, choices: list[str]) -> None:
    assert [choice.words for choice in _notice(text).choices] == choices


def test_what_stands_around_the_answers_stays() -> None:
    assert SURVEY.lines == ["居民朋友您好,节后想干活吗?", "谢谢"]
    assert SURVEY.choices[0] == Choice("1", "想外出")


def test_over_the_loudspeaker_everything_is_said_twice() -> None:
    greeting, first, again, second, end = loudspeaker.script(_notice("周三8:00在2号楼集合,请带水", WORK))
    assert greeting == ["各位居民朋友，请注意听。", "现在播送青龙泉社区的通知。"]
    assert first == ["星期三早上8点在2号楼集合，请带水。", "这个活是：香菇分拣。", "地点在：2号厂房。",
                     "时间是：3月11号，星期三，下午2点。", "工钱80元一天，当天结。",
                     "想报名的，给就业站发短信，写数字：二，三。", "也可以打电话：零七零零，七二二，幺二三四。"]
    assert (again, second) == (["下面再播一遍。"], first)
    assert end == ["播送完了，谢谢大家。"]
    assert loudspeaker.script(SURVEY) == loudspeaker.script(SURVEY)


def test_over_the_loudspeaker_answers_are_said_one_by_one() -> None:
    assert loudspeaker.script(SURVEY)[1][2:5] == [
        "想外出的，回数字一。", "想就近的，回数字二。", "暂不的，回数字三。"]


def test_over_the_loudspeaker_nothing_is_said_twice_in_one_breath() -> None:
    said = "".join(loudspeaker.script(_notice("香菇分拣,2号厂房,3月11日下午2点,80元/天，当天结", WORK))[1])
    assert said.count("香菇分拣") == said.count("2号厂房") == said.count("80元") == said.count("2点") == 1


def test_who_never_got_a_text_hears_where_to_text() -> None:
    assert "短信发到：幺四二，零零零零，零零九九。" not in str(loudspeaker.script(_notice("来干活", WORK)))
    assert "短信发到：幺四二，零零零零，零零九九。" in loudspeaker.script(_notice("来干活", WORK, "+8614200000099"))[1]


def test_a_group_is_told_with_number_and_link() -> None:
    assert group.text(_notice("居民朋友:有活了", WORK)) == f"""【青龙泉社区】出去干活，欢迎报名

居民朋友:有活了

编号：23
活：香菇分拣
地点：2号厂房
时间：3月11日 周三 下午2点
工钱：80元/天，当天结
想报名：打开 {ADDRESS}
电话：0700-7221234"""
    assert "1  想外出\n2  想就近\n3  暂不" in group.text(SURVEY)


def test_a_group_is_told_to_text_only_where_there_is_a_number_to_text_to() -> None:
    assert "短信" not in group.text(_notice("来干活", WORK))
    told = group.text(_notice("来干活", WORK, "+8614200000099"))
    assert f"想报名：发短信“23”到14200000099，或者打开 {ADDRESS}\n电话：0700-7221234" in told


def test_on_the_telephone_the_answers_have_numbers() -> None:
    script = calling.script(SURVEY)
    assert script.message == ["居民朋友您好,节后想干活吗?", "谢谢"]
    assert [choice.words for choice in script.answers] == ["想外出", "想就近", "暂不"]
    assert [choice.words for choice in calling.answers(_notice("来干活", WORK))] == ["要，给我报名", "不要", "再想想"]
    assert [choice.words for choice in calling.answers(_notice("明天停水"))] == ["听明白了", "有事要问"]
    assert len(script.notes) == 4


def test_in_english_nothing_is_turned_into_chinese() -> None:
    with i18n.speaking("en"):
        said = str(loudspeaker.script(_notice("Water is off 8:00-17:00", WORK)))
    assert "8:00-17:00" in said
    assert "text the number 2 3 to the station" in said


NAME, BUILDING = Hole("name"), Hole("building")


@pytest.mark.parametrize(("parts", "said", "on_the_sheet"), [
    ([NAME, "您好,想干活吗?"], "居民朋友您好,想干活吗?", ""),
    (["请", NAME, "来签到,", NAME, "要带证件"], "请居民朋友来签到,您要带证件", ""),
    ([NAME, "您好。", NAME, "您想去吗"], "居民朋友您好。您想去吗", ""),
    ([NAME, "师傅,有活了"], "居民朋友,有活了", ""),
    ([BUILDING, "的", NAME, ":明天停水"], "居民朋友:明天停水", "3栋的居民朋友:明天停水"),
    ([BUILDING, NAME, "您好"], "居民朋友您好", "3栋居民朋友您好"),
    ([BUILDING, "居民请注意"], "居民请注意", "3栋居民请注意"),
    (["请", BUILDING, "的居民来"], "请各楼栋的居民来", "请3栋的居民来"),
    (["明天在", BUILDING, "门口集合"], "明天在各楼栋门口集合", "明天在3栋门口集合"),
    (["Hello ", NAME, ", water is off in ", BUILDING], "Hello neighbour, water is off in your building",
     "Hello neighbour, water is off in 3栋"),
])
def test_words_that_fit_everybody_stand_for_a_person(parts: list[Part], said: str, on_the_sheet: str) -> None:
    assert everybody.said(parts) == said
    assert everybody.said(parts, building="3栋") == (on_the_sheet or said)


def test_the_language_is_that_of_the_words_and_not_of_the_placeholders() -> None:
    assert everybody.language("{姓名}: come tomorrow") == "en"
    assert everybody.language("{name}您好") == "zh"
