"""Who matches a filter, who of them may get a text, and why not the others; the same on both engines."""

from datetime import timedelta
from itertools import pairwise

import pytest

from app import clock, i18n
from app.audience import audiences, query, reach, sentence
from app.audience.filters import Filter
from app.audience.reach import Count, Span
from app.calls import calls
from app.calls.calls import Why
from app.db import core
from app.errors import Refused
from app.org import areas
from app.org.areas import Area, Level
from app.residents.hardship import Hardship
from app.residents.residents import Resident
from app.sms import consent
from app.sms.batches import Batch
from app.sms.outbox import Message, Status
from app.staff import scopes
from tests.stories.acts import LI, WANG, ZHAO, drain, moment, signs_up, turn
from tests.village import Village, settle

SUN = "14200000004"


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _names(village: Village, chosen: Filter, within: Area | None = None) -> str:
    """The family names of those who match, in the order of the registry."""
    async with village.database.reading() as db:
        whom = await query.audience(db, chosen, within or village.area)
        return "".join(name[0] for name in await db.scalars(query.matching(whom, Resident.name).order_by(Resident.id)))


async def _count(village: Village, chosen: Filter, within: Area | None = None) -> Count:
    async with village.database.reading() as db:
        return await reach.count(db, await query.audience(db, chosen, within or village.area), clock.now())


async def _said(village: Village, chosen: Filter, language: str = "zh") -> str:
    async with village.database.reading() as db:
        with i18n.speaking(language):
            return await sentence.of(db, await query.audience(db, chosen, village.area))


async def _building(village: Village, name: str) -> Area:
    async with village.database.session() as db:
        return await areas.add(db, level=Level.BUILDING, code=name, name=name, parent=await areas.get(
            db, village.area.id))


async def test_each_part_narrows(village: Village) -> None:
    other = await _building(village, "2栋")
    wang = await village.neighbour("王秀兰", WANG, sex="female", skills=["缝纫"], wishes=["保洁"])
    await village.neighbour("李建国", LI, moment("1990-06-01 00:00").date(), sex="male", work_status="steady")
    await village.neighbour("赵大妈", ZHAO, None, area_id=other.id, sex="female")
    await village.neighbour("孙小山", "", moment("1981-03-10 00:00").date(), wishes=["香菇"])
    async with village.database.session() as db:
        db.add(Hardship(resident_id=wang.id, code="DL"))
    today = clock.today()
    for chosen, names in (
            (Filter(), "王李赵孙"), (Filter(areas=(other.id,)), "赵"),
            (Filter(areas=(other.id, village.building.id)), "王李赵孙"),
            (Filter(age_from=45), "王孙"), (Filter(age_from=46), "王"), (Filter(age_to=45), "李孙"),
            (Filter(age_to=44), "李"),
            (Filter(age_from=45, age_to=45), "孙"), (Filter(sex="female"), "王赵"), (Filter(work=("steady",)), "李"),
            (Filter(work=("steady", "seeking")), "王李赵孙"), (Filter(skills=("缝纫", "电工")), "王"),
            (Filter(wishes=("保洁", "香菇")), "王孙"), (Filter(hardship=("DL", "CJ")), "王"),
            (Filter(phone="no"), "孙"),
            (Filter(phone="yes", sex="female"), "王赵"), (Filter(people=(wang.id, 99)), "王"), (Filter(people=()), ""),
            (Filter(told_since=today), ""), (Filter(untold_since=today), "王李赵孙"), (Filter(signed="yes"), ""),
            (Filter(areas=(10_000,)), "")):
        assert await _names(village, chosen) == names, chosen


async def test_whoever_moved_away_and_whoever_lives_elsewhere_is_in_no_audience(village: Village) -> None:
    elsewhere = await settle(village.database, "far", "别的社区")
    wang = await village.neighbour("王秀兰", WANG)
    await village.neighbour("李建国", LI, left_at=clock.now())
    zhao = await elsewhere.neighbour("赵大妈", ZHAO)
    assert await _names(village, Filter()) == "王"
    assert await _names(village, Filter(areas=(elsewhere.area.id,))) == ""
    assert await _names(village, Filter(people=(wang.id, zhao.id))) == "王"
    assert await _names(village, Filter(), village.building) == "王"
    assert await _names(elsewhere, Filter(), elsewhere.building) == "赵"


async def test_what_came_to_pass_before(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    await village.neighbour("李建国", LI, agreed=True)
    await village.neighbour("赵大妈", ZHAO)
    job = await village.job(starts_at=moment("2026-03-12 14:00"))
    batch = await village.push(job)
    await drain(village)
    await village.says(WANG, "几点开始")
    await signs_up(village, job, wang)
    today = clock.today()
    for chosen, names in (
            (Filter(batch_id=batch.id), "王李"), (Filter(batch_id=batch.id, answered="yes"), "王"),
            (Filter(batch_id=batch.id, answered="no"), "李"), (Filter(signed="yes"), "王"),
            (Filter(signed="no"), "李赵"),
            (Filter(signed="yes", listing_id=job.id), "王"), (Filter(signed="no", listing_id=job.id), "李赵"),
            (Filter(signed="yes", listing_id=job.id + 1), ""), (Filter(told_since=today), "王李"),
            (Filter(told_since=today + timedelta(days=1)), ""), (Filter(untold_since=today), "赵")):
        assert await _names(village, chosen) == names, chosen


async def test_who_gets_no_text_and_why(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    await village.neighbour("李建国", LI)
    await village.neighbour("赵大妈", "")
    await village.neighbour("孙小山", SUN, agreed=True)
    await village.neighbour("周一", "14200000005", agreed=True, wrong_phone_at=clock.now())
    await village.neighbour("吴二", "14200000006", agreed=True)
    async with village.database.session() as db:
        await consent.withdraw(db, "+86" + SUN, source="text")
        await calls.ask(db, Why.COMPLAINT, phone="+8614200000006")
    assert await _count(village, Filter()) == Count(6, 1, {
        "no_phone": 1, "wrong_phone": 1, "stopped": 1, "no_consent": 1, "complaint": 1})
    assert await _count(village, Filter(phone="no")) == Count(1, 0, {"no_phone": 1})
    assert await _count(village, Filter(sex="male")) == Count(0, 0, {})


async def test_enough_texts_today_or_this_week_are_enough(village: Village) -> None:
    for name, phone in (("王秀兰", WANG), ("李建国", LI)):
        await village.neighbour(name, phone, agreed=True)
    starts = moment("2026-04-30 14:00")
    for day in (6, 7, 8, 9, 10):
        turn(f"2026-03-{day:02} 12:00")
        await village.push(await village.job(f"活{day}", starts_at=starts))
        await drain(village)
    async with village.database.session() as db:  # Li's texts of the first days failed
        await db.execute(core(Message).update().where(
            Message.phone == "+86" + LI, Message.created_at < moment("2026-03-09 00:00")).values(status=Status.FAILED))
    assert (await _count(village, Filter())).left_out == {}
    await village.push(await village.job("又", starts_at=starts))  # still queued: it counts for any day
    assert (await _count(village, Filter())).left_out == {"told_today": 2}
    turn("2026-03-11 12:00")
    await drain(village)
    turn("2026-03-12 09:00")
    assert (await _count(village, Filter())).left_out == {"told_week": 1}


async def test_whoever_was_told_of_the_listing_is_not_told_again(village: Village) -> None:
    await village.neighbour("王秀兰", WANG, agreed=True)
    job = await village.job()
    await village.push(job)
    async with village.database.reading() as db:
        whom = await query.audience(db, Filter(), village.area)
        assert (await reach.count(db, whom, clock.now(), listing_id=job.id)).left_out == {"told_already": 1}
        assert (await reach.count(db, whom, clock.now(), listing_id=job.id + 1)).people == 1


async def test_pieces_make_up_the_whole(village: Village) -> None:
    for number in range(1, 8):
        await village.neighbour(f"王{number}", f"1420000000{number}", agreed=number != 3)
    bounds = ["", "+8614200000002", "+8614200000005", "+8614200000009"]
    async with village.database.reading() as db:
        whom = await query.audience(db, Filter(), village.area)
        pieces = [list(await db.scalars(reach.reached(whom, clock.now(), Resident.name, span=Span(after, until))
                                        .order_by(Resident.id)))
                  for after, until in pairwise(bounds)]
    assert pieces == [["王1", "王2"], ["王4", "王5"], ["王6", "王7"]]


async def test_the_sentence_says_whom(village: Village) -> None:
    more = [await _building(village, f"{number}栋") for number in (2, 3, 9)]
    batch = Batch(area_id=village.area.id, kind="campaign", title="春季调查", text="x", state="finished", left_out={},
                  author_id=village.boss.id)
    async with village.database.session() as db:
        db.add(batch)
    chosen = Filter(areas=(village.building.id, *(area.id for area in more)), age_from=45, age_to=60, work=("seeking",),
                    hardship=("DL",), batch_id=batch.id, answered="no")
    assert await _said(village, Filter()) == "青龙泉社区的居民"
    assert await _said(village, chosen) == "1栋到3栋、9栋的居民，45到60岁，在找活，大龄人员，没回复“春季调查”"
    assert await _said(village, chosen, "en") == (
        "people of 1栋 to 3栋, 9栋, 45 to 60 years old, looking for work, counted as older worker, "
        "who did not answer “春季调查”")


async def test_an_audience_is_kept_by_name_in_its_area(village: Village) -> None:
    elsewhere = await settle(village.database, "far", "别的社区")
    async with village.database.session() as db:
        first = await audiences.save(db, " 大龄 ", Filter(age_from=45), by=village.boss)
        again = await audiences.save(db, "大龄", Filter(age_from=50), by=village.boss)
        other = await audiences.save(db, "大龄", Filter(age_from=40), by=elsewhere.boss)
        assert first.id == again.id != other.id
    async with village.database.session() as db:
        [kept] = await db.scalars(scopes.visible(audiences.SavedAudience, village.boss))
        assert (kept.name, kept.chosen) == ("大龄", Filter(age_from=50))
        with pytest.raises(Refused, match="name"):
            await audiences.save(db, " ", Filter(), by=village.boss)
        await audiences.forget(db, kept, by=village.boss)
    async with village.database.reading() as db:
        assert list(await db.scalars(scopes.visible(audiences.SavedAudience, village.boss))) == []
