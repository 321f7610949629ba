"""The exact text of any recipient, or the reason why there is none."""

import pytest

from app.audience.filters import Filter
from app.campaigns import copies, plan
from app.campaigns.campaigns import Campaign
from app.residents.residents import Resident
from app.sms import consent
from tests.campaigns.acts import drafted, handed_in, texts_of
from tests.stories.acts import LI, WANG, ZHAO, turn
from tests.village import SIGNATURE, Village


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def seen(village: Village, people: list[Resident], text: str = "{姓名}您好",
               chosen: Filter | None = None) -> list[str]:
    """What each of them gets, or why nothing."""
    campaign = await drafted(village, text, chosen)
    async with village.database.reading() as db:
        planned = await plan.of(db, await db.get_one(Campaign, campaign.id))
        return [one.text.text if one.text else one.why for one in await copies.of(db, planned, people)]


async def test_everybody_sees_their_own_text(village: Village) -> None:
    people = [await village.neighbour("王秀兰", WANG, agreed=True), await village.neighbour("李建国", LI, agreed=True)]
    assert await seen(village, people, "{楼栋}的{姓名}您好") == [
        f"{SIGNATURE}1栋的王秀兰您好", f"{SIGNATURE}1栋的李建国您好"]


async def test_a_family_on_one_phone_sees_the_text_that_greets_all(village: Village) -> None:
    people = [await village.neighbour(name, WANG, agreed=True) for name in ("王秀兰", "李建国")]
    assert await seen(village, people[1:]) == [f"{SIGNATURE}王秀兰、李建国您好"]


async def test_what_is_seen_is_what_is_sent(village: Village) -> None:
    people = [await village.neighbour(name, phone, agreed=True)
              for name, phone in (("王秀兰", WANG), ("李建国", LI), ("李小妹", LI))]
    before = await seen(village, people, "{楼栋}{姓名}明天停水")
    batch = await handed_in(village, await drafted(village, "{楼栋}{姓名}明天停水"), sure=True)
    sent = {message.phone: message.body for message in await texts_of(village, batch)}
    assert before == [sent[person.phone or ""] for person in people]


async def test_why_somebody_gets_none(village: Village) -> None:
    stopped = await village.neighbour("王秀兰", WANG, agreed=True)
    silent = await village.neighbour("李建国", LI)
    homeless = await village.neighbour("赵大妈", ZHAO, agreed=True, area_id=village.area.id)
    without = await village.neighbour("周一")
    wrong = await village.neighbour("孙二", "14200000005", agreed=True)
    async with village.database.session() as db:
        await consent.withdraw(db, "+86" + WANG, source="text")
        (await db.get_one(Resident, wrong.id)).wrong_phone_at = wrong.created_at
    people = [stopped, silent, homeless, without, wrong]
    assert await seen(village, people, "{楼栋}停水") == [
        "stopped", "no_consent", "no_building", "no_phone", "wrong_phone"]


async def test_whoever_was_not_chosen_is_told_so(village: Village) -> None:
    young = await village.neighbour("王秀兰", WANG, agreed=True)
    other = await village.neighbour("李建国", LI, agreed=True)
    assert await seen(village, [young], chosen=Filter(age_from=99)) == ["not_chosen"]
    assert await seen(village, [young, other], chosen=Filter(people=(young.id,))) == [
        f"{SIGNATURE}王秀兰您好", "not_chosen"]
