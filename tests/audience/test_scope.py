"""What a filter names of another community does not exist for it: neither people, nor counts, nor a title."""

from dataclasses import fields
from typing import Any

import pytest

from app import clock, i18n
from app.audience import query, reach, sentence
from app.audience.filters import Filter
from app.audience.reach import Count
from app.campaigns import campaigns, plan
from app.campaigns.campaigns import Campaign
from tests.campaigns.acts import drafted
from tests.stories.acts import LI, WANG, ZHAO, drain, signs_up, turn
from tests.village import Village, settle

NOWHERE = 1_000_000
NAMING = {"areas", "batch_id", "listing_id", "people"}  # parts that hold the ids of rows


@pytest.fixture
async def foreign(village: Village) -> dict[str, int]:
    """A row of another community for every part that names one, so that each would tell something."""
    turn("2026-03-10 12:00")
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.neighbour("李建国", LI, agreed=True)
    elsewhere = await settle(village.database, "far", "别的社区")
    zhao = await elsewhere.neighbour("赵大妈", ZHAO, agreed=True)
    job = await elsewhere.job("别处的活")
    batch = await elsewhere.push(job)
    await drain(elsewhere)
    await elsewhere.says(ZHAO, "几点开始")
    await signs_up(elsewhere, job, zhao)
    async with village.database.session() as db:  # moved in since: what the other station told them is not ours
        zhao = await db.merge(zhao)
        zhao.area_id = village.building.id
    there = await elsewhere.neighbour("周二", "14200000008", agreed=True)
    return {"areas": elsewhere.area.id, "batch_id": batch.id, "listing_id": job.id, "people": there.id}


def _naming(part: str, row_id: int) -> list[Filter]:
    return {"areas": [Filter(areas=(row_id,))], "people": [Filter(people=(row_id,))],
            "batch_id": [*(Filter(batch_id=row_id, answered=answered) for answered in ("", "yes", "no")),
                         Filter(batch_id=row_id, choices=(1,)), Filter(batch_id=row_id, outcome="failed")],
            "listing_id": [Filter(listing_id=row_id, signed=signed) for signed in ("yes", "no")]}[part]


def test_every_part_that_names_rows_is_asked_about() -> None:
    """A new part with an id belongs into NAMING, and so into the stories below."""
    assert {field.name for field in fields(Filter) if "int" in str(field.type)} - {
        "age_from", "age_to", "choices"} == NAMING


@pytest.mark.parametrize("part", sorted(NAMING))
async def test_a_row_of_another_community_is_like_one_that_is_not_there(village: Village, foreign: dict[str, int],
                                                                        part: str) -> None:
    for theirs, nobodys in zip(_naming(part, foreign[part]), _naming(part, NOWHERE), strict=True):
        assert await _told(village, theirs) == await _told(village, nobodys), theirs


@pytest.mark.parametrize("part", sorted(NAMING))
async def test_what_is_sent_with_it_reaches_nobody_more(village: Village, foreign: dict[str, int], part: str) -> None:
    for theirs, nobodys in zip(_naming(part, foreign[part]), _naming(part, NOWHERE), strict=True):
        seen = []
        for chosen in (theirs, nobodys):
            campaign = await drafted(village, "想干活吗", chosen)
            async with village.database.reading() as db:
                loaded = await db.get_one(Campaign, campaign.id)
                seen.append(await plan.tally(db, await plan.of(db, loaded)))
        assert seen[0] == seen[1], theirs


async def test_a_campaign_used_again_by_an_officer_above_stays_inside_its_area(village: Village,
                                                                              foreign: dict[str, int]) -> None:
    campaign = await drafted(village, "想干活吗", Filter(batch_id=foreign["batch_id"]))
    async with village.database.session() as db:
        copy = await campaigns.again(db, await db.get_one(Campaign, campaign.id), by=village.second)
        assert copy.area_id == village.area.id
        whom = await query.audience(db, copy.chosen, village.area)
        assert (await reach.count(db, whom, clock.now())) == Count(0, 0)


async def _told(village: Village, chosen: Filter) -> tuple[Any, ...]:
    """All that an officer sees of a filter: the number, why not the others, the sentence in both languages."""
    async with village.database.reading() as db:
        whom = await query.audience(db, chosen, village.area)
        said = []
        for language in i18n.LANGUAGES:
            with i18n.speaking(language):
                said.append(await sentence.of(db, whom))
        return (await reach.count(db, whom, clock.now()), *said)
