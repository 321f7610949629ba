"""Texts kept by name, at a desk without scripts: begin with one, keep one, change it, compare, bring it back."""

import pytest
from sqlalchemy import select

from app.campaigns import templates
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.templates import Template, TemplateVersion
from app.staff import accounts
from app.staff.accounts import Role
from tests.campaigns.acts import drafted
from tests.routes.conftest import rows
from tests.routes.office.conftest import PASSWORD, Desk
from tests.village import Village

SURVEY = "节后想干活吗?回1想外出 2想就近"


@pytest.fixture
async def kept(village: Village) -> Template:
    """A survey of two versions."""
    async with village.database.session() as db:
        for text in (SURVEY, SURVEY + " 3暂不"):
            version = await templates.save(db, "节后打算", text, kind=Kind.SURVEY, by=village.boss)
        return await db.get_one(Template, version.template_id)


async def test_a_draft_begins_with_a_text_that_everybody_may_begin_with(desk: Desk, village: Village) -> None:
    campaign = await drafted(village, "", kind=Kind.SURVEY)
    await desk.open(f"/office/campaigns/{campaign.id}/what")
    assert "从现成的短信开始写" in desk.page
    await desk.send(f"/office/campaigns/{campaign.id}/begin", beginning="节后打算")
    assert desk.path == f"/office/campaigns/{campaign.id}/what"
    assert "3暂不。看不清字请家人代回,或打{电话}</textarea>" in desk.page
    await desk.send(f"/office/campaigns/{campaign.id}/begin", beginning="没有的")
    assert desk.status == 404


async def test_what_was_written_is_kept_and_used_again(desk: Desk, village: Village) -> None:
    await village.neighbour("王桂香", "14200000001", agreed=True)
    first, second = await drafted(village, "", kind=Kind.SURVEY), await drafted(village, "", kind=Kind.SURVEY)
    await desk.open(f"/office/campaigns/{first.id}/what")
    await desk.send(f"/office/campaigns/{first.id}/what", text=SURVEY, name="节后打算")
    assert desk.path == f"/office/campaigns/{first.id}/when"
    await desk.open(f"/office/campaigns/{first.id}/check")
    assert "来自模板" in desk.page
    [version] = await rows(village.database, select(TemplateVersion))
    await desk.open(f"/office/campaigns/{second.id}/what")
    await desk.send(f"/office/campaigns/{second.id}/begin", version=str(version.id))
    assert f"{SURVEY}</textarea>" in desk.page
    assert "第1版" in desk.page
    assert "后来改过" not in desk.page
    await desk.send(f"/office/campaigns/{second.id}/what", text=SURVEY + " 3暂不")
    await desk.open(f"/office/campaigns/{second.id}/check")
    assert "后来改过" in desk.page
    assert {one.template_version_id for one in await rows(village.database, select(Campaign))} == {version.id}


async def test_a_name_of_another_kind_is_said_beside_its_field(desk: Desk, village: Village, kept: Template) -> None:
    await village.neighbour("王桂香", "14200000001", agreed=True)
    campaign = await drafted(village, "", kind=Kind.NOTICE)
    await desk.open(f"/office/campaigns/{campaign.id}/what")
    await desk.send(f"/office/campaigns/{campaign.id}/what", text="明天停水", name=kept.name)
    assert desk.status == 409
    assert 'id="name-wrong">这个名字已经存了另一类短信' in desk.page
    assert "明天停水</textarea>" in desk.page
    [same] = await rows(village.database, select(Campaign))
    assert same.text == ""


async def test_the_list_and_a_new_one(desk: Desk, village: Village, kept: Template) -> None:
    await desk.open("/office/templates")
    assert "节后打算" in desk.page
    assert "在外怎么样" not in desk.page  # there is a survey of their own now
    assert "返岗专车" in desk.page
    await desk.send("/office/templates", name="停水", kind="notice", text="【站】停水")
    assert desk.status == 409
    assert "运营商不收带“【”的短信" in desk.page
    assert "【站】停水</textarea>" in desk.page
    await desk.send("/office/templates", name="停水", kind="notice", text="明天停水")
    assert "<h1>停水</h1>" in desk.page
    assert desk.path != f"/office/templates/{kept.id}"


async def test_the_history_with_what_changed(desk: Desk, village: Village, kept: Template) -> None:
    here = f"/office/templates/{kept.id}"
    await desk.open(here)
    assert "<ins> 3暂不</ins>" in desk.page
    assert "加了4个字，去掉0个字" in desk.page
    await desk.open(f"{here}?old=2&new=1")
    assert "<del> 3暂不</del>" in desk.page
    await desk.send(f"{here}/bring-back", number="1")
    assert desk.path == here
    assert "同第1版" in desk.page
    await desk.send(here, text=SURVEY + " 3再说", note="说得软一点")
    assert "说得软一点" in desk.page
    assert [one.number for one in await rows(village.database, select(TemplateVersion))] == [1, 2, 3, 4]
    await desk.send(here, text="想干活吗?")
    assert desk.status == 409
    assert "想干活吗?</textarea>" in desk.page


@pytest.mark.parametrize("asked", ["?old=99&new=1", "?old=x&new=", "?old=1&new=1", "?old=-1", "?old=" + "9" * 50])
async def test_versions_that_there_are_not_are_no_error(desk: Desk, kept: Template, asked: str) -> None:
    await desk.open(f"/office/templates/{kept.id}{asked}")
    assert desk.status == 200


async def test_begun_from_its_page_and_put_away(desk: Desk, village: Village, kept: Template) -> None:
    await desk.open(f"/office/templates/{kept.id}")
    await desk.send(f"/office/templates/{kept.id}/use")
    [campaign] = await rows(village.database, select(Campaign))
    assert desk.path == f"/office/campaigns/{campaign.id}/whom"
    assert (campaign.kind, campaign.text) == ("survey", SURVEY + " 3暂不")
    await desk.open(f"/office/templates/{kept.id}")
    await desk.send(f"/office/templates/{kept.id}/put-away")
    assert desk.path == "/office/templates"
    assert f"/office/templates/{kept.id}" not in desk.page


async def test_another_communitys_template_does_not_exist(desk: Desk, elsewhere: Village) -> None:
    async with elsewhere.database.session() as db:
        far = await templates.save(db, "别处的", "明天停水", kind=Kind.NOTICE, by=elsewhere.boss)
    await desk.open("/office/templates")
    assert "别处的" not in desk.page
    here = f"/office/templates/{far.template_id}"
    await desk.open(here)
    assert desk.status == 404
    for deed in ("", "/bring-back", "/put-away", "/use"):
        await desk.open("/office/password")
        await desk.send(here + deed, text="改了", number="1")
        assert desk.status == 404, deed
    mine = await drafted(elsewhere, "", kind=Kind.NOTICE)
    await desk.open("/office/password")
    await desk.send(f"/office/campaigns/{mine.id}/begin", version=str(far.id))
    assert desk.status == 404


async def test_a_template_from_above_is_used_and_not_changed(desk: Desk, village: Village, kept: Template) -> None:
    async with village.database.session() as db:
        await accounts.add(db, "grid", role=Role.CLERK, area=village.building, password=PASSWORD)
    await desk.log_in("grid")
    await desk.open(f"/office/templates/{kept.id}")
    assert "这是青龙泉社区的模板" in desk.page
    assert "</textarea>" not in desk.page
    await desk.send(f"/office/templates/{kept.id}", text=SURVEY)
    assert desk.status == 404
    await desk.open(f"/office/templates/{kept.id}")
    await desk.send(f"/office/templates/{kept.id}/use")
    assert desk.status == 200
