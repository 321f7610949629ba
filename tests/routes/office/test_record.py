"""The record of a person's phone: a reason is asked for, asking is audited, and everything is on it."""

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from app.access import codes
from app.campaigns.campaigns import Kind
from app.desk import conversations, corrections, replies
from app.desk.corrections import Choice
from app.residents.imports import apply, check
from app.residents.residents import Resident
from app.sms import consent, outbox
from app.sms.arrivals import Inbound
from app.sms.consent import NOTICES
from app.sms.outbox import Message, Purpose, Status
from app.staff.audit import Audit
from tests.campaigns.acts import drafted, handed_in
from tests.residents.lists import text
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.stories.acts import drain, moment, turn
from tests.village import SIGNATURE, Village

WANG, LI = "14200000001", "14200000002"
REASON = "12321转来的3号投诉"


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _open(desk: Desk, person: Resident, **fields: Any) -> str:
    where = f"/office/residents/{person.id}/record"
    await desk.open(where)
    return await desk.send(where, **{"reason": REASON, **fields})


async def _import(village: Village, *listed: list[str]) -> None:
    report = await check.check(village.database, text(*listed), area=village.area, by=village.second)
    async with village.database.session() as db:
        await apply.apply(db, report, area=village.area, by=village.second)


def _entries(page: str) -> list[str]:
    """The entries in their order, as plain text."""
    found = re.findall(r'<li class="record-entry">(.*?)</li>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


async def _opened(village: Village) -> list[Audit]:
    return [one for one in await rows(village.database, select(Audit).order_by(Audit.id))
            if one.verb in ("open_record", "open_phone")]


async def test_everything_that_was_said_stands_in_the_order_of_time(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG)
    async with village.database.session() as db:
        await consent.give(db, "+86" + WANG, source="form", ground="12号表", by=village.second)
    turn("2026-03-10 13:00")
    await handed_in(village, await drafted(village, kind=Kind.NOTICE, title="三月通知", text="{姓名}您好,周五通水"))
    await drain(village)
    async with village.database.session() as db:
        await db.execute(update(Message).values(status=Status.DELIVERED, ended_at=moment("2026-03-10 13:01")))
    turn("2026-03-10 14:00")
    await village.says(WANG, "谢谢,我的身份证是42030419680312002" + "X")
    await village.says(WANG, "退订")
    turn("2026-03-10 14:05")
    await drain(village)
    page = await _open(desk, wang)
    assert desk.status == 200
    agreed, notice, _thanks, _answer, *rest = _entries(page)
    assert agreed.startswith("2026-03-10 12:00 愿不愿意收短信 岗位短信: 同意 ")
    assert agreed.endswith(f" · “12号表” · {village.second.name}登记")
    assert notice.startswith("2026-03-10 13:00 发出 simulator → 142****0001 · 三月通知 "
                             f"{SIGNATURE}王桂香您好,周五通水 交运营商 2026-03-10 13:00 · 送达 2026-03-10 13:01")
    assert f"{village.boss.name}拟写" in notice
    assert "“三月通知”" in notice
    assert any(one.startswith("2026-03-10 14:00 收到 142****0001 → simulator 退订") for one in rest)
    assert any("岗位短信: 已停止" in one and "“退订”" in one for one in rest)
    assert [one[:16] for one in _entries(page)] == sorted(one[:16] for one in _entries(page))
    assert "42030419680312002X" not in page
    assert WANG not in page
    assert REASON in page
    assert f"{village.boss.name}打印" in page
    assert "青龙泉社区" in page.split('class="record-head"')[1].split("</header>")[0]


async def test_who_approved_it_and_what_was_put_right_is_on_it(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True, wishes=["香菇"])
    await village.push(await village.job(starts_at=moment("2026-03-11 14:00")), approved_by=village.second)
    await drain(village)
    await village.says(WANG, "你好")
    async with village.database.session() as db:
        [came] = await db.scalars(select(Inbound))
        await corrections.correct(db, came, Choice("HELP"), by=village.second)
    entries = _entries(await _open(desk, wang))
    [push] = [one for one in entries if "10 · 香菇分拣" in one]
    assert f"{village.boss.name}拟写 · {village.second.name}批准 2026-03-10 12:00" in push
    assert "您说过想做香菇。" in push
    [hello] = [one for one in entries if " 收到 " in one]
    assert "你好" in hello
    assert f"{village.second.name}改正 2026-03-10 12:00" in hello


async def test_opening_it_is_audited_with_the_reason_and_without_names_and_numbers(desk: Desk,
                                                                                  village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    page = await _open(desk, wang, reason=f"王桂香用{WANG}来电投诉")
    assert WANG not in page
    [noted] = await _opened(village)
    assert (noted.verb, noted.officer_id, noted.subject, noted.subject_id) == (
        "open_record", village.boss.id, "resident", wang.id)
    assert noted.detail == {"reason": "王*香用142****0001来电投诉"}
    assert WANG in await _open(desk, wang, whole_phone="1")
    assert [one.verb for one in await _opened(village)] == ["open_record", "open_record", "open_phone"]


@pytest.mark.parametrize("reason", ["", "看看", "字" * 101])
async def test_without_a_reason_nothing_is_shown(desk: Desk, village: Village, reason: str) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    page = await _open(desk, wang, reason=reason)
    assert desk.status == 409
    assert 'id="reason-wrong"' in page
    assert "record-entry" not in page
    assert await _opened(village) == []


async def test_somebody_elsewhere_has_no_record(desk: Desk, village: Village, elsewhere: Village) -> None:
    far = await elsewhere.neighbour("王远方", WANG, agreed=True)
    await desk.open(f"/office/residents/{far.id}/record")
    assert desk.status == 404
    await desk.open("/office/residents")
    await desk.send(f"/office/residents/{far.id}/record", reason=REASON)
    assert desk.status == 404
    assert await _opened(village) == []


async def test_a_shared_phone_says_so_and_names_only_the_person(desk: Desk, village: Village,
                                                               elsewhere: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    li = await village.neighbour("李大山", WANG)
    far = await elsewhere.neighbour("王远方", WANG)
    async with village.database.session() as db:
        for words, whom in (("王桂香、李大山:周五通水", [wang.id, li.id]), ("李大山:您的香菇活改了", [li.id]),
                           ("王远方:您的岗位改了", [far.id])):
            await outbox.queue(db, to="+86" + WANG, text=words, purpose=Purpose.SERVICE, addressed=whom)
    await village.says(WANG, "李大山不在家")
    page = await _open(desk, wang)
    assert "3人共用" in page
    assert "王桂香、李*山:周五通水" in page
    assert "李*山不在家" in page
    assert sum("内容已遮住" in one for one in _entries(page)) == 2
    for word in ("李大山", "王远方", "香菇活改了", "岗位改了"):
        assert word not in page


async def test_what_was_before_the_number_was_theirs_is_not_on_it(desk: Desk, village: Village) -> None:
    turn("2026-03-01 12:00")
    async with village.database.session() as db:
        await outbox.queue(db, to="+86" + WANG, text="给以前用这个号的人", purpose=Purpose.SERVICE)
    turn("2026-03-10 12:00")
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    assert "给以前用这个号的人" not in await _open(desk, wang)


async def test_what_was_said_of_it_before_is_there_without_the_words(desk: Desk, village: Village) -> None:
    turn("2026-03-01 12:00")
    async with village.database.session() as db:
        await consent.give(db, "+86" + WANG, source="form", ground="李大山家的表")
    turn("2026-03-10 12:00")
    wang = await village.neighbour("王桂香", WANG)
    li = await village.neighbour("李大山", WANG)
    async with village.database.session() as db:
        await consent.give(db, "+86" + WANG, source="form", ground=f"李大山代填,电话{LI}", by=village.second)
        for person in (wang, li):
            (await db.get_one(Resident, person.id)).left_at = moment("2026-03-10 13:00")
    turn("2026-03-10 14:00")
    async with village.database.session() as db:
        await consent.withdraw(db, "+86" + WANG, source="form", ground="后来的人说的")
    before, then, after = _entries(await _open(desk, wang))
    for entry in (before, after):
        assert "原话已遮住" in entry
    assert "2026-03-01 12:00" in before
    assert "“李*山代填,电话142****0002”" in then
    for word in ("李大山", "后来的人说的", LI):
        assert word not in desk.page


async def test_a_number_that_a_list_changed_is_theirs_from_then_on(desk: Desk, village: Village) -> None:
    for hour, phone in (("12:00", LI), ("14:00", WANG), ("15:00", WANG)):
        turn(f"2026-03-10 {hour}")
        await _import(village, ["姓名", "出生日期", "手机", "楼栋", "房号"],
                      ["王桂香", "1968-03-12", phone, "1栋", "502"], ["孙小山", "1970-01-01", "", "1栋", "301"])
        async with village.database.session() as db:
            await outbox.queue(db, to="+86" + WANG, text=f"{hour}写给这个号", purpose=Purpose.SERVICE)
    [wang] = await rows(village.database, select(Resident).where(Resident.name == "王桂香"))
    [noted] = [one for one in await rows(village.database, select(Audit)) if one.verb == "change_phone"]
    assert (noted.subject, noted.subject_id, noted.officer_id, noted.area_id, noted.detail) == (
        "resident", wang.id, village.second.id, village.building.id, {"source": "import"})
    page = await _open(desk, wang)
    assert "12:00写给这个号" not in page
    assert "14:00写给这个号" in page
    assert "15:00写给这个号" in page


@pytest.mark.parametrize(("fields", "own"), [({}, False), ({"whole_phone": "1"}, True)])
async def test_numbers_in_the_words_are_covered_unless_it_is_the_own_one_and_opened(
        desk: Desk, village: Village, fields: dict[str, str], own: bool) -> None:
    wang = await village.neighbour("王桂香", WANG)
    await village.says(WANG, f"我的号是１４２ 0000 0001,老伴的{LI},家里0719-7229999,你们0719-7221234")
    page = await _open(desk, wang, **fields)
    assert ("我的号是１４２ 0000 0001," in page) == own
    assert ("我的号是142****0001," in page) != own
    assert "老伴的142****0002,家里071****9999,你们0719-7221234" in page  # the station's own is no secret
    assert LI not in page


async def test_codes_and_alarms_are_covered_or_left_out(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG)
    async with village.database.session() as db:
        await codes.ask(db, "+86" + WANG, address="192.0.2.1")
    code = await village.code(WANG)
    async with village.database.session() as db:
        await outbox.queue(db, to="+86" + WANG, text="李大山家里出事了", purpose=Purpose.ANSWER,
                           memory={outbox.ALARM: True})
    page = await _open(desk, wang)
    assert code not in page
    assert "******" in page
    assert "出事了" not in page


async def test_a_long_record_has_pages_on_the_screen_and_all_of_it_in_the_page(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG)
    async with village.database.session() as db:
        for number in range(65):
            await outbox.queue(db, to="+86" + WANG, text=f"第{number}条", purpose=Purpose.SERVICE, addressed=[wang.id])
    page = await _open(desk, wang)
    assert page.count('class="record-page"') == 3
    assert len(_entries(page)) == 65
    assert 'href="#record-3"' in page


async def test_the_residents_page_leads_there_and_shows_what_holds_by_purpose(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    here = f"/office/residents/{wang.id}"
    page = await desk.open(here)
    assert f'href="{here}/record"' in page
    await desk.send(f"{here}/consent", word="stopped", source="spoken", about=NOTICES)
    assert desk.path == f"{here}?said=noted"
    box = desk.page.split('id="consent"')[1].split("</section>")[0]
    assert "<b>岗位短信</b> · 今天同意接收" in box
    assert "<b>通知和调查</b> · 今天退订了" in box
    await desk.send(f"{here}/consent", word="stopped", source="spoken", about="everything")
    assert desk.status == 409
    assert 'id="about-wrong"' in desk.page
    [noted] = [one for one in await rows(village.database, select(Audit)) if one.verb == "record_consent"]
    assert noted.detail == {"word": "stopped", "source": "spoken", "about": NOTICES}


async def test_a_word_that_was_none_does_not_break_the_residents_page(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG)
    await village.says(WANG, "TD")
    async with village.database.session() as db:
        await consent.take_back(db, "+86" + WANG, before=None, by=village.boss)
    assert "没说过愿不愿意" in await desk.open(f"/office/residents/{wang.id}")


async def test_an_answer_of_staff_bears_their_name(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG)
    await village.says(WANG, "能带孙子去吗?")
    async with village.database.session() as db:
        [came] = await db.scalars(select(Inbound))
        talk = await conversations.load(db, came.id, village.second)
        await replies.answer(db, talk, "可以带", by=village.second)
    [answer] = [one for one in _entries(await _open(desk, wang)) if "可以带" in one]
    assert f"{village.second.name}拟写" in answer
