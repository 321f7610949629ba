"""What a post may not say, and what it may."""

import pytest

from app.errors import Refused
from app.jobs import lint


@pytest.mark.parametrize("words", [
    "押金200元", "收费100元", "要交服装费", "先交50元", "需自付体检费", "报名费30", "ＤＥＰＯＳＩＴ 100", "扣身份证",
    "押身份证", "限女", "招女工", "男性优先", "只要男的", "女士勿扰", "women only", "未婚优先", "不要河南人",
    "只招汉族", "回民勿扰",
    "不要信教的", "无需押金,先交100元",
])
def test_a_post_with_a_fee_or_a_discriminating_condition_is_refused(words: str) -> None:
    with pytest.raises(Refused) as refused:
        lint.check(details=words)
    assert refused.value.field == "details"
    assert refused.value.values["found"]


@pytest.mark.parametrize("words", [
    "工资日结,不收押金", "不收任何费用", "无押金", "免费体检", "男女不限", "招男女普工", "女袜厂缝口", "女装包装",
    "打扫男厕女厕", "不要求有经验的人", "缝女装20件", "管午饭,有班车",
])
def test_a_post_that_promises_or_only_names_such_things_passes(words: str) -> None:
    lint.check(details=words)
