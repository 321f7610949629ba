"""A place by way of the page: the phone is proved, the person is known, the place is taken."""

import re
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from app import clock
from app.calls.calls import Call, Why
from app.jobs import jobs
from app.listings import signups
from app.listings.signups import Place, Signup, Via
from app.main import create_app
from app.residents.residents import Resident
from app.settings import Settings
from tests.routes.phone.conftest import LI, STRANGER, WANG, ZHAO, Browser, proved
from tests.village import Village, settle

SIGN_UP, CANCEL = "/jobs/10/signup", "/jobs/10/cancel"


async def _held(village: Village) -> list[tuple[int, str]]:
    async with village.database.reading() as db:
        return [(row.resident_id, row.place) for row in await db.scalars(select(Signup).order_by(Signup.id))]


async def test_a_phone_and_its_code_are_enough_for_a_place(village: Village, browser: Browser) -> None:
    wang, _job = await village.neighbour("王秀英", WANG), await village.job()
    await browser.open("/jobs/10")
    assert "还有12个名额" in browser.page
    page = await browser.send(SIGN_UP, phone="+86 142-0000-0001")
    assert "填6位数字" in page
    assert (await village.texts(WANG))[0].startswith("【青龙泉就业站】验证码")
    page = await browser.send(SIGN_UP, button='name="code"', code=await village.code(WANG))
    assert browser.status == 200
    assert "报上了" in page
    assert "还有11个名额" in page
    assert browser.path == "/jobs/10?area=demo"
    assert await _held(village) == [(wang.id, Place.TAKEN)]


async def test_the_proved_phone_is_remembered(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await village.job("手工串珠", hours=48)
    await proved(browser, village, WANG)
    page = await browser.open("/jobs/11")
    assert 'name="phone"' not in page
    assert "报上了" in await browser.send("/jobs/11/signup")
    assert len(await village.texts(WANG)) == 1


async def test_who_comes_after_the_last_place_waits_in_line(village: Village, browser: Browser) -> None:
    clock.turn(clock.at(clock.today() + timedelta(days=1), time(12)))  # at night nobody moves up
    await village.neighbour("王秀英", WANG)
    first, job = await village.neighbour("李建国", LI), await village.job(places=1)
    async with village.database.session() as db:
        await signups.sign_up(db, await db.merge(job, load=False), await db.merge(first, load=False), via=Via.TEXT)
    await proved(browser, village, WANG)
    page = await browser.open("/jobs/10")
    assert "满了，可以排队" in page
    assert "我要排队" in page
    assert "排队第1位" in await browser.send(SIGN_UP)
    async with village.database.session() as db:
        held = await signups.held(db, job, first)
        assert held is not None
        await signups.cancel(db, held, via=Via.TEXT)
    assert "报上了" in await browser.open("/jobs/10")


async def test_a_place_is_given_back(village: Village, browser: Browser) -> None:
    wang, _job = await village.neighbour("王秀英", WANG), await village.job()
    await proved(browser, village, WANG)
    await browser.open("/jobs/10")
    await browser.send(SIGN_UP)
    page = await browser.send(CANCEL)
    assert browser.path == "/me"
    assert "您还没有报名" in page
    assert await _held(village) == [(wang.id, Place.CANCELLED)]


async def test_giving_back_twice_says_so(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await proved(browser, village, WANG)
    await browser.open("/jobs/10")
    page = await browser.send(SIGN_UP)
    await browser.send(CANCEL)
    browser.page = page
    await browser.send(CANCEL)
    assert browser.status == 409
    assert "notice" in browser.page


async def test_a_shared_phone_asks_who(village: Village, browser: Browser) -> None:
    await village.neighbour("李建国", LI)
    daughter = await village.neighbour("李小芬", LI)
    await village.job()
    await browser.open("/jobs/10")
    await browser.send(SIGN_UP, phone=LI)
    page = await browser.send(SIGN_UP, button='name="code"', code=await village.code(LI))
    assert "谁去" in page
    assert await _held(village) == []
    page = await browser.send(SIGN_UP, resident=str(daughter.id))
    assert "报上了" in page
    assert await _held(village) == [(daughter.id, Place.TAKEN)]


async def test_the_rest_of_the_family_can_sign_up_too(village: Village, browser: Browser) -> None:
    father, daughter = await village.neighbour("李建国", LI), await village.neighbour("李小芬", LI)
    await village.job()
    await proved(browser, village, LI)
    await browser.open("/jobs/10")
    await browser.send(SIGN_UP)
    await browser.send(SIGN_UP, resident=str(daughter.id))
    await browser.send(SIGN_UP, button="给家里别人报名")
    assert "谁去" in browser.page
    await browser.send(SIGN_UP, resident=str(father.id))
    assert await _held(village) == [(daughter.id, Place.TAKEN), (father.id, Place.TAKEN)]
    page = await browser.open("/me")
    assert page.count("报上了") == 2
    await browser.send(CANCEL, button=f'value="{daughter.id}"')
    assert await _held(village) == [(daughter.id, Place.CANCELLED), (father.id, Place.TAKEN)]


async def test_somebody_elses_neighbour_cannot_be_signed_up(village: Village, browser: Browser) -> None:
    wang, li = await village.neighbour("王秀英", WANG), await village.neighbour("李建国", LI)
    await village.job()
    await proved(browser, village, WANG)
    await browser.open("/jobs/10")
    assert "谁去" in await browser.send(SIGN_UP, resident=str(li.id))
    assert await _held(village) == []  # nor anybody in her stead
    await browser.send(SIGN_UP, resident=str(wang.id))
    assert await _held(village) == [(wang.id, Place.TAKEN)]


async def test_a_birth_date_is_asked_for_before_the_first_place(village: Village, browser: Browser) -> None:
    zhao = await village.neighbour("赵桂兰", ZHAO, born_on=None)
    await village.job()
    await proved(browser, village, ZHAO)
    await browser.open("/jobs/10")
    assert "赵桂兰是哪天生的" in await browser.send(SIGN_UP)
    page = await browser.send(SIGN_UP, born_on="三月十二")
    assert browser.status == 422
    assert 'value="三月十二"' in page
    assert "报上了" in await browser.send(SIGN_UP, born_on="1958年3月12日")
    async with village.database.reading() as db:
        kept = await db.get(Resident, zhao.id)
        assert kept
        assert kept.born_on == date(1958, 3, 12)


async def test_a_child_gets_no_place(village: Village, browser: Browser) -> None:
    await village.neighbour("赵小宝", ZHAO, born_on=None)
    await village.job()
    await proved(browser, village, ZHAO)
    await browser.open("/jobs/10")
    await browser.send(SIGN_UP)
    await browser.send(SIGN_UP, born_on=f"{clock.today().year - 12}0101")
    assert browser.status == 409
    assert "16" in browser.page
    assert await _held(village) == []


async def test_an_unknown_phone_becomes_a_call_and_is_told_so(village: Village, browser: Browser) -> None:
    job = await village.job()
    await browser.open("/jobs/10")
    await browser.send(SIGN_UP, phone=STRANGER)
    page = await browser.send(SIGN_UP, button='name="code"', code=await village.code(STRANGER))
    assert "我们会给您打电话" in page
    async with village.database.reading() as db:
        call = (await db.scalars(select(Call))).one()
    assert (call.why, call.phone, call.listing_id, call.area_id) == (
        Why.UNKNOWN_PHONE, "+86" + STRANGER, job.id, village.area.id)
    assert "10号 香菇分拣" in call.said
    assert "没有登记" in await browser.open("/me")


async def test_the_page_is_the_same_for_known_and_unknown_phones(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    pages = []
    for phone in (WANG, STRANGER):
        await browser.open("/jobs/10")
        page = await browser.send(SIGN_UP, phone=phone)
        pages.append((browser.status, re.sub(r'name="_csrf_token" value="[^"]*"', "", page.replace(phone, "PHONE"))))
        assert len(await village.texts(phone)) == 1
    assert pages[0] == pages[1]


async def test_what_is_no_phone_is_said_beside_the_field_and_kept(village: Village, browser: Browser) -> None:
    await village.job()
    await browser.open("/jobs/10")
    page = await browser.send(SIGN_UP, phone="0719-722")
    assert browser.status == 422
    assert 'value="0719-722"' in page
    assert 'id="phone-error"' in page


async def test_a_job_at_the_same_time_is_refused(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await village.job("手工串珠", hours=25)
    await proved(browser, village, WANG)
    await browser.open("/jobs/10")
    await browser.send(SIGN_UP)
    await browser.open("/jobs/11")
    page = await browser.send("/jobs/11/signup")
    assert browser.status == 409
    assert 'role="alert"' in page
    assert "手工串珠" in page


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_closed_called_off_and_begun_work_takes_nobody(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    closed, off, begun = await village.job(), await village.job(), await village.job(hours=1)
    await proved(browser, village, WANG)
    pages = {}
    for job in (closed, off, begun):
        pages[job.number] = await browser.open(f"/jobs/{job.number}")
    async with village.database.session() as db:
        for job, end in ((closed, jobs.close), (off, jobs.call_off)):
            found = await jobs.get(db, job.id)
            assert found
            await end(db, found, by=village.boss)
    clock.turn(clock.now() + timedelta(hours=2))
    for number, page in pages.items():
        browser.page = page
        await browser.send(f"/jobs/{number}/signup")
        assert browser.status == 409
        assert 'role="alert"' in browser.page
        assert "<button>" not in browser.page
    assert await _held(village) == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_form_without_its_token_does_nothing(village: Village, browser: Browser) -> None:
    await village.job()
    await browser.open("/jobs/10")
    answer = await browser.client.post(SIGN_UP, data={"phone": WANG})
    assert answer.status_code == 403
    assert await village.texts(WANG) == []


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_cookie_is_kept_from_scripts_and_other_sites(database_url: str, settings: Settings,
                                                               village: Village) -> None:
    safe = replace(settings, database_url=database_url, public_url="https://work.example")
    async with AsyncTestClient(create_app(safe, dispatch=False), base_url="https://work.example") as client:
        browser = Browser(client)
        await browser.open("/login")
        await browser.send("/login", phone=WANG)
        token = client.cookies["csrf"]
        answer = await client.post("/login", follow_redirects=False, data={
            "_csrf_token": token, "phone": WANG, "code": await village.code(WANG)})
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("phone="))
    assert all(word in cookie for word in ("HttpOnly", "Secure", "SameSite=lax"))


async def test_a_number_of_two_communities_asks_which(village: Village, browser: Browser) -> None:
    other = await settle(village.database, "other", "柳陂社区")
    await village.job()
    await other.job("织袜挡车")
    page = await browser.open("/jobs/10")
    assert "/jobs/10?area=demo" in page
    assert "/jobs/10?area=other" in page
    assert "织袜挡车" in await browser.open("/jobs/10?area=other")
    await browser.send(SIGN_UP, phone=STRANGER)
    await browser.send(SIGN_UP, button='name="code"', code=await village.code(STRANGER))
    async with village.database.reading() as db:
        assert (await db.scalars(select(Call.area_id))).one() == other.area.id
