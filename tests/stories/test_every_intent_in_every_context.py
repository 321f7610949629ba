"""Whatever a phone was told last, and whatever it then says: what is answered, and what has changed.

A row is `text | places | needs | answer`: the places of the phone's people afterwards as `listing place`, why staff
should look, and how the answer begins; `-` stands for none.
"""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.db import Database
from app.listings.signups import HOLDS, Signup
from app.residents.residents import Resident
from app.sms import consent
from tests.stories.acts import STRANGER, WANG, needed, tasks, turn
from tests.stories.situations import SITUATIONS
from tests.village import Village

NOT_HERE = "您现在没有报名"
BOOKED = "已给您报上10号:香菇分拣,明天下午2点2号厂房集合"
OVER = "10号香菇分拣已给您取消"
ONCE = "您已经报上了10号:香菇分拣。"
TOLD = "您说的我们记下了,会转告工作人员"
LISTED = "10香菇分拣明天下午2点80元/天;11织袜后天下午2点80元/天;想去回编号"
NO = "好的,这次不去。"
LOST = "没看懂您的意思。"
ASKED = "您问的我们记下了,工作人员会打电话告诉您"
RELATIVE = "好的,这位还没用这个号码登记"

EVERYWHERE = """
    退订 | = | - | 找活短信和通知都停发了
    以后不要发给我 | = | - | 找活短信和通知都停发了
    恢复 | = | - | 好的,短信照常发给您
    帮助 | = | - | 回编号报名
    电话 | = | told | 好的,工作人员会打电话给您
    积分 | = | told | 您说的我们记下了
    我要换一桶油 | = | told | 您说的我们记下了
    老李晕倒了快来人 | = | urgent | 我们记下了,工作人员一看到就联系您。人有危险先打120,着火119,被欺负110
    工钱还没给 | = | complaint | 您说的我们记下了,工作人员会打电话给您。要不到工钱也可打12333
    你打错了 | = | complaint | 对不起,打扰了
    能带孙子去吗 | = | question | 您问的我们记下了
    我会电焊 | = | told | 您说的我们记下了
    你好 | = | - | 您好!
    嘎嘎嘎 | = | not_understood | 没看懂您的意思。
    【某银行】您的验证码是482913,请勿告诉他人 | = | - | -
"""
HERE = {
    "none": f"""
        10 | 10 taken | - | {BOOKED}
        报名10和11 | 10 taken, 11 taken | - | 已报上10号(明天14:00)、11号(后天14:00)
        1 | - | not_understood | {LISTED}
        报名 | - | - | {LISTED}
        岗位 | - | - | {LISTED}
        我的 | - | - | {NOT_HERE}
        取消 | - | - | {NOT_HERE}
        取消10 | - | - | {NOT_HERE}
        不去 | - | - | {NO}
        收到 | - | - | -
        几点集合 | - | question | {ASKED}
        99 | - | - | 没有编号99的活
        我妈去10号 | - | - | 10号香菇分拣,明天下午2点:是王秀兰去吗?""",
    "stranger": f"""
        10 | - | told | 您的号码还没登记
        报名10和11 | - | told | 您的号码还没登记
        1 | - | not_understood | {LISTED}
        岗位 | - | - | {LISTED}
        取消 | - | - | {NOT_HERE}
        不去 | - | - | {NO}
        收到 | - | - | -
        我想登记 | - | told | {TOLD}""",
    "push": f"""
        10 | 10 taken | - | {BOOKED}
        1 | 10 taken | - | {BOOKED}
        报名 | 10 taken | - | {BOOKED}
        要得，我去 | 10 taken | - | {BOOKED}
        报名11 | 11 taken | - | 已给您报上11号:织袜
        不去 | - | - | {NO}
        太远了不去 | - | - | 好的,您说的记下了
        腿疼去不了 | - | - | 好的,您先把身体养好
        找到活了 | - | told | 恭喜您找到活了!
        取消 | - | - | {NO}
        收到 | - | - | 要报名10号(香菇分拣,明天下午2点2号厂房)吗?
        好的谢谢 | - | - | 要报名10号
        几点集合 | - | - | 10号香菇分拣:明天下午2点到晚上6点。想去回10
        管饭不 | - | - | 10号香菇分拣:管饭。想去回10
        岗位 | - | - | {LISTED}
        我的 | - | - | {NOT_HERE}
        我妈去 | - | - | 10号香菇分拣,明天下午2点:是王秀兰去吗?
        我们两个都去 | 10 taken | told | 10号香菇分拣,明天14:00,2号厂房:给您报上了;另1人没登记""",
    "pushes": f"""
        10 | 10 taken | - | {BOOKED}
        11 | 11 taken | - | 已给您报上11号
        1 | - | * | 您要去哪个?请回编号:11、10
        报名 | - | - | 您要去哪个?请回编号:11、10
        收到 | - | - | 您要去哪个?请回编号:11、10
        报名10和11 | 10 taken, 11 taken | - | 已报上10号(明天14:00)、11号
        不去 | - | - | {NO}
        几点集合 | - | - | 11号织袜:后天下午2点到晚上6点;10号香菇分拣:明天下午2点到晚上6点
        能带孙子吗 | - | question | {ASKED}
        我妈去 | - | - | 您要去哪个?请回编号:11、10""",
    "list": f"""
        10 | 10 taken | - | {BOOKED}
        11 | 11 taken | - | 已给您报上11号
        10和11 | 10 taken, 11 taken | - | 已报上10号
        1 | - | * | 您要去哪个?请回编号:10、11
        报名 | - | - | 您要去哪个?请回编号:10、11
        不去 | - | - | {NO}
        收到 | - | - | -
        我的 | - | - | {NOT_HERE}""",
    "signed": f"""
        10 | 10 taken | - | {ONCE}
        1 | 10 taken | - | {ONCE}
        报名11 | 10 taken, 11 taken | - | 已给您报上11号
        取消 | - | - | {OVER}
        取消10 | - | - | {OVER}
        不去了 | - | - | {OVER}
        生病了去不了 | - | - | {OVER}
        取消11 | 10 taken | - | 要取消哪个?请回:取消10(香菇分拣)
        收到 | 10 taken | - | -
        我的 | 10 taken | - | 10号香菇分拣明天下午2点;
        岗位 | 10 taken | - | {LISTED}
        几点集合 | 10 taken | - | 10号香菇分拣:明天下午2点到晚上6点
        到了 | 10 taken | told | {TOLD}
        我妈也去10号 | 10 taken | told | {RELATIVE}
        我们三个都去10号 | 10 taken | told | 10号香菇分拣,明天14:00,2号厂房:您早报过名了;另2人没登记""",
    "signed_both": f"""
        取消 | 10 taken | - | 11号织袜已给您取消
        取消12 | 10 taken, 11 taken | - | 要取消哪个?请回:取消10(香菇分拣)、取消11(织袜)
        取消10 | 11 taken | - | {OVER}
        取消10和11 | - | - | 10号、11号已给您取消
        我的 | 10 taken, 11 taken | - | 10号香菇分拣明天下午2点;11号织袜后天下午2点;""",
    "waiting": f"""
        10 | 10 waiting | - | 您已经在排10号,第1位,不用再报。
        取消 | - | - | {OVER}
        我的 | 10 waiting | - | 10号香菇分拣明天下午2点排第1位;
        岗位 | 10 waiting | - | 眼下没有空位的活
        收到 | 10 waiting | - | -""",
    "promoted": f"""
        收到 | 10 taken | - | -
        取消 | - | - | {OVER}
        去不了 | - | - | {OVER}
        10 | 10 taken | - | {ONCE}
        几点集合 | 10 taken | - | 10号香菇分拣:明天下午2点到晚上6点""",
    "confirm": f"""
        是 | 10 taken | - | {BOOKED}
        好 | 10 taken | - | {BOOKED}
        10 | 10 taken | - | {BOOKED}
        否 | - | - | {NO}
        不去 | - | - | {NO}
        取消 | - | - | {NO}
        管饭不 | - | - | 10号香菇分拣:管饭
        岗位 | - | - | {LISTED}
        嘎嘎 | - | not_understood | 没看懂您的意思。去回"是",不去回"否"
        收到 | - | - | -""",
    "who": """
        1 | 10 taken | - | 已给张秀兰报上10号
        2 | 10 taken | - | 已给李建国报上10号
        3 | - | - | 10号谁去?回1 张秀兰 回2 李建国
        不去 | - | - | 好的,这次不去。
        取消 | - | - | 好的,这次不去。
        几点集合 | - | - | 10号香菇分拣:明天下午2点到晚上6点
        嘎嘎 | - | not_understood | 没看懂您的意思。请回前面短信里的数字
        我的 | - | - | 您现在没有报名""",
    "birth": f"""
        19680312 | 10 taken | - | {BOOKED}
        1968年3月12日 | 10 taken | - | {BOOKED}
        20990101 | - | - | 这不像出生日期
        不去 | - | - | {NO}
        取消 | - | - | {NO}
        嘎嘎 | - | not_understood | 没看懂您的意思。请回出生年月日,比如19580312
        管饭不 | - | - | 10号香菇分拣:管饭""",
    "stopped": f"""
        10 | 10 taken | - | {BOOKED}
        取消 | - | - | {NOT_HERE}
        我的 | - | - | {NOT_HERE}
        收到 | - | - | -""",
    "survey": f"1 | - | told | {TOLD}",
    "bus": f"1 | - | told | {TOLD}",
    "follow": f"1 | - | told | {TOLD}",
    "points": f"取消 | - | - | {NOT_HERE}",
}


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


def test_every_situation_is_spoken_in() -> None:
    assert set(HERE) == set(SITUATIONS)


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("situation", list(SITUATIONS))
async def test_what_is_answered_and_what_changes(village: Village, situation: str, database_url: str,
                                                 tmp_path: Path) -> None:
    phone = STRANGER if situation == "stranger" else WANG
    await SITUATIONS[situation](village)
    before = await _places(village, phone)
    clock.turn(clock.now() + timedelta(minutes=1))
    await village.database.close()
    wrong = []
    for n, line in enumerate(filter(None, map(str.strip, (EVERYWHERE + HERE[situation]).splitlines()))):
        text, places, needs, answer = (part.strip() for part in line.split(" | "))
        copied = _copied(village, database_url, tmp_path / f"{n}.db")
        told = await copied.says(phone, text)
        came = (await _places(copied, phone), (await needed(copied))[-1] or "-", "".join(told) or "-")
        await copied.database.close()
        fits = came[0] == (before if places == "=" else places) and needs in (came[1], "*")
        if len(told) > 1 or not fits or not came[2].startswith(answer) or (answer == "-") != (not told):
            wrong.append(f"{text}: {' | '.join(came)}")
    assert wrong == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_stop_said_anywhere_holds_and_a_danger_makes_a_call(village: Village, database_url: str,
                                                                   tmp_path: Path) -> None:
    await village.database.close()
    for name, situation in SITUATIONS.items():
        turn("2026-03-10 12:00")
        made = _copied(village, database_url, tmp_path / f"{name}.db")
        await situation(made)
        phone = STRANGER if name == "stranger" else WANG
        clock.turn(clock.now() + timedelta(minutes=1))
        for said in ("莫再发了", "老李晕倒了快来人"):
            await made.says(phone, said)
        async with made.database.reading() as db:
            assert await consent.stopped(db, "+86" + phone), name
        assert (await tasks(made))[-1][1:] == ("urgent", "老李晕倒了快来人"), name
        await made.database.close()


def _copied(village: Village, database_url: str, path: Path) -> Village:
    """The same village in a database of its own."""
    shutil.copy(database_url.partition("///")[2], path)
    return replace(village, database=Database(replace(village.database.settings,
                                                      database_url=f"sqlite+aiosqlite:///{path}")))


async def _places(village: Village, phone: str) -> str:
    async with village.database.reading() as db:
        numbers = {1: 10, 2: 11}
        rows = await db.execute(select(Signup.listing_id, Signup.place).join(Resident).where(
            Resident.phone == "+86" + phone, Signup.place.in_(HOLDS)).order_by(Signup.listing_id))
        return ", ".join(f"{numbers[row.listing_id]} {row.place}" for row in rows) or "-"
