"""The demo community is what the README and the story tests promise."""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Select, distinct, func, select

from app import clock
from app.calls.calls import Call
from app.db import Database
from app.demo import community
from app.demo.families import SHAPES, families
from app.employers.employers import Employer
from app.jobs import jobs, matching, pushes
from app.jobs.jobs import TRADES, Demand, Job
from app.listings.listings import Listing, State
from app.listings.signups import Place, Signup
from app.occasions.occasions import Occasion
from app.org import areas
from app.org.areas import Area, Level
from app.residents.hardship import Hardship
from app.residents.households import Household
from app.residents.residents import Resident, ResidentWord, WordKind, years
from app.settings import Settings
from app.sms.arrivals import Inbound
from app.sms.batches import Batch
from app.sms.consent import Consent, ConsentRecord, Word
from app.sms.outbox import Message, Status
from app.sms.replies import Reply
from app.staff import accounts, passwords
from app.staff.accounts import Officer, Role
from tests.conftest import PLAIN


@pytest.fixture(scope="module")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled database that every test copies; filling another engine has a test of its own."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copy(sqlite_template, path)

    async def prepare() -> None:
        database = Database(_at(path))
        await community.fill(database)
        await database.close()

    asyncio.run(prepare())
    return path


@pytest.fixture
async def demo(filled: Path, tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(_at(Path(shutil.copy(filled, tmp_path))))
    yield database
    await database.close()


def _at(path: Path) -> Settings:
    return replace(PLAIN, database_url=f"sqlite+aiosqlite:///{path}", quiet_hours=None)


async def _value(database: Database, question: Select[Any]) -> Any:
    async with database.reading() as db:
        return await db.scalar(question)


async def _column(database: Database, question: Select[Any]) -> list[Any]:
    async with database.reading() as db:
        return list(await db.scalars(question))


async def test_filling_gives_the_promised_size(database: Database) -> None:
    await community.fill(database)
    today = clock.today()
    youngest, oldest = today.replace(year=today.year - 16), today.replace(year=today.year - 60)
    working_age = Resident.born_on.between(oldest + timedelta(days=1), youngest)
    assert await _value(database, select(func.count(Household.id))) == 4152
    assert await _value(database, select(func.count(Resident.id))) == 15160
    assert await _value(database, select(func.count(Resident.id)).where(working_age)) == 8830
    assert await _value(database, select(func.count(Area.id)).where(Area.level == Level.BUILDING)) == 72
    by_kind = select(Listing.kind, func.count()).where(Listing.state == State.OPEN).group_by(Listing.kind)
    async with database.reading() as db:
        assert dict((await db.execute(by_kind)).all()) == {"job": 200, "fair": 2, "course": 4, "bus": 3}
    assert await community.is_filled(database)


async def test_listing_ten_is_tomorrows_mushrooms_and_suits_two_thousand_phones(demo: Database) -> None:
    async with demo.reading() as db:
        place = await areas.by_code(db, "demo")
        assert place is not None
        job = await jobs.by_number(db, 10, area_id=place.id)
        clerk = await accounts.by_username(db, "clerk")
        assert job is not None
        assert clerk is not None
        preview = await pushes.preview(db, job, by=clerk)
    assert (job.title, job.place, job.places, job.state, job.demands) == ("香菇分拣", "西门", 12, State.OPEN, [])
    assert clock.local(job.starts_at).date() == clock.today() + timedelta(days=1)
    assert job.employer.verified
    assert preview.texts >= 2000
    assert preview.segments == preview.texts
    assert await _value(demo, select(func.count(Signup.id)).where(Signup.listing_id == job.id)) == 0


async def test_what_is_on_the_calendar_comes_within_six_weeks_and_took_no_number_of_a_job(demo: Database) -> None:
    found = await _column(demo, select(Occasion).order_by(Occasion.number))
    assert [one.number for one in found] == list(range(210, 219))
    last = clock.today() + timedelta(weeks=6)
    assert all(clock.today() < clock.local(one.starts_at).date() <= last for one in found)
    assert {one.kind: one.destination != "" for one in found} == {"fair": False, "course": False, "bus": True}


async def test_every_building_has_a_head_and_the_four_can_log_in(demo: Database) -> None:
    heads = await _column(demo, select(Officer.area_id).where(Officer.role == Role.HEAD))
    buildings = await _column(demo, select(Area.id).where(Area.level == Level.BUILDING))
    assert sorted(heads) == sorted(buildings)
    async with demo.reading() as db:
        for username in ("head", "clerk", "supervisor", "admin"):
            officer = await accounts.by_username(db, username)
            assert officer is not None
            assert passwords.fits(officer.password_hash, "demo")
            assert not officer.must_change
        head = await accounts.by_username(db, "head")
        assert head is not None
        assert head.area.code == "demo-1"


async def test_every_phone_has_the_unassigned_prefix(demo: Database) -> None:
    for column in (Resident.phone, Officer.phone, Employer.phone, Consent.phone, Call.phone):
        found = await _column(demo, select(column).where(column.is_not(None)))
        assert found
        assert all(phone.startswith("+86142") and len(phone) == 14 for phone in found)


async def test_phones_are_shared_only_inside_a_household(demo: Database) -> None:
    homes = func.count(distinct(Resident.household_id))
    shared = select(Resident.phone).where(Resident.phone.is_not(None)).group_by(Resident.phone)
    assert await _column(demo, shared.having(homes > 1)) == []
    assert len(await _column(demo, shared.having(func.count() > 1))) > 500
    assert await _value(demo, select(func.count()).where(Resident.phone.is_(None))) > 500


async def test_the_first_two_thousand_who_are_told_of_listing_ten_answer_for_one_person_each(demo: Database) -> None:
    """So that none of them is asked back who is meant, whoever else uses the phone."""
    async with demo.reading() as db:
        place = await areas.by_code(db, "demo")
        assert place is not None
        job = await jobs.by_number(db, 10, area_id=place.id)
        assert job is not None
        suited = await matching.suited(db, job, place, clock.now())
    told = [list(people) for _phone, people in groupby(suited, key=lambda person: person.phone)]
    assert max(len(people) for people in told[:2000]) == 1
    assert sum(people[0].shared for people in told[:2000]) > 100
    assert sum(len(people) > 1 for people in told) > 100


async def test_words_are_those_of_the_lists(demo: Database) -> None:
    async with demo.reading() as db:
        found = (await db.execute(select(ResidentWord.kind, ResidentWord.word).distinct())).all()
    limits = {word for kind, word in found if kind == WordKind.LIMIT}
    assert limits <= set(Demand)
    assert limits
    assert {word for kind, word in found if kind != WordKind.LIMIT} <= set(TRADES)
    async with demo.reading() as db:
        every = list(await db.scalars(select(Job)))
    assert {job.trade for job in every} <= set(TRADES)
    assert {job.skill for job in every} <= {"", *TRADES}
    assert sorted(job.number for job in every) == list(range(10, 210))
    assert all(len(job.title) <= 8 for job in every)


async def test_the_consent_that_holds_is_the_last_that_was_said(demo: Database) -> None:
    async with demo.reading() as db:
        log = (await db.execute(select(ConsentRecord.phone, ConsentRecord.word).order_by(ConsentRecord.at))).all()
        states = (await db.execute(select(Consent.phone, Consent.word))).all()
    assert {phone: word for phone, word in log} == {phone: word for phone, word in states}  # noqa: C416
    counted = Counter(word for _phone, word in states)
    assert counted[Word.AGREED] > 5000
    assert counted[Word.STOPPED] > 50


async def test_there_is_something_to_look_at(demo: Database) -> None:
    assert await _value(demo, select(func.count(Hardship.id))) == 320
    assert await _value(demo, select(func.count(Employer.id)).where(Employer.verified_at.is_(None))) >= 2
    assert await _value(demo, select(func.count(Employer.id)).where(Employer.verified_at.is_not(None))) >= 7
    assert await _value(demo, select(func.count(Call.id)).where(Call.done_at.is_(None))) == 6
    assert await _value(demo, select(func.count(Resident.id)).where(Resident.born_on.is_(None))) == 60
    taken = select(Signup.listing_id, func.count()).where(Signup.place == Place.TAKEN).group_by(Signup.listing_id)
    async with demo.reading() as db:
        places = {row.id: row.places for row in await db.execute(select(Listing.id, Listing.places))}
        assert all(count <= places[listing_id] for listing_id, count in await db.execute(taken))
    assert await _value(demo, select(func.count(Signup.id)).where(Signup.place == Place.WAITING)) > 0


def test_the_same_seed_invents_the_same_people() -> None:
    first, again, other = (families(Random(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_the_shapes_of_families_add_up() -> None:
    people = [person for home in families(Random(5)) for person in home]
    assert len(people) == sum(sum(shape) * count for shape, count in SHAPES.items()) == 15160
    assert sum(person.adult for person in people) == 8830
    assert all(0 <= person.age <= 88 for person in people)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_on_the_last_day_of_february_everybody_still_has_a_birthday(database: Database) -> None:
    clock.turn(clock.at(date(2028, 2, 29), clock.local(clock.now()).time()))
    await community.fill(database, seed=3)
    born = await _column(database, select(Resident.born_on).where(Resident.born_on.is_not(None)))
    assert sum(16 <= years(day, clock.today()) < 60 for day in born) == 8830


async def test_a_survey_is_half_way_through(demo: Database) -> None:
    """A newcomer sees a page that moves: half has arrived and is being answered, the rest leaves within the hour."""
    [batch] = await _column(demo, select(Batch))
    states = Counter(await _column(demo, select(Message.status).where(Message.batch_id == batch.id)))
    assert batch.approved_by_id not in (None, batch.author_id)
    assert states.total() == batch.texts > 1500
    assert 0.4 < states[Status.QUEUED] / batch.texts < 0.6
    assert states[Status.DELIVERED] > 0.9 * (batch.texts - states[Status.QUEUED])
    due = await _column(demo, select(Message.next_at).where(
        Message.batch_id == batch.id, Message.status == Status.QUEUED))
    assert clock.now() - timedelta(minutes=2) < min(due) < max(due) < clock.now() + timedelta(minutes=31)
    answers = Counter(await _column(demo, select(Reply.choice)))
    assert set(answers) == {1, 2, 3}
    assert answers.total() > 100
    assert await _value(demo, select(func.count()).select_from(Inbound)) == answers.total()


async def test_nobody_whom_listing_ten_suits_waits_for_the_survey(demo: Database) -> None:
    """So that an answer to the first job that a newcomer pushes is about that job."""
    async with demo.reading() as db:
        place = await areas.by_code(db, "demo")
        assert place is not None
        job = await jobs.by_number(db, 10, area_id=place.id)
        assert job is not None
        suited = {row.phone for row in await matching.suited(db, job, place, clock.now())}
    assert not suited & set(await _column(demo, select(Message.phone).where(Message.batch_id.is_not(None))))
