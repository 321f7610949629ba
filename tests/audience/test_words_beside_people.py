"""What is kept beside a resident of their number is what the table of consents says, whoever changes which of them."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.audience import query, reach
from app.audience.filters import Filter
from app.audience.reach import Count
from app.db import core
from app.residents import cards, consents
from app.residents.cards import Facts
from app.residents.consents import Source, Told
from app.residents.imports import apply, check
from app.residents.residents import Resident
from app.sms import consent
from app.sms.consent import JOBS, NOTICES, PURPOSES, Consent, Word
from tests.patience import PATIENCE_SECONDS
from tests.residents.lists import text
from tests.stories.acts import LI, WANG, turn
from tests.village import Village

NUMBERS = ("", "14200000001", "14200000002", "14200000003", "14200000004")
STEPS = 60


@pytest.fixture(autouse=True)
def _noon() -> None:
    turn("2026-03-10 12:00")


async def _beside(village: Village) -> dict[int, tuple[str | None, str | None]]:
    async with village.database.reading() as db:
        rows = await db.execute(select(Resident.id, Resident.jobs_word, Resident.notices_word))
        return {row.id: (row.jobs_word, row.notices_word) for row in rows}


async def _said(village: Village) -> dict[int, tuple[str | None, str | None]]:
    async with village.database.reading() as db:
        words = {(row.phone, row.purpose): row.word for row in await db.scalars(select(Consent))}
        people = await db.execute(select(Resident.id, Resident.phone))
        return {row.id: (words.get((row.phone, JOBS)), words.get((row.phone, NOTICES))) for row in people}


class _Station:
    """Everything that happens to people and to words, at random."""

    def __init__(self, village: Village, seed: int) -> None:
        self.village, self.random = village, random.Random(seed)
        self.deeds: list[Callable[[AsyncSession], Awaitable[object]]] = [
            self.comes, self.comes, self.gets_another_phone, self.loses_their_phone, self.says, self.says,
            self.takes_back, self.is_noted_by_staff, self.leaves]

    def number(self) -> str:
        return self.random.choice(NUMBERS[1:])

    async def person(self, db: AsyncSession) -> Resident:
        return self.random.choice(list(await db.scalars(select(Resident))))

    async def comes(self, db: AsyncSession) -> None:
        db.add(Resident(name="王秀兰", phone=self.random.choice(["+86" + self.number(), None]), work_status="seeking",
                        area_id=self.village.building.id))

    async def gets_another_phone(self, db: AsyncSession) -> None:
        person = await self.person(db)
        await cards.change(db, person, Facts(person.name, self.village.building, phone=self.number(), namesake=True),
                           by=self.village.boss)

    async def loses_their_phone(self, db: AsyncSession) -> None:
        await db.execute(update(core(Resident)).where(core(Resident).c.id == (await self.person(db)).id)
                         .values(phone=None))

    async def says(self, db: AsyncSession) -> None:
        say = self.random.choice([consent.give, consent.withdraw])
        await say(db, "+86" + self.number(), source="text", purpose=self.random.choice(PURPOSES))

    async def takes_back(self, db: AsyncSession) -> None:
        await consent.take_back(db, "+86" + self.number(), purpose=self.random.choice(PURPOSES),
                                before=self.random.choice([None, Word.AGREED]), by=self.village.boss)

    async def is_noted_by_staff(self, db: AsyncSession) -> None:
        person = await self.person(db)
        if person.phone:
            word = self.random.choice([Word.AGREED, Word.STOPPED])
            await consents.record(db, person, Told(word, Source.SPOKEN, clock.today(), "在站里说的"),
                                  by=self.village.boss)

    async def leaves(self, db: AsyncSession) -> None:
        await cards.leave(db, await self.person(db), by=self.village.boss)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_the_words_follow(village: Village, seed: int) -> None:
    station = _Station(village, seed)
    for phone in NUMBERS:
        await village.neighbour("李建国", phone)
    seen: set[tuple[str | None, str | None]] = set()
    for step in range(STEPS):
        deed = station.random.choice(station.deeds)
        async with village.database.session() as db:
            await deed(db)
        beside = await _beside(village)
        assert beside == await _said(village), (step, deed)
        seen.update(beside.values())
    assert len(seen) >= 5  # of nine


async def test_they_follow_texts_and_lists(village: Village) -> None:
    wang = await village.neighbour("王秀兰", WANG, agreed=True)
    await village.says(WANG, "退订")
    assert (await _beside(village))[wang.id] == (Word.STOPPED, None)
    await village.says(WANG, "恢复")
    assert (await _beside(village))[wang.id] == (Word.AGREED, None)
    report = await check.check(village.database, text(
        ["姓名", "楼栋", "联系电话", "同意短信"], ["李建国", "1栋", LI, "是"], ["王秀兰", "1栋", WANG, "否"],
        ["赵大妈", "1栋", LI, ""]), area=village.area, by=village.boss)
    async with village.database.session() as db:
        await apply.apply(db, report, area=village.area, by=village.boss)
    beside = await _beside(village)
    assert beside == await _said(village)
    assert sorted(jobs for jobs, _notices in beside.values() if jobs) == ["agreed", "agreed", "stopped"]


async def test_a_notice_goes_by_its_own_word_where_there_is_one(village: Village) -> None:
    for number in range(1, 6):
        await village.neighbour(f"王{number}", f"1420000000{number}", agreed=number <= 3)
    async with village.database.session() as db:
        await consent.withdraw(db, "+8614200000002", source="text", purpose=NOTICES)
        await consent.withdraw(db, "+8614200000003", source="text")
        await consent.give(db, "+8614200000003", source="text", purpose=NOTICES)
        await consent.give(db, "+8614200000004", source="text", purpose=NOTICES)
    for about, told, left_out in ((JOBS, ["王1", "王2"], {"no_consent": 2, "stopped": 1}),
                                  (NOTICES, ["王1", "王3", "王4"], {"stopped": 1, "no_consent": 1})):
        async with village.database.reading() as db:
            whom = await query.audience(db, Filter(), village.area, about)
            assert await reach.count(db, whom, clock.now()) == Count(5, len(told), left_out)
            names = await db.scalars(reach.reached(whom, clock.now(), Resident.name).order_by(Resident.id))
            assert list(names) == told


@pytest.mark.parametrize("engine", ["postgresql"])  # SQLite has one writer
@pytest.mark.parametrize("before", [None, Word.AGREED])
@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("first", ["person", "word"])
async def test_who_comes_while_the_number_says_stop_is_not_counted_in(
        village: Village, before: Word | None, purpose: str, first: str) -> None:
    if before:
        async with village.database.session() as db:
            await consent.give(db, "+86" + WANG, source="form")
    ready, go = asyncio.Event(), asyncio.Event()

    async def comes(db: AsyncSession) -> None:
        db.add(Resident(name="王秀兰", phone="+86" + WANG, area_id=village.building.id))
        await db.flush()

    async def says_stop(db: AsyncSession) -> None:
        await consent.withdraw(db, "+86" + WANG, source="text", purpose=purpose)

    async def holds(deed: Callable[[AsyncSession], Awaitable[None]]) -> None:
        async with village.database.session() as db:
            await deed(db)
            ready.set()
            await go.wait()

    async def follows(deed: Callable[[AsyncSession], Awaitable[None]]) -> None:
        async with village.database.session() as db:
            await deed(db)

    one, other = (comes, says_stop) if first == "person" else (says_stop, comes)
    async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as both:
        both.create_task(holds(one))
        await ready.wait()
        both.create_task(follows(other))
        await asyncio.sleep(0.2)
        go.set()
    async with village.database.reading() as db:
        whom = await query.audience(db, Filter(), village.area, purpose)
        assert (await reach.count(db, whom, clock.now())).people == 0
