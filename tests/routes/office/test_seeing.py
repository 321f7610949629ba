"""One person's text, and those whose building is missing, at a desk without scripts."""

from sqlalchemy import select

from app.campaigns.campaigns import Campaign, Kind
from tests.campaigns.acts import drafted
from tests.routes.conftest import rows
from tests.routes.office.conftest import Desk
from tests.village import Village

WANG, LI = "14200000001", "14200000002"


async def test_a_person_is_found_by_name_or_phone_and_their_text_is_shown(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.neighbour("王小二")
    campaign = await drafted(village, "{楼栋}的{姓名}您好")
    here = f"/office/campaigns/{campaign.id}"
    for asked in ("王桂", WANG, "0001", f"+86 {WANG}"):
        await desk.open(f"{here}/check")
        assert "看某个人收到的" in desk.page
        await desk.send(f"{here}/see", q=asked)
        assert "1栋的王桂香您好" in desk.page, asked
        assert "王*香" in desk.page
        assert WANG not in desk.page.replace(f'value="{asked}"', "")
    await desk.send(f"{here}/see", q="王小")
    assert "收不到：没有手机" in desk.page
    await desk.send(f"{here}/see", q="没这人")
    assert "没找到" in desk.page


async def test_what_stands_in_the_form_counts(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG, agreed=True)
    campaign = await drafted(village, "旧的")
    await desk.open(f"/office/campaigns/{campaign.id}/what")
    await desk.send(f"/office/campaigns/{campaign.id}/see", q="王", text="{姓名}您好,新的")
    assert "王桂香您好,新的" in desk.page
    await desk.send(f"/office/campaigns/{campaign.id}/see", q="王", text="{生日}")
    assert "没有{生日}这个占位词" in desk.page


async def test_the_piece_comes_alone(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG, agreed=True)
    campaign = await drafted(village, "{姓名}您好")
    await desk.open(f"/office/campaigns/{campaign.id}/check")
    desk.client.headers["HX-Request"] = "true"
    await desk.send(f"/office/campaigns/{campaign.id}/see", q="王")
    assert desk.page.lstrip().startswith('<div class="sample">')


async def test_those_without_a_building_are_listed_before_sending(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG, agreed=True)
    lost = await village.neighbour("李大山", LI, agreed=True, area_id=village.area.id)
    campaign = await drafted(village, "{楼栋}停水")
    here = f"/office/campaigns/{campaign.id}"
    await desk.open(f"{here}/check")
    assert f"{here}/missing" in desk.page
    await desk.open(f"{here}/missing")
    assert "1人没有楼栋" in desk.page
    assert "李*山" in desk.page
    assert "李大山" not in desk.page
    assert f"/office/residents/{lost.id}" in desk.page
    assert "王*香" not in desk.page
    async with village.database.session() as db:
        (await db.get_one(Campaign, campaign.id)).text = "{姓名}停水"
    await desk.open(f"{here}/missing")
    assert "人人都能收到" in desk.page


async def test_the_live_part_says_what_would_be_counted_and_what_is_missing(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG, agreed=True)
    await village.neighbour("李大山", LI, agreed=True, area_id=village.area.id)
    campaign = await drafted(village, "", kind=Kind.SURVEY)
    for text, said in (("想干活吗?回1想外出 2想就近", "会这样统计"), ("想干活吗?", "调查要有一个问题"),
                       ("{楼栋}停水", "有1人底册里没有楼栋"),
                       ("節後想幹活嗎?回1想 2不想", "节后想干活吗?回1想 2不想")):
        await desk.open(f"/office/campaigns/{campaign.id}/what")
        await desk.send(f"/office/campaigns/{campaign.id}/length", text=text)
        assert said in desk.page, text


async def test_simplified_characters_at_one_press(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG, agreed=True)
    campaign = await drafted(village, "", kind=Kind.NOTICE)
    await desk.open(f"/office/campaigns/{campaign.id}/what")
    await desk.send(f"/office/campaigns/{campaign.id}/what", text="{姓名}您好,節後有活", simplify="1")
    assert desk.status == 200
    assert "{姓名}您好,节后有活</textarea>" in desk.page
    assert [one.text for one in await rows(village.database, select(Campaign))] == [""]


async def test_a_job_push_needs_its_job(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG, agreed=True)
    job = await village.job()
    campaign = await drafted(village, "", kind=Kind.JOB)
    here = f"/office/campaigns/{campaign.id}"
    await desk.open(f"{here}/what")
    await desk.send(f"{here}/what", text="有活,退订回TD")
    assert desk.status == 409
    assert 'id="listing_id-wrong">招工短信要说是哪个活' in desk.page
    await desk.send(f"{here}/what", text="{编号}号有活,退订回TD", listing_id=str(job.id))
    assert desk.path == f"{here}/when"


async def test_a_draft_that_cannot_be_sent_any_more_is_written_anew(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", WANG, agreed=True)
    campaign = await drafted(village, "想干活吗?", kind=Kind.SURVEY)
    await desk.open(f"/office/campaigns/{campaign.id}/check")
    assert desk.status == 409
    assert 'id="text-wrong">调查要有一个问题' in desk.page


async def test_another_communitys_people_and_drafts_stay_theirs(desk: Desk, village: Village,
                                                                 elsewhere: Village) -> None:
    await elsewhere.neighbour("孙一", WANG, agreed=True)
    theirs, ours = await drafted(elsewhere, "停水"), await drafted(village, "停水")
    await desk.open(f"/office/campaigns/{theirs.id}/missing")
    assert desk.status == 404
    for asked in ("孙一", WANG):
        await desk.open(f"/office/campaigns/{ours.id}/what")
        await desk.send(f"/office/campaigns/{ours.id}/see", q=asked)
        assert "没找到" in desk.page
    await desk.send(f"/office/campaigns/{theirs.id}/see", q="孙")
    assert desk.status == 404
