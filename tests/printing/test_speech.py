"""Numbers as somebody reads them aloud."""

import pytest

from app.printing import speech


@pytest.mark.parametrize(("written", "spoken"), [
    ("8:00开会", "早上8点开会"),
    ("8:30-17:00", "早上8点半到下午5点"),
    ("13:30—17:05", "下午1点半到5点零5分"),
    ("上午8:00到11:30", "上午8点到11点半"),
    ("下午2：30", "下午2点半"),
    ("12:15吃饭", "中午12点15分吃饭"),
    ("19:00和5:40", "晚上7点和早上5点40分"),
    ("3月11日(周三)来", "3月11号，星期三，来"),
    ("2026年3月", "二零二六年3月"),
    ("80元/天,12元/小时", "80元一天,12元一小时"),
    ("16-60岁", "16到60岁"),
    ("补贴50%", "补贴百分之50"),
    ("电话0700-7221234", "电话零七零零，七二二，幺二三四"),
    ("打14200000001", "打幺四二，零零零零，零零零幺"),
    ("问01012345678", "问零幺零，幺二三四，五六七八"),
    ("4001234567", "四零零，幺二三，四五六七"),
    ("拨打12333", "拨打幺二三三三"),
    ("7221234", "七二二，幺二三四"),
    ("看https://jobs.example/jobs/10?area=demo", "看"),
])
def test_what_a_tongue_stumbles_over_is_written_out(written: str, spoken: str) -> None:
    assert speech.aloud(written) == spoken


@pytest.mark.parametrize("plain", ["10号香菇分拣", "12000元", "20260311", "3栋2单元", "要12人", "60-16"])
def test_what_is_read_as_it_stands_stays(plain: str) -> None:
    assert speech.aloud(plain) == plain


def test_a_number_to_text_is_said_digit_by_digit() -> None:
    assert (speech.digits(10), speech.digits(237)) == ("一，零", "二，三，七")


def test_a_hotline_alone_is_said_digit_by_digit() -> None:
    assert speech.phone("12345") == "幺二三四五"


def test_one_breath_to_a_sentence() -> None:
    text = "明天停水,请各家备好水!停水从上午8点到下午5点,来水以后请先放一会儿再用,水浑是正常的,不用担心;有事打电话"
    said = speech.sentences(text)
    assert said == ["明天停水，请各家备好水！", "停水从上午8点到下午5点。", "来水以后请先放一会儿再用，水浑是正常的。",
                    "不用担心。", "有事打电话。"]
    assert max(map(len, said)) <= speech.LONGEST + 1


def test_nothing_is_lost_between_breaths() -> None:
    text = "一二三四五六七八九十" * 6 + ",尾"
    assert "".join(speech.sentences(text)).replace("。", "") == "一二三四五六七八九十" * 6 + "尾"
