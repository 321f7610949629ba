"""Texts that are kept by name: every change is a version, nothing is lost, and the city's may be used below."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.campaigns import beginnings, campaigns, differences, lint, options, templates, wording
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.templates import Template, TemplateVersion
from app.errors import Refused
from app.org import areas
from app.org.areas import Level
from app.sms import length
from app.staff import accounts
from app.staff.accounts import Officer, Role
from app.staff.audit import Audit
from tests.campaigns.acts import TEXT, drafted
from tests.village import Village, settle

NOTICE = "{姓名}您好,明天停水"


async def kept(village: Village, text: str = NOTICE, name: str = "停水", *, kind: Kind = Kind.NOTICE, note: str = "",
               by: Officer | None = None) -> TemplateVersion:
    async with village.database.session() as db:
        return await templates.save(db, name, text, kind=kind, by=by or village.boss, note=note)


async def said(village: Village, template_id: int) -> list[tuple[int, str, str, int | None]]:
    """Number, text, author, and the version that it brings back, the newest first."""
    async with village.database.reading() as db:
        return [(one.number, one.text, one.author.username, one.same_as)
                for one in await templates.history(db, await db.get_one(Template, template_id))]


async def offered(village: Village, by: Officer, kind: Kind | None = None) -> list[str]:
    async with village.database.reading() as db:
        return [one.template.name for one in await templates.usable(db, by, kind)]


async def test_a_name_that_is_there_gets_a_new_version(village: Village) -> None:
    first = await kept(village)
    second = await kept(village, "{姓名}您好,后天停水", by=village.second)
    assert second.template_id == first.template_id
    assert await said(village, first.template_id) == [
        (2, "{姓名}您好,后天停水", "second-demo", None), (1, NOTICE, "boss-demo", None)]
    async with village.database.reading() as db:
        assert await db.scalar(select(func.count()).where(Audit.verb == "save_template")) == 2


async def test_the_same_words_are_no_new_version(village: Village) -> None:
    first = await kept(village)
    assert (await kept(village, f" {NOTICE} ")).id == first.id
    assert len(await said(village, first.template_id)) == 1


async def test_an_earlier_version_comes_back_as_a_new_one(village: Village) -> None:
    first = await kept(village)
    await kept(village, "不停水了")
    async with village.database.session() as db:
        own = await db.get_one(Template, first.template_id)
        await templates.bring_back(db, own, 1, by=village.second)
    assert [(number, text, same_as) for number, text, _by, same_as in await said(village, first.template_id)] == [
        (3, NOTICE, 1), (2, "不停水了", None), (1, NOTICE, None)]
    async with village.database.session() as db:
        with pytest.raises(Refused, match="no such version"):
            await templates.bring_back(db, await db.get_one(Template, first.template_id), 9, by=village.boss)


@pytest.mark.parametrize(("text", "kind", "why"), [
    ("{生日}快乐", Kind.NOTICE, "no placeholder"), ("【站】停水", Kind.NOTICE, "Carriers refuse"),
    ("想干活吗?", Kind.SURVEY, "numbered answers"), ("水" * 1001, Kind.NOTICE, "longer than"),
    ("", Kind.NOTICE, "write the text"), ("{姓名", Kind.NOTICE, "stands alone"),
])
async def test_what_cannot_be_sent_is_not_kept(village: Village, text: str, kind: Kind, why: str) -> None:
    with pytest.raises(Refused, match=why):
        await kept(village, text, kind=kind)
    assert await offered(village, village.boss) == []


@pytest.mark.parametrize("name", ["", " ", "名" * 41])
async def test_a_template_has_a_name(village: Village, name: str) -> None:
    with pytest.raises(Refused, match="give a name"):
        await kept(village, name=name)


async def test_a_name_belongs_to_one_kind(village: Village) -> None:
    await kept(village)
    with pytest.raises(Refused, match="another kind"):
        await kept(village, TEXT, kind=Kind.SURVEY)
    assert await offered(village, village.boss, Kind.SURVEY) == []
    assert await offered(village, village.boss, Kind.NOTICE) == ["停水"]


async def test_put_away_it_is_offered_no_more_until_it_is_saved_again(village: Village) -> None:
    first = await kept(village)
    async with village.database.session() as db:
        await templates.put_away(db, await db.get_one(Template, first.template_id), by=village.boss)
    assert await offered(village, village.boss) == []
    assert (await kept(village)).id == first.id
    assert await offered(village, village.boss) == ["停水"]


async def test_the_citys_templates_are_used_in_its_communities_and_not_next_door(village: Village) -> None:
    far = await settle(village.database, "far", "别的社区")
    async with village.database.session() as db:
        city = await areas.add(db, level=Level.CITY, code="city", name="市")
        below = await areas.add(db, level=Level.COMMUNITY, code="below", name="下面的社区", parent=city)
        mayor, _password = await accounts.add(db, "mayor", role=Role.ADMIN, area=city)
        clerk, _password = await accounts.add(db, "clerk-below", role=Role.CLERK, area=below)
    await kept(village, name="市里的", by=mayor)
    await kept(village, name="社区的", by=clerk)
    await kept(village, name="隔壁的", by=far.boss)
    assert await offered(village, clerk) == ["市里的", "社区的"]
    assert await offered(village, far.boss) == ["隔壁的"]
    await kept(village, "自己改的", name="市里的", by=clerk)  # a copy of their own; the city's stays
    async with village.database.reading() as db:
        found = {(one.template.area.name, one.text) for one in await templates.usable(db, clerk, Kind.NOTICE)}
    assert found == {("市", NOTICE), ("下面的社区", "自己改的"), ("下面的社区", NOTICE)}


async def test_a_campaign_remembers_which_version_it_began_as(village: Village) -> None:
    first = await kept(village)
    campaign = await drafted(village, "随便")
    async with village.database.session() as db:
        draft = await db.get_one(Campaign, campaign.id)
        await templates.use(db, draft, first, by=village.boss)
    await kept(village, "不停水了")
    async with village.database.session() as db:
        draft = await db.get_one(Campaign, campaign.id)
        used = await templates.used(db, draft)
        copy = await campaigns.again(db, draft, by=village.boss)
        assert used is not None
        assert (draft.text, used.number, used.template.name) == (NOTICE, 1, "停水")
        assert copy.template_version_id == first.id


async def test_who_may_send_nothing_in_bulk_keeps_no_templates(village: Village) -> None:
    async with village.database.session() as db:
        head, _password = await accounts.add(db, "head", role=Role.HEAD, area=village.building)
    with pytest.raises(Refused, match="role"):
        await kept(village, by=head)


@given(st.text("想去干活不在家12,", max_size=30), st.text("想去干活不在家12,", max_size=30))
def test_a_difference_leads_from_the_old_text_to_the_new(old: str, new: str) -> None:
    pieces = differences.between(old, new)
    assert "".join(piece.text for piece in pieces if piece.how != "added") == old
    assert "".join(piece.text for piece in pieces if piece.how != "taken") == new
    assert all(piece.text for piece in pieces)
    if old == new:
        assert {piece.how for piece in pieces} <= {"kept"}


def test_a_difference_reads_like_one() -> None:
    assert [(piece.how, piece.text) for piece in differences.between("明天停水", "后天停水")] == [
        ("taken", "明"), ("added", "后"), ("kept", "天停水")]


LONGEST = {"name": "欧阳秀兰", "building": "12栋", "number": "99", "title": "幼儿园保洁", "when": "明早7点半",
           "place": "西门", "pay": "120元/天", "station": "0700-7221234"}
BEGINNINGS = [(kind, one) for kind, offers in beginnings.OFFERED.items() for one in offers]


@pytest.mark.parametrize(("kind", "beginning"), BEGINNINGS, ids=[one.name for _kind, one in BEGINNINGS])
def test_a_text_to_begin_with_is_one_good_segment(kind: Kind, beginning: beginnings.Beginning) -> None:
    wording.must_be_sayable(beginning.text, kind)
    filled = beginning.text
    for word, name in (wording.PERSON | wording.LISTING | wording.STATION).items():
        filled = filled.replace("{" + word + "}", LONGEST[name])
    assert length.measure("【青龙泉就业站】" + filled).segments == 1, filled
    assert lint.hints(beginning.text, kind, gateways=["cloudmas"], signature="青龙泉就业站", longest=None) == []
    assert bool(options.of(beginning.text)) == (kind in (Kind.SURVEY, Kind.TRANSPORT))


def test_every_kind_has_texts_to_begin_with() -> None:
    assert {kind for kind, offers in beginnings.OFFERED.items() if len(offers) >= 2} == set(Kind)
