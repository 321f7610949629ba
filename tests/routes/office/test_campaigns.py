"""Bulk texts at a desk: whom, what, check, send, approve, watch; without scripts."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.audience.audiences import SavedAudience
from app.campaigns.campaigns import Campaign
from app.settings import Settings
from app.sms.batches import Batch, State
from app.sms.outbox import Message, Status
from tests.campaigns.acts import drafted, handed_in
from tests.conftest import PLAIN
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

WANG, LI = "14200000001", "14200000002"


@pytest.fixture
def settings() -> Settings:
    """Two texts are many here."""
    return replace(PLAIN, approval_above=1, quiet_hours=None)


@pytest.fixture
async def two(village: Village) -> Village:
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.neighbour("李大山", LI, agreed=True, sex="male")
    await village.neighbour("赵四")
    return village


async def _begun(desk: Desk, village: Village) -> Campaign:
    await desk.open("/office/campaigns")
    await desk.send("/office/campaigns", title="节后调查", kind="survey")
    campaign: Campaign
    [campaign] = await rows(village.database, select(Campaign))
    assert desk.path == f"/office/campaigns/{campaign.id}/whom"
    return campaign


async def test_from_idea_to_texts(desk: Desk, two: Village) -> None:
    campaign = await _begun(desk, two)
    here = f"/office/campaigns/{campaign.id}"
    assert "2 <small>人会收到" in desk.page
    assert "没有手机" in desk.page
    await desk.send(f"{here}/whom", work=["seeking"], age_from="16", name="找活的人")
    assert desk.path == f"{here}/what"
    assert [one.name for one in await rows(two.database, select(SavedAudience))] == ["找活的人"]
    await desk.send(f"{here}/what", text="{姓名}您好,想干活吗?回1想 2不想")
    assert desk.path == f"{here}/when"
    assert "一分钟内" in desk.page
    await desk.send(f"{here}/when", start="now", spread="0")
    assert desk.path == f"{here}/check"
    assert "青龙泉社区的居民，16岁及以上，在找活" in desk.page
    assert "王桂香您好" in desk.page
    assert "王*香" in desk.page
    assert WANG not in desk.page
    assert "0.1元" in desk.page
    await desk.send(f"{here}/send")
    assert desk.path == here
    assert "一条都还没发" in desk.page
    assert await rows(two.database, select(Message)) == []
    await desk.send(f"{here}/approve")
    assert desk.status == 409

    await desk.log_in(two.second.username)
    [batch] = await rows(two.database, select(Batch))
    await desk.open(f"/office/batches/{batch.id}")
    assert desk.path == here
    await desk.send(f"{here}/approve")
    assert [one.body for one in await rows(two.database, select(Message).order_by(Message.phone))] == [
        "【青龙泉就业站】王桂香您好,想干活吗?回1想 2不想", "【青龙泉就业站】李大山您好,想干活吗?回1想 2不想"]
    await desk.send(f"{here}/pause")
    assert "继续发" in desk.page
    await desk.send(f"{here}/resume")
    await desk.send(f"{here}/stop")
    assert [one.status for one in await rows(two.database, select(Message))] == [Status.WITHDRAWN] * 2
    assert "工作人员停止" in desk.page
    await desk.send(f"{here}/again")
    assert desk.path == f"/office/campaigns/{campaign.id + 1}/whom"
    assert 'value="16"' in desk.page


async def test_the_count_follows_the_form(desk: Desk, two: Village) -> None:
    campaign = await _begun(desk, two)
    await desk.send(f"/office/campaigns/{campaign.id}/count", sex="male")
    assert desk.page.lstrip().startswith('<p class="big-number">1')
    assert "男" in desk.page
    await desk.open(f"/office/campaigns/{campaign.id}/whom")
    await desk.send(f"/office/campaigns/{campaign.id}/count", sex="male", areas=[str(two.building.id)])
    assert "1栋的居民，男" in desk.page


async def test_a_wrong_age_is_said_and_nothing_is_lost(desk: Desk, two: Village) -> None:
    campaign = await _begun(desk, two)
    await desk.send(f"/office/campaigns/{campaign.id}/whom", age_from="60", age_to="45", sex="male")
    assert desk.status == 409
    assert "起始年龄比截止年龄大" in desk.page
    assert 'value="60"' in desk.page
    assert '<option value="male" selected>' in desk.page


async def test_length_and_price_follow_what_is_typed(desk: Desk, two: Village) -> None:
    campaign = await _begun(desk, two)
    for text, said in (("{姓名}" + "字" * 59, ("每条都刚好用满", "王桂香", "0.1 <small>元")),
                       ("{姓名}" + "字" * 60, ("再少1个字", "0.2 <small>元")), ("{生日}", ("没有{生日}这个占位词",))):
        await desk.open(f"/office/campaigns/{campaign.id}/what")
        await desk.send(f"/office/campaigns/{campaign.id}/length", text=text)
        for words in said:
            assert words in desk.page, text


async def test_an_unknown_placeholder_stays_on_the_page(desk: Desk, two: Village) -> None:
    campaign = await _begun(desk, two)
    await desk.open(f"/office/campaigns/{campaign.id}/what")
    await desk.send(f"/office/campaigns/{campaign.id}/what", text="{生日}快乐")
    assert desk.status == 409
    assert "没有{生日}这个占位词" in desk.page
    assert "{生日}快乐</textarea>" in desk.page


async def test_the_same_text_again_asks_first(desk: Desk, two: Village) -> None:
    await handed_in(two, await drafted(two, "想干活吗"))
    again = await drafted(two, "想干活吗", title="再来")
    await desk.open(f"/office/campaigns/{again.id}/check")
    await desk.send(f"/office/campaigns/{again.id}/send")
    assert desk.status == 409
    assert "同样的短信再发一次" in desk.page
    await desk.send(f"/office/campaigns/{again.id}/send", sure="1")
    assert desk.path == f"/office/campaigns/{again.id}"


async def test_the_moving_part_comes_alone(desk: Desk, two: Village) -> None:
    campaign = await drafted(two)
    await handed_in(two, campaign)
    answer = await desk.client.get(f"/office/campaigns/{campaign.id}", headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<div id="live"')
    assert "every 2s" in answer.text


async def test_another_communitys_campaign_does_not_exist(desk: Desk, two: Village, elsewhere: Village) -> None:
    campaign = await drafted(elsewhere)
    await elsewhere.neighbour("孙一", "14200000003", agreed=True)
    await handed_in(elsewhere, campaign)
    for page in ("", "/whom", "/what", "/check"):
        await desk.open(f"/office/campaigns/{campaign.id}{page}")
        assert desk.status == 404
    await desk.open("/office/campaigns")
    assert "春季调查" not in desk.page
    for deed in ("send", "pause", "stop", "again", "approve", "refuse", "count", "length"):
        await desk.open("/office/password")
        await desk.send(f"/office/campaigns/{campaign.id}/{deed}")
        assert desk.status == 404, deed
    [batch] = await rows(two.database, select(Batch))
    assert batch.state == State.QUEUED


async def test_a_head_has_no_bulk_texts(desk: Desk, two: Village, head: object) -> None:
    await desk.log_in("head")
    assert "/office/campaigns" not in desk.page
    await desk.open("/office/campaigns")
    assert desk.status == 403
    assert not re.search("王桂香|李大山", desk.page)
