"""What providers sent that nobody could read, and how texts leave: seen by whoever looks after all communities."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock
from app.db import Database
from app.sms import breaker, outbox
from app.sms.breaker import Standing
from app.sms.outbox import Attempt, Message, Purpose, Status
from app.staff.accounts import Officer
from app.staff.audit import Audit
from app.watch import inspections
from app.watch.stalls import Stall
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

WANG = "14200000001"


async def _garbled(desk: Desk) -> None:
    """A carrier's call that cannot be read."""
    answer = await desk.client.post("/gateway/simulator/reply", content=f'{{"from": "{WANG}", "text": 420304}}')
    assert answer.status_code == 400


async def _text(database: Database, village: Village, *, ago: timedelta = timedelta(0)) -> None:
    async with database.session() as db:
        message = await outbox.queue(db, to="+86" + WANG, text="您好", purpose=Purpose.SERVICE, area_id=village.area.id)
        message.created_at = clock.now() - ago


async def test_what_could_not_be_read_is_listed_and_opened_on_demand(desk: Desk, village: Village) -> None:
    assert "都读懂了" in await desk.open("/office/carriers")
    await _garbled(desk)
    page = await desk.open("/office/carriers")
    assert "text is missing or not a text" in page
    assert WANG not in page
    assert "420304" not in page
    page = await desk.send("/office/carriers/1/raw")
    assert WANG in page
    noted = await rows(village.database, select(Audit).where(Audit.verb == "open_raw_call"))
    assert [(one.subject, one.subject_id, one.officer_id) for one in noted] == [
        ("unreadable_call", 1, village.boss.id)]
    assert WANG not in str(noted[0].detail)


async def test_the_texts_of_the_last_day_are_counted_by_what_became_of_them(desk: Desk, village: Village) -> None:
    assert "没有。" in await desk.open("/office/carriers")
    await _text(village.database, village, ago=timedelta(hours=25))
    assert "没有。" in await desk.open("/office/carriers")
    await _text(village.database, village)
    await _text(village.database, village)
    assert '待发</dt><dd class="number">2</dd>' in await desk.open("/office/carriers")
    assert len(await rows(village.database, select(Message))) == 3


async def test_of_several_communities_each_sees_its_own_texts_and_nobodys_calls(
        desk: Desk, village: Village, elsewhere: Village) -> None:
    await _garbled(desk)
    await _text(village.database, village)
    await _text(village.database, elsewhere)
    page = await desk.open("/office/carriers")
    assert '待发</dt><dd class="number">1</dd>' in page
    assert "只有管全部社区的人能看" in page
    await desk.send("/office/carriers/1/raw")
    assert desk.status == 404


async def test_clerks_and_heads_are_not_led_there(desk: Desk, village: Village, clerk: Officer) -> None:
    assert 'href="/office/carriers"' in await desk.open("/office/")
    await desk.log_in(clerk.username)
    assert 'href="/office/carriers"' not in await desk.open("/office/")
    await desk.open("/office/carriers")
    assert desk.status == 403


async def _left(village: Village, states: Sequence[Status], *, at: datetime | None = None, reason: str = "") -> None:
    """Texts that left at that moment and have become this."""
    at = at or clock.now()
    async with village.database.session() as db:
        for state in states:
            message = await outbox.queue(db, to="+86" + WANG, text="您好", purpose=Purpose.SERVICE,
                                         area_id=village.area.id)
            message.status, message.attempts, message.sent_at, message.reason = state, 1, at, reason
            message.ended_at = at if state in (Status.DELIVERED, Status.FAILED) else None
            db.add(Attempt(message_id=message.id, number=1, at=at, outcome="accepted"))


async def test_the_last_day_is_told_in_words_as_bars_and_as_a_table(desk: Desk, village: Village) -> None:
    assert "最近 24 小时没有发出短信" in await desk.open("/office/carriers")
    now = clock.now()
    await _left(village, [Status.DELIVERED] * 3, at=now)
    await _left(village, [Status.FAILED, Status.UNKNOWN], at=now - timedelta(hours=5))
    await _left(village, [Status.DELIVERED], at=now - timedelta(hours=25))
    page = await desk.open("/office/carriers")
    assert "发出5条：3条已送达，1条没送到，1条不清楚，0条在路上。" in page
    assert '<i class="delivered" style="height:100.0%"></i>' in page
    assert '<i class="failed" style="height:33.33%"></i>' in page
    hour = clock.local(now - timedelta(hours=5)).strftime("%H:00")
    assert f"{hour}</th>" in page
    page = await desk.open("/office/carriers?lang=en")
    assert "5 texts left: 3 arrived, 1 did not arrive, of 1 it is not known, 0 are with the carrier." in page


async def test_a_text_that_was_tried_twice_left_once(desk: Desk, village: Village) -> None:
    await _left(village, [Status.DELIVERED])
    async with village.database.session() as db:
        message = (await db.scalars(select(Message))).one()
        message.attempts = 2
        db.add(Attempt(message_id=message.id, number=2, at=clock.now(), outcome="accepted"))
    assert "发出1条：1条已送达" in await desk.open("/office/carriers")


async def test_what_waits_is_told_by_gateway_with_its_age(desk: Desk, village: Village) -> None:
    page = await desk.open("/office/carriers")
    assert page.count("没有等着的") == 3
    async with village.database.session() as db:
        message = await outbox.queue(db, to="+86" + WANG, text="您好", purpose=Purpose.ANSWER)
        message.next_at = clock.now() - timedelta(minutes=7, seconds=30)
    page = await desk.open("/office/carriers")
    assert "1条现在就该发，最久的等了7分钟" in page
    assert page.count("没有等着的") == 2


async def test_why_texts_did_not_arrive_is_told_in_plain_words(desk: Desk, village: Village) -> None:
    await _left(village, [Status.FAILED] * 2, reason="no_such_number")
    await _left(village, [Status.FAILED], reason="off", at=clock.now() - timedelta(hours=2))
    page = await desk.open("/office/carriers?lang=en")
    assert '<span>no such number</span><b class="number">2</b>' in page
    assert "phone off or out of reach" not in page


async def test_what_the_nightly_look_found_is_shown(desk: Desk, village: Village) -> None:
    assert "还没有查过" in await desk.open("/office/carriers")
    await inspections.by_hand(village.database)
    assert "都对得上" in await desk.open("/office/carriers")
    await _left(village, [Status.ACCEPTED], at=clock.now() - timedelta(hours=80))
    await inspections.by_hand(village.database)
    page = await desk.open("/office/carriers")
    assert "1条短信三天都没有结果，现在记为不清楚。" in page
    assert "已改正" in page


async def _answer_stands(village: Village) -> None:
    async with village.database.session() as db:
        message = await outbox.queue(db, to="+86" + WANG, text="您好", purpose=Purpose.ANSWER)
        message.next_at = clock.now() - timedelta(minutes=9)


async def test_a_stall_stands_at_the_top_also_where_nobody_walks_the_round(desk: Desk, village: Village) -> None:
    await _answer_stands(village)
    page = await desk.open("/office/carriers?lang=en")
    assert "Answers have not been leaving since" in page
    assert "Nobody has been told by text" in page
    async with village.database.session() as db:
        db.add(Stall(kind="answers", began_at=clock.now(), seen_at=clock.now(), told=2))
    assert "2 phones of administrators were told." in await desk.open("/office/carriers")
    async with village.database.session() as db:
        (await db.scalars(select(Message))).one().status = Status.ACCEPTED
    assert "have not been leaving" not in await desk.open("/office/carriers")


async def test_figures_of_the_whole_are_for_whoever_oversees_all(
        desk: Desk, village: Village, elsewhere: Village) -> None:
    await _left(village, [Status.DELIVERED])
    await _left(elsewhere, [Status.FAILED], reason="off")
    await _answer_stands(village)
    page = await desk.open("/office/carriers?lang=en")
    assert "1 texts left: 1 arrived, 0 did not arrive" in page
    for whole in ("What waits", "The nightly look", "have not been leaving", "phone off or out of reach"):
        assert whole not in page
    await desk.log_in(elsewhere.boss.username)
    page = await desk.open("/office/carriers?lang=en")
    assert "1 texts left: 0 arrived, 1 did not arrive" in page
    assert "phone off or out of reach" in page


async def _gateway(village: Village, state: breaker.State = breaker.State.WORKING) -> None:
    async with village.database.session() as db:
        db.add(Standing(name="simulator", state=state, why=breaker.Why.ACCOUNT if state != "working" else "",
                        retry_at=clock.now() + timedelta(minutes=5) if state != "working" else None))


async def _now(village: Village) -> Standing:
    found: list[Standing] = list(await rows(village.database, select(Standing)))
    return found[0]


async def test_a_gateway_is_taken_out_and_let_go_on_and_both_are_noted(desk: Desk, village: Village) -> None:
    await _gateway(village)
    await desk.open("/office/carriers")
    page = await desk.send("/office/carriers/gateways/simulator/rest")
    assert "通道 simulator 从" in page
    assert "短信先等着，通了再发，一条也不会丢。" in page
    assert "停用了它" in page
    assert ((now := await _now(village)).state, now.why, now.retry_at) == ("resting", "staff", None)
    page = await desk.send("/office/carriers/gateways/simulator/try")
    assert "让它马上再试" in page
    retry_at = (await _now(village)).retry_at
    assert retry_at is not None
    assert retry_at <= clock.now()
    noted = await rows(village.database, select(Audit).where(Audit.verb.in_(("rest_gateway", "try_gateway"))))
    assert [(one.verb, one.officer_id, one.detail) for one in noted] == [
        ("rest_gateway", village.boss.id, {"gateway": "simulator"}),
        ("try_gateway", village.boss.id, {"gateway": "simulator"})]


async def test_pressed_twice_or_at_nothing_it_is_said_in_a_sentence(desk: Desk, village: Village) -> None:
    await _gateway(village)
    await desk.open("/office/carriers")
    assert "它是正常的，不用试。" in await desk.send("/office/carriers/gateways/simulator/try")
    assert desk.status == 409
    await desk.send("/office/carriers/gateways/simulator/rest")
    assert "它已经停用了。" in await desk.send("/office/carriers/gateways/simulator/rest")
    assert "没有这条通道。" in await desk.send("/office/carriers/gateways/pigeon/rest")


async def test_who_looks_after_one_community_of_several_decides_nothing_of_gateways(
        desk: Desk, village: Village, elsewhere: Village) -> None:
    await _gateway(village, breaker.State.RESTING)
    page = await desk.open("/office/carriers")
    assert "现在就试" not in page
    assert "账户、余额或设置有问题" in page  # but why texts wait is told
    assert "要由管全部社区的人来定" in await desk.send("/office/carriers/gateways/simulator/try")
    assert desk.status == 409
