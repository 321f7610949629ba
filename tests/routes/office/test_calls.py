"""Call tasks on the page."""

from sqlalchemy import select

from app.calls import calls
from app.calls.calls import Call, Why
from app.staff.audit import Audit
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

WANG, STRANGER = "14200000001", "14200000009"


async def test_a_call_is_made_and_noted(desk: Desk, village: Village, head: object) -> None:
    wang = await village.neighbour("王桂香", WANG)
    async with village.database.session() as db:
        call = await calls.ask(db, Why.ASKED, phone="+86" + WANG, resident=wang, said="号420304195601010005")
    await desk.log_in("head")
    page = await desk.open("/office/calls")
    assert "要回电话" in page
    assert "4203**********0005" in page
    assert WANG not in page
    assert f"tel:{WANG}" in await desk.send(f"/office/calls/{call.id}/phone")
    await desk.open("/office/calls")
    page = await desk.send(f"/office/calls/{call.id}/done", result="明天来登记")
    assert "没有人在等电话" in page
    assert "明天来登记" in await desk.open("/office/calls?show=done")
    assert {one.verb for one in await rows(village.database, select(Audit))} >= {"open_phone", "call_done"}


async def test_a_stranger_of_no_area_is_the_stations_and_no_heads(desk: Desk, village: Village, head: object) -> None:
    async with village.database.session() as db:
        call = Call(phone="+86" + STRANGER, why=Why.UNKNOWN_PHONE, said="报名 10")
        db.add(call)
    assert "报名 10" in await desk.open("/office/calls")
    await desk.log_in("head")
    assert "报名 10" not in await desk.open("/office/calls")
    await desk.send(f"/office/calls/{call.id}/phone")
    assert desk.status == 404


async def test_another_communitys_calls_do_not_exist(desk: Desk, village: Village, elsewhere: Village) -> None:
    far = await elsewhere.neighbour("王远方", WANG)
    async with village.database.session() as db:
        call = await calls.ask(db, Why.ASKED, resident=far)
    assert "王远方" not in await desk.open("/office/calls")
    await desk.send(f"/office/calls/{call.id}/done", result="x")
    assert desk.status == 404
    assert [one.done_at for one in await rows(village.database, select(Call))] == [None]


async def test_what_two_officers_note_of_one_call_is_not_lost(desk: Desk, village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG)
    async with village.database.session() as db:
        call = await calls.ask(db, Why.ASKED, resident=wang)
    await desk.open("/office/calls")
    async with village.database.session() as db:
        await calls.done(db, await db.get_one(Call, call.id), result="明天来登记", by=village.second)
    page = await desk.send(f"/office/calls/{call.id}/done", result="没人接")
    assert desk.status == 409
    assert "已经有人打过并记下了：明天来登记" in page
    [kept] = await rows(village.database, select(Call))
    assert (kept.result, kept.done_by_id) == ("明天来登记", village.second.id)
