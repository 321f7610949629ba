"""After a bulk text, at a desk and without scripts: results, everybody, one person, what is done next, and when."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from app import clock
from app.calls.calls import Call, Why
from app.campaigns import export
from app.campaigns.campaigns import Campaign
from app.residents.residents import Resident
from app.settings import Settings
from app.sms.batches import Batch, State
from app.sms.outbox import Message, Status
from app.sms.replies import Reply
from app.staff.accounts import Officer
from app.staff.audit import Audit
from tests.campaigns.acts import drafted, handed_in
from tests.conftest import PLAIN
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

WANG, LI = "14200000001", "14200000002"


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, approval_above=30, quiet_hours=None)


@pytest.fixture
async def sent(village: Village) -> Campaign:
    """Wang has it and answered, Li did not get it, Zhao has no phone."""
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.neighbour("李大山", LI, agreed=True)
    await village.neighbour("赵四")
    campaign = await drafted(village)
    await handed_in(village, campaign)
    async with village.database.session() as db:
        await db.execute(update(Message).where(Message.phone == "+86" + WANG).values(status=Status.DELIVERED))
        await db.execute(update(Message).where(Message.phone == "+86" + LI).values(
            status=Status.FAILED, reason="off"))
    await village.says(WANG, "3")
    return campaign


def plain(page: str) -> str:
    """What stands on the page, without tags and blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_results_by_building_and_by_answer(desk: Desk, sent: Campaign) -> None:
    await desk.open(f"/office/campaigns/{sent.id}/results")
    said = plain(desk.page)
    assert "1 人手机已收到" in said
    assert re.search(r"3 暂不 1 50\.0%", said)
    assert re.search(r"没有按数字回答 1 50\.0%", said)
    assert re.search(r"1栋 2 1 1 – – 1", said)
    assert WANG not in desk.page
    assert "王桂香" not in desk.page


async def test_everybody_and_one_of_them(desk: Desk, sent: Campaign) -> None:
    here = f"/office/campaigns/{sent.id}/people"
    await desk.open(here)
    assert "2个人" in desk.page
    await desk.open(f"{here}?state=failed")
    assert "1个人" in desk.page
    assert "李*山" in desk.page
    assert "手机关机" in desk.page
    assert "王*香" not in desk.page
    await desk.open(f"{here}?choice=3&state=nonsense&building=x")
    found = re.search(rf'href="({here}/\d+)"', desk.page)
    assert found
    await desk.open(found[1])
    said = plain(desk.page)
    assert "王*香" in said
    assert "回答 3 暂不" in said
    assert "“春季调查”是发给您这样的居民的" in said
    await desk.open(f"{here}/999999")
    assert desk.status == 404


async def test_the_list_comes_alone_for_htmx(desk: Desk, sent: Campaign) -> None:
    answer = await desk.client.get(f"/office/campaigns/{sent.id}/people?state=failed", headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<div id="list">')


async def test_a_draft_for_those_who_did_not_get_it(desk: Desk, sent: Campaign, village: Village) -> None:
    await desk.open(f"/office/campaigns/{sent.id}/results")
    await desk.send(f"/office/campaigns/{sent.id}/resend", rest="failed")
    assert desk.path == f"/office/campaigns/{sent.id + 1}/whom"
    assert "没送到的" in desk.page
    assert "1 <small>人会收到" in desk.page
    await desk.open(f"/office/campaigns/{sent.id}/results")
    for rest, status in (("corrected", 409), ("unknown", 409), ("everybody", 409)):
        await desk.send(f"/office/campaigns/{sent.id}/resend", rest=rest)
        assert desk.status == status


async def test_those_without_a_phone_are_called_on_by_their_head(desk: Desk, sent: Campaign, head: Officer,
                                                                 village: Village) -> None:
    await desk.open(f"/office/campaigns/{sent.id}/results")
    await desk.send(f"/office/campaigns/{sent.id}/calls", rest="no_phone")
    assert "电话任务已派好" in desk.page
    await desk.send(f"/office/campaigns/{sent.id}/calls", rest="no_phone")
    assert desk.status == 409
    await desk.log_in("head")
    await desk.open("/office/calls")
    assert "赵四" in desk.page
    [call] = await rows(village.database, select(Call))
    await desk.send(f"/office/calls/{call.id}/done", choice="1", result="儿子代答")
    [reply] = [one for one in await rows(village.database, select(Reply)) if one.resident_id == call.resident_id]
    assert (reply.choice, reply.officer_id) == (1, head.id)
    await desk.open(f"/office/campaigns/{sent.id}/results")
    assert desk.status == 403  # a head has no bulk texts


async def test_an_export_is_noted(desk: Desk, sent: Campaign, village: Village) -> None:
    await desk.open(f"/office/campaigns/{sent.id}/results")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', desk.page)
    assert token
    answer = await desk.client.post(f"/office/campaigns/{sent.id}/export", data={"_csrf_token": token[1]})
    sheet = load_workbook(io.BytesIO(answer.content), read_only=True).active
    assert sheet
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "王*香" in cells
    assert "142****0001" in cells
    assert WANG not in cells
    assert [one.detail for one in await rows(village.database, select(Audit).where(
        Audit.verb == "export_campaign"))] == [
        {"people": 2, "whole": False, "state": "", "choice": None, "area": None}]


async def _export(desk: Desk, campaign: Campaign, **fields: str) -> Any:
    return await desk.client.post(f"/office/campaigns/{campaign.id}/export", data={**desk.token(), **fields})


async def test_whole_names_take_a_reason_that_is_noted_with_what_was_chosen(desk: Desk, sent: Campaign,
                                                                            village: Village) -> None:
    await desk.open(f"/office/campaigns/{sent.id}/people?state=failed&building={village.building.id}")
    assert '<input type="hidden" name="state" value="failed">' in desk.page
    assert f'<input type="hidden" name="building" value="{village.building.id}">' in desk.page
    chosen = {"state": "failed", "choice": "0", "building": str(village.building.id), "whole": "1"}
    refused = await _export(desk, sent, **chosen, reason="看看")
    assert refused.status_code == 409
    assert 'id="reason-wrong"' in refused.text
    assert 'name="state" value="failed"' in refused.text
    assert "李*山" in refused.text
    assert await rows(village.database, select(Audit).where(Audit.verb == "export_campaign")) == []
    made = await _export(desk, sent, **chosen, reason=f"上门走访李大山 {LI}")
    sheet = load_workbook(io.BytesIO(made.content), read_only=True).active
    assert sheet
    assert [row[1:3] for row in sheet.iter_rows(min_row=3, values_only=True)] == [("李大山", LI)]
    [noted] = await rows(village.database, select(Audit).where(Audit.verb == "export_campaign"))
    assert noted.detail == {"people": 1, "whole": True, "state": "failed", "choice": 0, "area": village.building.id,
                            "reason": "上门走访李*山 142****0002"}


async def test_too_many_people_are_refused_where_fewer_can_be_chosen(desk: Desk, sent: Campaign, village: Village,
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST", 1)
    await desk.open(f"/office/campaigns/{sent.id}/results")
    refused = await _export(desk, sent)
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    assert "请先选一栋楼" in refused.text
    assert f'<option value="{village.building.id}"' in refused.text
    assert (await _export(desk, sent, state="failed")).status_code == 200


async def test_a_clerk_is_offered_no_whole_names(desk: Desk, sent: Campaign, clerk: Officer) -> None:
    await desk.log_in("clerk")
    await desk.open(f"/office/campaigns/{sent.id}/people")
    assert 'name="whole"' not in desk.page
    assert 'name="reason"' not in desk.page
    assert (await _export(desk, sent, whole="1", reason="上门走访居民")).status_code == 409


async def test_who_moved_away_is_a_number_without_a_name(desk: Desk, sent: Campaign, elsewhere: Village) -> None:
    [wang] = await rows(elsewhere.database, select(Resident).where(Resident.name == "王桂香"))
    async with elsewhere.database.session() as db:
        await db.execute(update(Resident).where(Resident.id == wang.id).values(area_id=elsewhere.building.id))
    await desk.open(f"/office/campaigns/{sent.id}/results")
    assert re.search(r"已搬走 1 1 – – – 1", plain(desk.page))
    assert f"building={elsewhere.building.id}" not in desk.page
    await desk.open(f"/office/campaigns/{sent.id}/people")
    assert "王*香" not in desk.page
    assert "另有1人后来搬走了" in desk.page
    await desk.open(f"/office/campaigns/{sent.id}/people/{wang.id}")
    assert desk.status == 404


async def test_what_came_of_a_call_is_shown_without_numbers(desk: Desk, sent: Campaign, village: Village) -> None:
    [wang] = await rows(village.database, select(Resident).where(Resident.name == "王桂香"))
    here = f"/office/campaigns/{sent.id}/people"
    async with village.database.session() as db:
        batch = (await db.scalars(select(Batch))).one()
        db.add(Call(area_id=wang.area_id, resident_id=wang.id, phone=wang.phone, why=Why.CAMPAIGN, batch_id=batch.id))
    await desk.open(here)
    assert "电话：还没打" in desk.page
    async with village.database.session() as db:
        await db.execute(update(Call).values(done_at=clock.now(), result=f"打{LI}找儿子"))
    for page in (here, f"{here}/{wang.id}"):
        assert "打142****0002找儿子" in await desk.open(page)
        assert LI not in desk.page
    await desk.open(here)
    assert "电话：已打" in desk.page


async def test_when_it_leaves_is_chosen_and_estimated(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG, agreed=True)
    campaign = await drafted(village)
    here = f"/office/campaigns/{campaign.id}"
    await desk.open(f"{here}/when")
    assert "一分钟内" in desk.page
    await desk.send(f"{here}/estimate", start="later", day="2999-01-01", hour="09:00")
    assert desk.status == 200
    await desk.open(f"{here}/when")
    for fields, said in (({"start": "later", "day": "2020-01-01", "hour": "09:00"}, "这个时间已经过了"),
                         ({"start": "later", "day": "2999-01-01", "hour": "09:00"}, "请选60天以内的时间"),
                         ({"start": "later", "day": "", "hour": "09:00"}, "请选日期"),
                         ({"start": "now", "spread": "99"}, "请填0到12的整数")):
        await desk.send(f"{here}/when", **fields)
        assert desk.status == 409, fields
        assert said in desk.page, fields
    await desk.send(f"{here}/when", start="now", spread="3")
    assert desk.path == f"{here}/check"
    assert "分3小时发完" in desk.page
    await desk.send(f"{here}/send")
    [batch] = await rows(village.database, select(Batch))
    assert (batch.spread_minutes, batch.state) == (180, State.QUEUED)


async def test_why_it_paused_by_itself_stands_on_the_page(desk: Desk, sent: Campaign, village: Village) -> None:
    async with village.database.session() as db:
        await db.execute(update(Batch).values(state=State.PAUSED, trouble="account"))
    await desk.open(f"/office/campaigns/{sent.id}")
    assert "已自动暂停" in desk.page
    assert "本站在运营商的账户有问题" in desk.page
    await desk.send(f"/office/campaigns/{sent.id}/resume")
    assert "已自动暂停" not in desk.page
