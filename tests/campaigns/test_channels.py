"""One message, many channels: whom it covers where, who has to be told in person, and what hangs where."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.audience.filters import Filter
from app.campaigns import channels, coverage, material
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.channels import Channel, ChannelPost
from app.campaigns.coverage import Covered
from app.errors import NotFound, Refused
from app.org import areas
from app.org.areas import Area, Level
from app.residents import households
from app.residents.residents import Resident
from app.staff import accounts
from app.staff.accounts import Officer, Role
from app.staff.audit import Audit
from tests.campaigns.acts import drafted, handed_in
from tests.stories.acts import LI, WANG, ZHAO, moment, turn
from tests.village import Village, settle


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


@pytest.fixture
async def second(village: Village) -> Area:
    """Another building."""
    async with village.database.session() as db:
        return await areas.add(db, level=Level.BUILDING, code="demo-2", name="2栋", parent=village.area)


@pytest.fixture
async def head(village: Village, second: Area) -> Officer:
    """The head of the second building."""
    async with village.database.session() as db:
        return (await accounts.add(db, "head", role=Role.HEAD, area=second, name="王楼长", password="not-a-secret"))[0]


@pytest.fixture
async def peopled(village: Village, second: Area) -> Village:
    """Three in the first building, two in the second, one who lives nobody knows where."""
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.neighbour("李建国", LI)
    await village.neighbour("孙一")
    await village.neighbour("赵大妈", ZHAO, agreed=True, area_id=second.id, wrong_phone_at=clock.now())
    await village.neighbour("周二", area_id=second.id)
    await village.neighbour("吴三", "14200000008", agreed=True, area_id=village.area.id)
    return village


async def _covered(village: Village, campaign: Campaign, within: Area | None = None) -> dict[str, tuple[int, ...]]:
    async with village.database.reading() as db:
        loaded = await db.get_one(Campaign, campaign.id)
        found: list[Covered] = await coverage.by_building(db, loaded, within=within)
        return {one.area.name: (one.people, one.by_text, one.no_phone, one.wrong_phone) for one in found}


async def test_each_building_knows_whom_it_has_and_whom_a_text_reaches(peopled: Village, second: Area) -> None:
    campaign = await drafted(peopled)
    assert await _covered(peopled, campaign) == {
        "1栋": (3, 1, 1, 0), "2栋": (2, 0, 1, 1), "青龙泉社区": (1, 1, 0, 0)}
    assert await _covered(peopled, campaign, second) == {"2栋": (2, 0, 1, 1)}
    only = await drafted(peopled, chosen=Filter(areas=(second.id,)))
    assert await _covered(peopled, only) == {"2栋": (2, 0, 1, 1)}


async def test_once_sent_it_still_means_those_whom_it_told(peopled: Village) -> None:
    """Its filter asks for people without a text lately; now they have one."""
    campaign = await drafted(peopled, chosen=Filter(untold_since=clock.today()))
    await handed_in(peopled, campaign)
    turn("2026-03-10 12:05")
    assert await _covered(peopled, campaign) == {
        "1栋": (3, 1, 1, 0), "2栋": (2, 0, 1, 1), "青龙泉社区": (1, 1, 0, 0)}


async def test_another_communitys_building_has_nothing_to_do_with_it(peopled: Village) -> None:
    other = await settle(peopled.database, "other", "柳陂社区")
    with pytest.raises(NotFound):
        await _covered(peopled, await drafted(peopled), other.building)


async def test_who_has_no_phone_stands_on_the_list_of_the_buildings_head(peopled: Village, second: Area,
                                                                         head: Officer) -> None:
    async with peopled.database.session() as db:
        home = await households.behind(db, second, unit="1", room="301")
        person = (await db.scalars(select(Resident).where(Resident.name == "周二"))).one()
        person.household_id = home.id
    campaign = await drafted(peopled)
    async with peopled.database.reading() as db:
        first, last = await coverage.rounds(db, await db.get_one(Campaign, campaign.id))
    assert (first.area.name, first.head, [one.name for one in first.people]) == ("1栋", None, ["孙一"])
    assert (last.area.name, last.head and last.head.id) == ("2栋", head.id)
    assert {(one.name, one.household and one.household.room) for one in last.people} == {
        ("赵大妈", None), ("周二", "301")}


async def test_whole_names_are_for_those_who_may_open_them_and_leave_a_trace(peopled: Village, second: Area) -> None:
    campaign = await drafted(peopled)
    async with peopled.database.session() as db:
        loaded = await db.get_one(Campaign, campaign.id)
        await coverage.rounds_by_name(db, loaded, by=peopled.boss, reason="给周二送通知", building=second)
        rows = await db.scalars(select(Audit).where(Audit.verb == "print_call_list"))
        assert [(row.subject_id, row.detail) for row in rows] == [
            (campaign.id, {"people": 2, "building": second.id, "reason": "给周*送通知"})]


async def test_more_people_than_fit_on_a_list_are_taken_building_by_building(
        peopled: Village, second: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "LONGEST_LIST", 2)
    campaign = await drafted(peopled)
    async with peopled.database.reading() as db:
        loaded = await db.get_one(Campaign, campaign.id)
        with pytest.raises(Refused, match="one building at a time"):
            await coverage.rounds(db, loaded)
        assert len((await coverage.rounds(db, loaded, building=second))[0].people) == 2


async def test_paper_names_the_day_and_no_person(peopled: Village) -> None:
    job = await peopled.job(starts_at=moment("2026-03-11 14:00"))
    text = "{楼栋}的{姓名}:{编号}号{活},{时间}{地点},{工钱}\n问{电话}"
    campaign = await drafted(peopled, text, kind=Kind.MOBILISE, listing_id=job.id)
    async with peopled.database.reading() as db:
        said = await material.of(db, await db.get_one(Campaign, campaign.id))
    everywhere, here = said.notice(), said.notice(building="2栋")
    assert everywhere.text == "居民朋友:10号香菇分拣,3月11日下午2点2号厂房,80元/天\n问0719-7221234"
    assert here.text.startswith("2栋的居民朋友:10号香菇分拣")
    assert everywhere.address == "http://127.0.0.1:8000/jobs/10?area=demo"
    assert (everywhere.headline, everywhere.phone, everywhere.work and everywhere.work.number) == (
        "出去干活，欢迎报名", "0719-7221234", 10)


async def test_a_poster_of_yesterday_bears_yesterdays_date(peopled: Village) -> None:
    campaign = await drafted(peopled, "明天停水", kind=Kind.NOTICE)
    await handed_in(peopled, campaign)
    turn("2026-03-11 12:00")
    async with peopled.database.reading() as db:
        said = await material.of(db, await db.get_one(Campaign, campaign.id))
    assert clock.local(said.notice().published_at).day == 10
    assert said.notice().address == "http://127.0.0.1:8000/?area=demo"


async def test_a_draft_without_words_gives_nothing_to_print(peopled: Village) -> None:
    campaign = await drafted(peopled, "")
    async with peopled.database.session() as db:
        loaded = await db.get_one(Campaign, campaign.id)
        with pytest.raises(Refused, match="says nothing yet"):
            await material.of(db, loaded)
        with pytest.raises(Refused, match="says nothing yet"):
            await channels.post(db, loaded, Channel.POSTER, area=peopled.area, by=peopled.boss)


async def _note(village: Village, campaign: Campaign, area: Area, by: Officer, **facts: Any) -> ChannelPost:
    async with village.database.session() as db:
        loaded = await db.get_one(Campaign, campaign.id)
        return await channels.post(db, loaded, facts.pop("channel", Channel.SHEET), area=area, by=by, **facts)


async def test_what_hangs_where_is_known_until_it_is_taken_down(peopled: Village, second: Area,
                                                                head: Officer) -> None:
    campaign = await drafted(peopled)
    hung = await _note(peopled, campaign, second, head, place=" 1单元门口 ")
    await _note(peopled, campaign, peopled.area, peopled.boss, channel=Channel.LOUDSPEAKER)
    async with peopled.database.session() as db:
        all_of_it = await channels.of(db, [campaign.id], peopled.boss)
        assert [(one.channel, one.area.name, one.place, one.officer.name) for one in all_of_it] == [
            ("loudspeaker", "青龙泉社区", "", peopled.boss.name), ("sheet", "2栋", "1单元门口", "王楼长")]
        assert {area_id: len(posts) for area_id, posts in channels.hanging(all_of_it).items()} == {second.id: 1}
        assert [one.id for one in await channels.of(db, [campaign.id], head)] == [hung.id]
        await channels.take_down(db, await db.get_one(ChannelPost, hung.id), by=head)
    async with peopled.database.session() as db:
        assert channels.hanging(await channels.of(db, [campaign.id], peopled.boss)) == {}
        with pytest.raises(Refused, match="already"):
            await channels.take_down(db, await db.get_one(ChannelPost, hung.id), by=head)
        verbs = list(await db.scalars(select(Audit.verb).where(Audit.subject == "channel_post").order_by(Audit.id)))
        assert verbs == ["note_posted", "note_posted", "note_taken_down"]


async def test_what_was_read_out_cannot_be_taken_down(peopled: Village) -> None:
    read = await _note(peopled, await drafted(peopled), peopled.area, peopled.boss, channel=Channel.LOUDSPEAKER)
    async with peopled.database.session() as db:
        with pytest.raises(Refused, match="Nothing hangs there"):
            await channels.take_down(db, await db.get_one(ChannelPost, read.id), by=peopled.boss)


async def test_pressed_twice_it_is_noted_once(peopled: Village, second: Area) -> None:
    campaign = await drafted(peopled)
    first = await _note(peopled, campaign, second, peopled.boss, place="门口")
    assert (await _note(peopled, campaign, second, peopled.boss, place="门口")).id == first.id
    assert (await _note(peopled, campaign, second, peopled.boss, place="电梯")).id != first.id
    turn("2026-03-10 12:11")
    assert (await _note(peopled, campaign, second, peopled.boss, place="门口")).id != first.id


@pytest.mark.parametrize(("facts", "why"), [
    (lambda: {"at": clock.now() + timedelta(hours=1)}, "cannot be the time"),
    (lambda: {"at": clock.now() - timedelta(days=1)}, "cannot be the time"),
    (lambda: {"place": "字" * 61}, "at most {most}")])
async def test_a_posting_that_cannot_be_is_refused(peopled: Village, second: Area, facts: Callable[[], dict[str, Any]],
                                                   why: str) -> None:
    with pytest.raises(Refused, match=why):
        await _note(peopled, await drafted(peopled), second, peopled.boss, **facts())


async def test_a_head_notes_what_hangs_in_the_own_building_only(peopled: Village, head: Officer) -> None:
    campaign = await drafted(peopled)
    other = await settle(peopled.database, "other", "柳陂社区")
    for area, by in ((peopled.building, head), (peopled.area, head), (other.building, peopled.boss)):
        with pytest.raises(Refused, match="outside your area"):
            await _note(peopled, campaign, area, by)


async def test_a_head_sees_what_is_under_way_and_no_draft(peopled: Village, second: Area, head: Officer) -> None:
    draft = await drafted(peopled, title="草稿")
    sent = await drafted(peopled, "{姓名}:明天停水", title="停水")
    await handed_in(peopled, sent)
    other = await settle(peopled.database, "other", "柳陂社区")

    async def seen(by: Officer) -> list[str]:
        async with peopled.database.reading() as db:
            return [one.title for one in await channels.current(db, by, most=10)]

    assert await seen(head) == ["停水"]
    assert await seen(other.boss) == []
    await _note(peopled, draft, peopled.area, peopled.boss)  # it went out on paper alone
    assert await seen(head) == ["停水", "草稿"]
    turn("2026-06-10 12:00")
    assert await seen(head) == []
