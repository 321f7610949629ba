"""What providers sent that nobody could read, and how texts leave: seen by whoever looks after all communities."""

from datetime import timedelta

from sqlalchemy import select

from app import clock
from app.db import Database
from app.sms import outbox
from app.sms.outbox import Message, Purpose
from app.staff.accounts import Officer
from app.staff.audit import Audit
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
