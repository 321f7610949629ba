"""A day's work read aloud: breaths, numbers as they are spoken, ten works at the most."""

from app import i18n
from app.printing import broadcast, speech
from tests.printing.boards import board, longest, offer


def test_every_number_is_said_twice_and_everything_in_breaths() -> None:
    first = offer(23, minutes=6, paid_same_day=True)
    greeting, beginning, one, two, ways, end = broadcast.script(board([first, offer(24, place="2号厂房")]))
    assert greeting == ["各位居民朋友，请注意听。", "现在播送青龙泉社区12号楼的通知。"]
    assert beginning == ["下面是3月11号，星期三，能报名的活。", "一共有2个活。"]
    assert one == ["第一个活，编号：二，三。", "香菇分拣，工钱80元一天，当天结。", "早上7点到上午11点半，在西门。",
                   "走路6分钟。", "还要12个人。", "编号再说一遍：二，三。"]
    assert two[0] == "下一个活，编号：二，四。"
    assert two[3:] == ["还要12个人。", "编号再说一遍：二，四。"]
    assert ways == ["想去的，记住编号。", "告诉楼栋长，或者到就业站来。", "也可以发短信，写上编号。",
                    "短信发到：幺四二，零零零零，零零九九。", "再说一遍：幺四二，零零零零，零零九九。",
                    "也可以打电话：零七零零，七二二，幺二三四。", "再说一遍：零七零零，七二二，幺二三四。"]
    assert end == ["播送完了，谢谢大家。"]


def test_after_ten_works_it_says_where_the_others_are() -> None:
    script = broadcast.script(board([offer(10 + number) for number in range(40)]))
    assert script[1] == ["下面是3月11号，星期三，能报名的活。", "一共有40个活。", "先念10个。"]
    assert sum(paragraph[0].startswith(("第一个活", "下一个活")) for paragraph in script) == 10
    assert script[-3] == ["还有30个活没有念。", "公告栏上和就业站里都能看到。"]
    assert "没有念" not in str(broadcast.script(board([offer(10 + number) for number in range(10)])))


def test_a_long_sentence_is_cut_into_breaths() -> None:
    said = broadcast.script(board([longest(100)]))[2]
    assert all(len(sentence) <= speech.LONGEST for sentence in said), said
    assert f"{'字' * 12}，工钱12000元一月。" in said


def test_of_pay_by_the_hour_it_says_what_a_day_comes_to() -> None:
    said = broadcast.script(board([offer(pay="一天81元", rate="18元/时")]))[2]
    assert said[1] == "香菇分拣，工钱一天81元，18元一小时。"


def test_a_day_without_work_says_so_and_what_follows() -> None:
    script = broadcast.script(board([], [offer(23, hour=31)]))
    assert script[1] == ["3月11号，星期三，没有能报名的活。", "后面几天有这些活。"]
    assert script[2][2] == "3月12号，星期四，早上7点开始，在西门。"


def test_without_any_work_it_says_how_to_ask() -> None:
    nothing = broadcast.script(board([]))
    assert nothing[1] == ["3月11号，星期三，没有能报名的活。"]
    assert nothing[2][:3] == ["想找活的，来问我们。", "告诉楼栋长，或者到就业站来。", "也可以发短信，写“岗位”。"]


def test_what_is_not_there_is_not_said() -> None:
    ways = broadcast.script(board([offer()], phone="", text_to=""))[-2]
    assert ways == ["想去的，记住编号。", "告诉楼栋长，或者到就业站来。"]


def test_to_paste_there_is_a_line_for_each_breath() -> None:
    assert broadcast.plain([["一。", "二。"], ["三。"]]) == "一。\n二。\n\n三。"


def test_minutes_grow_with_what_is_read() -> None:
    few, many = (broadcast.script(board([offer(10 + number) for number in range(count)])) for count in (1, 10))
    assert 1 <= broadcast.minutes(few) < broadcast.minutes(many) <= 10


def test_in_english_nothing_is_turned_into_chinese() -> None:
    with i18n.speaking("en"):
        said = broadcast.plain(broadcast.script(board([offer(23, title="Sorting", place="West gate", pay="80 yuan/day",
                                                             minutes=6)], community="Spring", building="12")))
    assert said.isascii()
    assert "The first job: number 2 3." in said
    assert "From 07:00 to 11:30, at West gate." in said
