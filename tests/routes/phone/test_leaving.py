"""Delete me: places go to others at once, texts stop, staff have a day by which to erase; and then nothing is left."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app import clock
from app.access.codes import Code
from app.access.links import Link
from app.access.sessions import PhoneSession
from app.calls.calls import Call, Why
from app.db import Database
from app.errors import Refused
from app.jobs.jobs import Job
from app.listings import signups
from app.listings.signups import Place, Via
from app.residents import residents
from app.residents.residents import Resident, ResidentWord, WorkStatusChange
from app.rights import erasure
from app.rights.erasure import Erasure
from app.sms import batches, consent
from app.sms.arrivals import Inbound
from app.sms.batches import Batch, Reason, Recipient
from app.sms.consent import Word
from app.sms.outbox import Message, Status
from app.staff import audit
from app.staff.audit import Audit
from tests.routes.conftest import rows
from tests.routes.phone.conftest import LI, WANG, Browser, proved
from tests.village import Village

ZHANG = "张建国"


@pytest.fixture(autouse=True)
def _morning() -> None:
    clock.turn(clock.at(clock.today() + timedelta(days=1), clock.local(clock.now()).time().replace(hour=10, minute=0)))


async def _sign_up(village: Village, job: Job, person: Resident) -> None:
    async with village.database.session() as db:
        await signups.sign_up(db, await db.merge(job, load=False), await db.merge(person, load=False), via=Via.TEXT)


async def _delete_me(browser: Browser, **fields: str) -> str:
    await browser.open("/me/delete")
    return await browser.send("/me/delete", **fields)


async def _person(database: Database, person: Resident) -> Resident:
    [found] = await rows(database, select(Resident).where(Resident.id == person.id))
    assert isinstance(found, Resident)
    return found


async def test_the_place_goes_to_whoever_waits_and_texts_stop(village: Village, browser: Browser) -> None:
    wang, li = await village.neighbour("王秀英", WANG, agreed=True), await village.neighbour("李建国", LI)
    job = await village.job(places=1)
    await _sign_up(village, job, wang)
    await _sign_up(village, job, li)
    await proved(browser, village, WANG)
    page = await browser.open("/me/delete")
    assert "您报的会退掉：10号 香菇分拣" in page
    page = await browser.send("/me/delete")
    assert "退掉的名额：1个" in page
    assert await village.places(job) == [("王秀英", Place.CANCELLED), ("李建国", Place.TAKEN)]
    assert (await village.texts(LI))[-1].startswith("【青龙泉就业站】有空位了")
    assert (await village.texts(WANG))[-1] == (
        "【青龙泉就业站】网页上要删掉王秀英的资料,报的名额已退,以后不发短信。不是您要的,请打0719-7221234")
    async with village.database.reading() as db:
        assert await consent.stopped_all(db, f"+86{WANG}")
    [call] = await rows(village.database, select(Call))
    assert (call.why, call.resident_id, call.phone) == (Why.DELETION, wang.id, f"+86{WANG}")
    assert call.due_on is not None
    page = await browser.open("/me")
    assert "您要删掉资料" in page
    assert "王秀英" not in page


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_pressed_twice_at_once_it_is_asked_once(village: Village, browser: Browser) -> None:
    wang, li = await village.neighbour("王秀英", WANG), await village.neighbour("李建国", LI)
    job = await village.job(places=1)
    await _sign_up(village, job, wang)
    await _sign_up(village, job, li)
    await proved(browser, village, WANG)
    page = await browser.open("/me/delete")
    fields = {"_csrf_token": page.split('_csrf_token" value="')[1].split('"')[0], "sure": "yes",
              "resident": str(wang.id)}
    answers = await asyncio.gather(*(browser.client.post("/me/delete", data=fields) for _time in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await rows(village.database, select(Call))) == 1
    assert await village.places(job) == [("王秀英", Place.CANCELLED), ("李建国", Place.TAKEN)]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_it_is_asked_once_more_before(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英", WANG)
    await proved(browser, village, WANG)
    await _delete_me(browser, sure="")
    assert browser.path == "/me/delete"
    assert (await _person(village.database, wang)).left_at is None


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_on_a_shared_phone_only_the_one_goes(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英", WANG, agreed=True)
    zhang = await village.neighbour(ZHANG, WANG)
    job = await village.job()
    await _sign_up(village, job, wang)
    await _sign_up(village, job, zhang)
    await proved(browser, village, WANG)
    await browser.open("/me/delete")
    await browser.send("/me/who", resident=str(wang.id))
    await browser.send("/me/delete")
    async with village.database.reading() as db:
        assert await consent.word(db, f"+86{WANG}") == Word.AGREED
    assert await village.places(job) == [("王秀英", Place.CANCELLED), (ZHANG, Place.TAKEN)]
    page = await browser.open("/me")
    assert "您要删掉资料" not in page
    assert "王秀英" not in page
    assert "香菇分拣" in page


async def test_staff_erase_what_is_left(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英", WANG, agreed=True, wishes=["香菇"])
    await village.push(await village.job())
    await village.says(WANG, "10")
    await village.says(WANG, "网页")
    await proved(browser, village, WANG)
    await _delete_me(browser)
    async with village.database.session() as db:
        person = await residents.get(db, wang.id)
        assert person
        await erasure.erase(db, person, by=village.boss)
    async with village.database.session() as db:
        person = await residents.get(db, wang.id)
        assert person
        await erasure.erase(db, person, by=village.boss)  # pressed twice
        for table in (ResidentWord, WorkStatusChange, Link, PhoneSession, Code):
            assert not await db.scalar(select(func.count()).select_from(table)), table
        bodies = [*await db.scalars(select(Message.body)), *await db.scalars(select(Inbound.text)),
                  *await db.scalars(select(Call.said))]
        assert set(bodies) == {""}
        phones = [*await db.scalars(select(Inbound.phone)), *await db.scalars(select(Call.phone))]
        assert set(phones) == {""}
        assert await db.scalar(select(func.count()).select_from(Recipient)) == 1  # counts stay
        assert await consent.stopped_all(db, f"+86{WANG}")
        assert [one.source for one in await consent.log(db, f"+86{WANG}")][-1] == "form"
        assert [one.verb for one in await db.scalars(select(Audit).where(Audit.verb == "erase_resident"))] == [
            "erase_resident"]
        [done] = list(await db.scalars(select(Call)))
        assert (done.result, done.done_by_id) == (erasure.RESULT, village.boss.id)
        [left] = list(await db.scalars(select(Erasure)))
        assert left.kept
        assert WANG not in left.kept
    after = await _person(village.database, wang)
    assert (after.name, after.phone, after.born_on, after.area_id) == (erasure.NOBODY, None, None, village.area.id)
    clock.turn(clock.now() + timedelta(days=156))
    async with village.database.session() as db:
        await erasure.finish_due(db)
    [left] = await rows(village.database, select(Erasure))
    assert left.kept == ""


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_family_keeps_what_is_theirs(village: Village) -> None:
    wang = await village.neighbour("王秀英", WANG)
    await village.neighbour(ZHANG, WANG)
    await village.job()
    await village.says(WANG, f"{ZHANG}报名10")
    await village.says(WANG, "王秀英报名10")
    async with village.database.session() as db:
        person = await residents.get(db, wang.id)
        assert person
        await erasure.erase(db, person, by=village.boss)
    bodies = " ".join(await rows(village.database, select(Message.body)))
    assert ZHANG in bodies
    assert "王秀英" not in bodies
    async with village.database.reading() as db:
        assert await consent.word(db, f"+86{WANG}") is None


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_has_to_wait_is_said(village: Village) -> None:
    wang = await village.neighbour("王秀英", WANG)
    job = await village.job(hours=1)
    await _sign_up(village, job, wang)

    async def erase() -> None:
        async with village.database.session() as db:
            person = await residents.get(db, wang.id)
            assert person
            await erasure.erase(db, person, by=village.boss)

    clock.turn(clock.now() + timedelta(hours=2))
    with pytest.raises(Refused, match="under way"):
        await erase()
    clock.turn(clock.now() + timedelta(hours=5))
    await village.says(WANG, "工钱还没给")
    with pytest.raises(Refused, match="complaint"):
        await erase()
    async with village.database.session() as db:
        for call in await db.scalars(select(Call)):
            call.done_at = clock.now()
        for message in await db.scalars(select(Message)):
            message.status = Status.SENDING
    with pytest.raises(Refused, match="leaving"):
        await erase()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_office_shows_by_when_and_erases(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英", WANG)
    await proved(browser, village, WANG)
    await _delete_me(browser)
    page = await browser.open("/office/login")
    token = page.split('_csrf_token" value="')[1].split('"')[0]
    await browser.client.post("/office/login", data={"_csrf_token": token, "username": village.boss.username,
                                                     "password": "not-a-secret"})
    [call] = await rows(village.database, select(Call))
    for path in ("/office/calls", f"/office/residents/{wang.id}"):
        assert f"{call.due_on}前答复" in await browser.open(path)
    where = f"/office/residents/{wang.id}/erase"
    unsure = await browser.client.post(where, data={"_csrf_token": token})
    assert "请勾上" in unsure.text
    done = await browser.client.post(where, data={"_csrf_token": token, "sure": "1"}, follow_redirects=False)
    assert done.status_code == 303
    page = await browser.open(f"/office/residents/{wang.id}")
    assert "已删除" in page
    assert "王秀英" not in page
    clock.turn(clock.now() + timedelta(days=40))


async def test_what_went_to_an_older_number_goes_too(village: Village) -> None:
    wang = await village.neighbour("王秀英", WANG, agreed=True)
    await village.neighbour(ZHANG, WANG)
    await village.job()
    await village.says(WANG, "王秀英报名10")
    await village.says(WANG, f"{ZHANG}报名10")
    async with village.database.session() as db:
        person = await residents.get(db, wang.id)
        assert person
        person.phone = f"+86{LI}"
        audit.record(db, "change_resident", person, by=village.boss, fields=["phone"])
    async with village.database.session() as db:
        person = await residents.get(db, wang.id)
        assert person
        await erasure.erase(db, person, by=village.boss)
    texts = [*await rows(village.database, select(Message.body)), *await rows(village.database, select(Inbound.text))]
    assert "王秀英" not in " ".join(texts)
    assert ZHANG in " ".join(texts)
    assert await rows(village.database, select(Inbound.text).where(Inbound.phone != "")) == [f"{ZHANG}报名10"]


async def test_a_bulk_text_that_was_under_way_forgets_them_when_it_has_ended(village: Village) -> None:
    wang = await village.neighbour("王秀英", WANG, agreed=True, wishes=["香菇"])
    await village.push(await village.job())
    async with village.database.session() as db:
        await db.execute(update(Batch).values(state=batches.State.QUEUED, ended_at=None))
        person = await residents.get(db, wang.id)
        assert person
        await erasure.erase(db, person, by=village.boss)
    async with village.database.session() as db:
        await erasure.finish_bulk(db)
    assert await rows(village.database, select(Recipient.phone)) == [f"+86{WANG}"]
    async with village.database.session() as db:
        await batches.keep_up(db)
        await erasure.finish_bulk(db)
    [got] = await rows(village.database, select(Recipient))
    assert (got.phone, got.body) == (f"-{got.id}", "")
    assert await rows(village.database, select(Reason.phone)) == [""]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_whoever_is_not_the_first_of_a_family_is_erased_as_well(village: Village) -> None:
    await village.neighbour("王秀英", WANG)
    zhang = await village.neighbour(ZHANG, WANG)
    await village.job()
    await village.says(WANG, "王秀英报名10")
    await village.says(WANG, f"{ZHANG}报名10")
    async with village.database.session() as db:
        person = await residents.get(db, zhang.id)
        assert person
        await erasure.erase(db, person, by=village.boss)
    texts = " ".join(f"{one.text} {one.raw}" for one in await rows(village.database, select(Inbound)))
    assert ZHANG not in texts
    assert "王秀英报名10" in texts
