"""What a campaign shows of people who moved to another community, and of texts from a phone that several use."""

import io
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from app.campaigns import export, history, results
from app.campaigns.campaigns import Campaign
from app.campaigns.history import Event, What
from app.campaigns.results import Which
from app.desk import conversations
from app.residents.residents import Resident
from app.settings import Settings
from app.sms.batches import Batch
from app.staff.accounts import Officer
from tests.campaigns.acts import drafted, handed_in
from tests.conftest import PLAIN
from tests.stories.acts import LI, WANG, drain, moment, turn
from tests.village import Village, settle


@pytest.fixture
def settings() -> Settings:
    return replace(PLAIN, approval_above=30)


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


@pytest.fixture
async def elsewhere(village: Village) -> Village:
    return await settle(village.database, "far", "柳陂社区")


async def _moves(person: Resident, to: Village) -> None:
    async with to.database.session() as db:
        (await db.get_one(Resident, person.id)).area_id = to.building.id


async def _wrote(village: Village, batch: Batch, person: Resident, phone: str, officer: Officer) -> list[Event]:
    async with village.database.reading() as db:
        events = await history.of(db, batch, await db.get_one(Resident, person.id), "+86" + phone,
                                  texts=conversations.theirs(officer))
    return [event for event in events if event.what == What.WROTE]


async def test_who_moved_away_is_counted_and_no_longer_shown(village: Village, elsewhere: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    li = await village.neighbour("李大山", LI, agreed=True)
    batch = await handed_in(village, await drafted(village))
    await drain(village)
    await village.says(WANG, "2")
    await _moves(wang, elsewhere)
    async with village.database.reading() as db:
        rows = await results.by_building(db, batch, village.boss)
        assert [(row.name, row.away, row.people, dict(row.answers)) for row in rows] == [
            ("1栋", False, 1, {}), ("", True, 1, {2: 1})]
        assert results.together(rows).people == batch.people
        assert [one.resident_id for one in await results.people(db, batch, Which(), village.boss)] == [li.id]
        assert await results.people(db, batch, Which(area_id=elsewhere.building.id), village.boss) == []
        assert await results.count(db, batch, Which(), village.boss) == 1
        assert await results.one(db, batch, wang.id, village.boss) is None
        assert await results.one(db, batch, li.id, village.boss) is not None


async def test_who_moved_away_is_not_taken_along(village: Village, elsewhere: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    await village.neighbour("李大山", LI, agreed=True)
    campaign = await drafted(village)
    batch = await handed_in(village, campaign)
    await _moves(wang, elsewhere)
    async with village.database.reading() as db:
        made = await export.workbook(db, await db.get_one(Campaign, campaign.id), batch, Which(), whole=True,
                                     by=village.boss)
    sheet = load_workbook(io.BytesIO(made), read_only=True).active
    assert sheet
    assert [row[1] for row in sheet.iter_rows(min_row=3, values_only=True)] == ["李大山"]


async def test_texts_that_the_inbox_hides_are_in_no_history(village: Village, elsewhere: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    batch = await handed_in(village, await drafted(village))
    await drain(village)
    await village.says(WANG, "能带孙子去吗?")
    assert [event.said for event in await _wrote(village, batch, wang, WANG, village.boss)] == ["能带孙子去吗?"]
    await _moves(wang, elsewhere)
    assert await _wrote(village, batch, wang, WANG, village.boss) == []
    assert [event.said for event in await _wrote(village, batch, wang, WANG, elsewhere.boss)] == ["能带孙子去吗?"]


async def test_where_the_number_was_put_right_nobody_knows_who_wrote(village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    batch = await handed_in(village, await drafted(village))
    await drain(village)
    await village.says(WANG, "您打错了")
    async with village.database.session() as db:
        (await db.get_one(Resident, wang.id)).phone = "+86" + LI
    assert await _wrote(village, batch, wang, WANG, village.boss) == []


async def test_what_another_user_of_the_phone_wrote_says_so(village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    batch = await handed_in(village, await drafted(village))
    await drain(village)
    await village.says(WANG, "我去不了")
    li = await village.neighbour("李大山", WANG)
    for person, shared in ((wang, False), (li, True)):
        assert [event.shared for event in await _wrote(village, batch, person, WANG, village.boss)] == [shared]


async def test_what_came_before_it_left_is_not_about_it(village: Village) -> None:
    wang = await village.neighbour("王桂香", WANG, agreed=True)
    batch = await handed_in(village, await drafted(village))
    async with village.database.session() as db:
        loaded = await db.get_one(Batch, batch.id)
        loaded.leaves_at = moment("2026-03-11 09:00")
    turn("2026-03-10 13:00")
    await village.says(WANG, "先问一句")
    turn("2026-03-18 08:00")  # more than a week after it was handed in, less than one after it left
    await village.says(WANG, "刚看到")
    assert [event.said for event in await _wrote(village, loaded, wang, WANG, village.boss)] == ["刚看到"]
