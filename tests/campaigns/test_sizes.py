"""How long everybody's texts are, counted in one query, and what one character more or less would cost."""

from collections import Counter

import pytest
from sqlalchemy import select

from app.audience.filters import Filter
from app.campaigns import pieces, plan, sizes
from app.campaigns.campaigns import Campaign, Kind
from app.campaigns.plan import Glance
from app.campaigns.sizes import Saving, Sizes
from app.errors import Refused
from app.residents.residents import Resident
from app.sms import length
from tests.campaigns.acts import drafted
from tests.stories.acts import LI, WANG, ZHAO, turn
from tests.village import Village

MIXED = (("王秀兰", WANG), ("李建国", LI), ("欧阳秀兰", ZHAO), ("𬭎一", "14200000011"), ("𬭎", "14200000012"),
         ("陈一", "14200000013"), ("陈二二", "14200000013"), ("陈𬭎", "14200000013"), ("孙大", "14200000014"))


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


@pytest.fixture
async def mixed(village: Village) -> Village:
    """Names of all lengths, rare characters in some of them, one phone of three people, one home without a building."""
    for name, phone in MIXED[:-1]:
        await village.neighbour(name, phone, agreed=True)
    await village.neighbour(*MIXED[-1], agreed=True, area_id=village.area.id)
    return village


async def glanced(village: Village, text: str, chosen: Filter | None = None, kind: Kind = Kind.NOTICE) -> Glance:
    campaign = await drafted(village, text, chosen, kind=kind)
    async with village.database.reading() as db:
        planned = await plan.of(db, await db.get_one(Campaign, campaign.id), half_written=True)
        return await plan.glance(db, planned)


@pytest.mark.parametrize("text", ["停水" * n for n in (1, 31, 32, 60)] + [
    holes + "水" * n for holes in ("{姓名}", "{楼栋}{姓名}", "{姓名}和{姓名}", "{楼栋}")
    for n in (1, 53, 54, 55, 56, 120, 121)])
async def test_the_count_is_that_of_the_texts_themselves(mixed: Village, text: str) -> None:
    campaign = await drafted(mixed, text)
    async with mixed.database.reading() as db:
        planned = await plan.of(db, await db.get_one(Campaign, campaign.id))
        counted = await sizes.of(db, planned.whom, planned.parts, planned.leaves)
        told = pieces.texts(planned.whom, planned.parts, planned.leaves).c
        bodies = {row.phone: row.body for row in await db.execute(select(told.phone, told.body))}
    assert counted.counts == Counter(length.measure(body) for body in bodies.values())
    assert all(length.measure(bodies[phone]) == size for size, phone in counted.phones.items())
    assert len(bodies) == (6 if "楼栋" in text else 7)


async def test_the_longest_and_the_typical_one_are_shown_with_their_price(mixed: Village) -> None:
    seen = await glanced(mixed, "{姓名}" + "水" * 57)
    assert seen.longest
    assert seen.typical
    assert (seen.longest.name, seen.longest.length.units, seen.longest.price_fen) == ("陈*、陈*二、陈*", 75, 10)
    assert (seen.typical.name, seen.typical.length.units, seen.typical.price_fen) == ("王*兰", 68, 5)
    assert seen.typical.phone == "142****0001"
    assert "王秀兰水水" in seen.typical.text
    assert seen.examples[0] == seen.longest


async def test_who_would_spill_is_counted_and_so_is_what_shortening_saves(mixed: Village) -> None:
    seen = await glanced(mixed, "{姓名}" + "水" * 59, Filter(people=(1, 2, 3)))
    assert (seen.sizes.full, seen.fen(seen.sizes.full)) == (2, 10)
    assert seen.sizes.saving == Saving(1, 1)
    seen = await glanced(mixed, "停水" * 30, Filter(people=(1, 2, 3)))
    assert (seen.sizes.full, seen.sizes.saving, seen.longest) == (0, None, seen.typical)


@pytest.mark.parametrize(("units", "full", "saving"), [
    ({70: 3, 60: 9}, 3, None), ({71: 5, 72: 40, 73: 10}, 0, Saving(3, 55)), ({71: 100, 80: 1}, 0, Saving(1, 100)),
    ({134: 2}, 2, None), ({135: 2}, 0, Saving(1, 2)), ({201: 1, 202: 1}, 1, Saving(1, 1)), ({}, 0, None),
    ({90: 8}, 0, None),
])
def test_the_edges_of_segments(units: dict[int, int], full: int, saving: Saving | None) -> None:
    counted = Sizes(Counter({length.measure("字" * one): texts for one, texts in units.items()}), {})
    assert (counted.full, counted.saving) == (full, saving)


@pytest.mark.parametrize(("units", "typical"), [({60: 1}, 60), ({60: 1, 61: 1}, 60), ({60: 1, 61: 2}, 61),
                                                ({60: 5, 70: 4}, 60), ({50: 2, 60: 1, 70: 2}, 60)])
def test_half_of_the_texts_are_no_longer_than_the_typical_one(units: dict[int, int], typical: int) -> None:
    counted = Sizes(Counter({length.measure("字" * one): texts for one, texts in units.items()}), {})
    assert counted.typical == length.measure("字" * typical)


async def test_more_than_ten_segments_for_anybody_is_refused(mixed: Village) -> None:
    with pytest.raises(Refused, match="longer than"):
        await glanced(mixed, "{姓名}" + "水" * 655)


async def test_those_whose_building_nobody_knows_are_counted_and_left_out(mixed: Village) -> None:
    campaign = await drafted(mixed, "{楼栋}停水")
    async with mixed.database.reading() as db:
        planned = await plan.of(db, await db.get_one(Campaign, campaign.id))
        seen = await plan.preview(db, planned)
        chosen = plan.without(planned, Resident.name)
        assert chosen is not None
        names = list(await db.scalars(chosen))
    assert (seen.glance.lacking, seen.people, seen.texts, seen.left_out) == (1, 8, 6, {"no_building": 1})
    assert names == ["孙大"]
    assert (await glanced(mixed, "{姓名}停水")).lacking == 0


@pytest.mark.parametrize(("text", "kind", "why"), [
    ("今天有活", Kind.JOB, "which one"), ("想干活吗?", Kind.SURVEY, "numbered answers"),
    ("您去吗?1去 2不去。带家属吗?1带 2不带", Kind.SURVEY, "one question"),
])
async def test_a_text_does_what_its_kind_promises(mixed: Village, text: str, kind: Kind, why: str) -> None:
    campaign = await drafted(mixed, text, kind=kind)
    async with mixed.database.reading() as db:
        draft = await db.get_one(Campaign, campaign.id)
        with pytest.raises(Refused, match=why):
            await plan.of(db, draft)
        assert (await plan.glance(db, await plan.of(db, draft, half_written=True))).sizes.texts == 7
