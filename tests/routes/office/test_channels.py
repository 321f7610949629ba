"""One message, many channels, at a desk: print it, read it out, note what hangs where; without scripts."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from app import clock
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.channels import ChannelPost
from app.org import areas
from app.org.areas import Area, Level
from app.settings import Settings
from app.staff import accounts
from app.staff.accounts import Officer
from app.staff.audit import Audit
from tests.campaigns.acts import drafted, handed_in
from tests.conftest import PLAIN
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

WANG, ZHAO = "14200000001", "14200000002"
PRINTED = ("poster", "sheets", "loudspeaker", "group")


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, quiet_hours=None, public_url="http://jobs.example")


@pytest.fixture
async def campaign(village: Village) -> Campaign:
    """A draft about a job, meant for six people of one building; two of them no text reaches."""
    for number in range(4):
        await village.neighbour(f"孙小{number}", f"1420000010{number}", agreed=True)
    await village.neighbour("王桂香")
    await village.neighbour("赵大妈", ZHAO, agreed=True, wrong_phone_at=clock.now())
    job = await village.job()
    return await drafted(village, "{楼栋}的{姓名}:{编号}号{活},{地点}", kind=Kind.MOBILISE, listing_id=job.id,
                         title="秋收动员")


def _form(village: Village, campaign: Campaign, shown: str, **fields: str) -> dict[str, str]:
    day, hour = (re.search(rf'name="{name}"[^>]* value="([^"]+)"', shown) for name in ("day", "hour"))
    assert day
    assert hour
    return {"campaign_id": str(campaign.id), "channel": "sheet", "area_id": str(village.building.id), "day": day[1],
            "hour": hour[1], **fields}


async def test_everything_to_be_printed_opens_and_names_nobody(desk: Desk, village: Village,
                                                               campaign: Campaign) -> None:
    here = f"/office/campaigns/{campaign.id}/channels"
    await desk.open(here)
    assert "1栋" in desk.page
    assert "6</td>" in desk.page.replace("\n", "")
    for name in PRINTED:
        await desk.open(f"{here}/{name}")
        assert desk.status == 200, name
        assert "香菇分拣" in desk.page, name
        assert "居民朋友" in desk.page, name
        assert '<html lang="zh-Hans">' in desk.page
        for personal in ("王桂香", "赵大妈", "孙小", ZHAO, "1420000010", "138****", "{姓名}", "{楼栋}"):
            assert personal not in desk.page, (name, personal)


async def test_a_poster_has_number_code_and_telephone(desk: Desk, campaign: Campaign) -> None:
    await desk.open(f"/office/campaigns/{campaign.id}/channels/poster")
    assert '<b class="huge">10</b>' in desk.page
    assert "<title>http://jobs.example/jobs/10?area=demo</title><path" in desk.page
    for said in ("出去干活，欢迎报名", "发短信回这个号", "0719-7221234", "发布日期", "80元/天"):
        assert said in desk.page


async def test_a_sheet_for_each_building_with_its_count(desk: Desk, village: Village, campaign: Campaign) -> None:
    async with village.database.session() as db:
        other = await areas.add(db, level=Level.BUILDING, code="demo-2", name="2栋", parent=village.area)
    await village.neighbour("周二", area_id=other.id)
    here = f"/office/campaigns/{campaign.id}/channels/sheets"
    await desk.open(here)
    assert desk.page.count("<article") == 2
    assert "本楼6人" in desk.page
    assert "1栋的居民朋友:10号" in desk.page
    assert "本楼不到5人" in desk.page  # neighbours read it, and would know who the one is
    await desk.open(f"{here}?building={other.id}")
    assert desk.page.count("<article") == 1
    for wrong in (village.area.id, "x", "9" * 30, 10**9):
        await desk.open(f"{here}?building={wrong}")
        assert desk.status == 404, wrong


async def test_a_draft_without_words_is_refused_in_one_sentence(desk: Desk, village: Village) -> None:
    empty = await drafted(village, "")
    for name in ("", *(f"/{one}" for one in (*PRINTED, "calls"))):
        await desk.open(f"/office/campaigns/{empty.id}/channels{name}")
        assert desk.status == 409
        assert "还没有内容" in desk.page


async def test_the_call_list_is_masked_until_somebody_asks_for_names(desk: Desk, village: Village,
                                                                     campaign: Campaign) -> None:
    here = f"/office/campaigns/{campaign.id}/channels/calls"
    await desk.open(here)
    assert "王*香" in desk.page
    assert "王桂香" not in desk.page
    assert ZHAO not in desk.page
    assert "号码不对" in desk.page
    assert "要，给我报名" in desk.page
    assert await rows(village.database, select(Audit).where(Audit.verb == "print_call_list")) == []
    assert "门牌" not in desk.page
    assert "用后销毁" not in desk.page
    await desk.send(here, reason="看看")
    assert desk.status == 409
    assert "王桂香" not in desk.page
    assert 'value="看看"' in desk.page
    await desk.send(here, reason="上门告诉王桂香停水")
    assert "王桂香" in desk.page
    assert ZHAO not in desk.page
    assert "门牌" in desk.page
    assert f"{village.boss.name}于" in desk.page
    assert "打印，只供本次上门使用，用后销毁" in desk.page
    [row] = await rows(village.database, select(Audit).where(Audit.verb == "print_call_list"))
    assert row.detail == {"people": 2, "building": None, "reason": "上门告诉王*香停水"}


async def test_a_clerk_takes_whole_names_of_one_building_at_a_time(desk: Desk, village: Village, campaign: Campaign,
                                                                  clerk: Officer) -> None:
    here = f"/office/campaigns/{campaign.id}/channels/calls"
    await desk.log_in("clerk")
    await desk.open("/office/residents")  # a form whose token is used below
    await desk.send(here, reason="上门告诉停水")
    assert desk.status == 409
    assert "王桂香" not in desk.page
    await desk.open(here)
    assert 'name="reason"' not in desk.page
    assert f'href="?building={village.building.id}"' in desk.page
    await desk.open(f"{here}?building={village.building.id}")
    await desk.send(f"{here}?building={village.building.id}", reason="上门告诉停水")
    assert "王桂香" in desk.page
    [row] = await rows(village.database, select(Audit).where(Audit.verb == "print_call_list"))
    assert (row.officer_id, row.detail["building"]) == (clerk.id, village.building.id)


async def test_an_officer_of_another_community_finds_nothing(desk: Desk, elsewhere: Village, village: Village,
                                                             campaign: Campaign) -> None:
    await desk.open(f"/office/campaigns/{campaign.id}/channels")
    form = _form(village, campaign, desk.page)
    await desk.send("/office/postings", **form)
    [noted] = await rows(village.database, select(ChannelPost))
    await desk.log_in(elsewhere.boss.username)
    for name in ("", *(f"/{one}" for one in (*PRINTED, "calls"))):
        await desk.open(f"/office/campaigns/{campaign.id}/channels{name}")
        assert desk.status == 404, name
    for action, fields in ((f"/office/campaigns/{campaign.id}/channels/calls", {}), ("/office/postings", form),
                           (f"/office/postings/{noted.id}/down", {})):
        await desk.open("/office/password")
        await desk.send(action, **fields)
        assert desk.status == 404, action
    [noted] = await rows(village.database, select(ChannelPost))
    assert noted.taken_down_at is None


async def test_a_posting_is_noted_shown_and_taken_down(desk: Desk, village: Village, campaign: Campaign) -> None:
    here = f"/office/campaigns/{campaign.id}/channels"
    await desk.open(here)
    assert "还没有登记" in desk.page
    await desk.send("/office/postings", **_form(village, campaign, desk.page, page="channels", place="1单元门口"))
    assert desk.path == f"{here}?said=noted"
    assert "1栋 · 1单元门口" in desk.page
    assert "1处里有1处贴了" in desk.page
    [noted] = await rows(village.database, select(ChannelPost))
    await desk.send(f"/office/postings/{noted.id}/down")
    assert desk.path == f"{here}?said=noted"
    assert "1处里有0处贴了" in desk.page


@pytest.mark.parametrize(("wrong", "said"), [
    ({"channel": "pigeon"}, "请选一个"), ({"day": "2099-01-01"}, "时间不对"), ({"hour": "noon"}, "请填时间"),
    ({"place": "字" * 61}, "60个字以内")])
async def test_a_wrong_posting_is_said_beside_its_field(desk: Desk, village: Village, campaign: Campaign,
                                                        wrong: dict[str, str], said: str) -> None:
    await desk.open(f"/office/campaigns/{campaign.id}/channels")
    await desk.send("/office/postings", **_form(village, campaign, desk.page, page="channels", **wrong))
    assert desk.status == 409
    assert said in desk.page
    assert await rows(village.database, select(ChannelPost)) == []


async def test_a_head_notes_a_sheet_of_the_own_building(desk: Desk, village: Village, head: Officer,
                                                        campaign: Campaign) -> None:
    draft = await drafted(village, "还没定", title="草稿")
    await handed_in(village, campaign)
    await desk.log_in("head")
    await desk.open("/office/postings")
    assert "秋收动员" in desk.page
    assert "草稿" not in desk.page
    assert "1栋的居民朋友" in desk.page
    assert "本处要告知6人" in desk.page
    assert 'href="/office/postings"' in desk.page
    form = _form(village, campaign, desk.page, place="大门")
    for field, value in (("campaign_id", draft.id), ("area_id", village.area.id)):
        await desk.send("/office/postings", **{**form, field: str(value)})
        assert desk.status == 404, field
        await desk.open("/office/postings")
    await desk.send("/office/postings", **form)
    assert desk.path == "/office/postings?said=noted"
    assert "1栋 · 大门" in desk.page
    await desk.open(f"/office/campaigns/{campaign.id}/channels")
    assert desk.status == 403
    await desk.log_in(village.boss.username)
    await desk.open(f"/office/campaigns/{campaign.id}/channels")
    assert "王楼长" in desk.page


async def test_a_head_of_another_building_cannot_take_it_down(desk: Desk, village: Village, campaign: Campaign) -> None:
    async with village.database.session() as db:
        other: Area = await areas.add(db, level=Level.BUILDING, code="demo-2", name="2栋", parent=village.area)
        await accounts.add(db, "head2", role=accounts.Role.HEAD, area=other, password="not-a-secret")
    await desk.open(f"/office/campaigns/{campaign.id}/channels")
    await desk.send("/office/postings", **_form(village, campaign, desk.page))
    [noted] = await rows(village.database, select(ChannelPost))
    await desk.log_in("head2")
    await desk.open("/office/postings")
    assert "1栋" not in desk.page
    await desk.send(f"/office/postings/{noted.id}/down")
    assert desk.status == 404
