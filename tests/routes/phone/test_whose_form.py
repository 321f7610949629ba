"""A form means the person and the work that it was made for, whoever holds the phone when it is sent, however often it
comes, and whatever has that number by then."""

from datetime import timedelta

import pytest

from app import clock
from app.listings import listings, signups
from app.listings.listings import State
from app.listings.signups import Place, Via
from app.occasions.occasions import Kind
from app.residents import residents
from app.residents.residents import Resident
from tests.routes.phone.conftest import BY_HAND, LI, WANG, Browser, fields_of, link_in, proved
from tests.stories.acts import moment
from tests.village import Village

ZHANG = "张建国"
SIGN_UP, CANCEL = "/jobs/10/signup", "/jobs/10/cancel"


async def _again(village: Village, resident: Resident) -> Resident:
    async with village.database.reading() as db:
        found = await residents.get(db, resident.id)
    assert found
    return found


async def _two_on_one_phone(village: Village, browser: Browser) -> tuple[Resident, Resident]:
    """Wang holds it."""
    wang, zhang = await village.neighbour("王秀英", WANG), await village.neighbour(ZHANG, WANG)
    await proved(browser, village, WANG)
    await browser.open("/me")
    await browser.send("/me/who", resident=str(wang.id))
    return wang, zhang


async def test_delete_me_sent_twice_deletes_nobody_else(village: Village, browser: Browser) -> None:
    wang, zhang = await _two_on_one_phone(village, browser)
    form = fields_of(await browser.open("/me/delete"), "/me/delete")
    page = await browser.send("/me/delete")
    assert browser.path.startswith("/again/")
    assert "/me?lang=en" in page  # not to the question whether to delete Zhang
    assert "/me/delete" not in page
    for _time in range(2):
        await browser.client.post("/me/delete", data=form)
    assert (await _again(village, wang)).left_at is not None
    assert (await _again(village, zhang)).left_at is None
    await browser.open(f"/me/delete?resident={wang.id}")  # back, in the browser
    assert browser.path == "/me"
    await browser.open("/me/known")
    assert f"/me/delete?resident={zhang.id}" in browser.page


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_with_scripts_the_address_is_not_that_of_the_question_either(village: Village, browser: Browser) -> None:
    await _two_on_one_phone(village, browser)
    form = fields_of(await browser.open("/me/delete"), "/me/delete")
    answer = await browser.client.post("/me/delete", data=form, headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert answer.headers["HX-Push-Url"] == "/me"
    assert "王秀英" in answer.text
    assert ZHANG not in answer.text


async def test_delete_me_means_whom_the_page_named(village: Village, browser: Browser) -> None:
    """In one window Wang was asked, in another one Zhang took the phone."""
    wang, zhang = await _two_on_one_phone(village, browser)
    form = fields_of(await browser.open("/me/delete"), "/me/delete")
    await browser.open("/me")
    await browser.send("/me/who", resident=str(zhang.id))
    await browser.client.post("/me/delete", data=form)
    assert (await _again(village, wang)).left_at is not None
    assert (await _again(village, zhang)).left_at is None


@pytest.mark.parametrize("path", ["/me/language", "/me/words/wish", "/me/correct", "/me/delete"])
@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_page_says_whose_it_is(village: Village, browser: Browser, path: str) -> None:
    await _two_on_one_phone(village, browser)
    page = await browser.open(path)
    assert "王秀英" in page
    assert ZHANG not in page


async def test_for_somebody_who_is_not_on_the_phone_any_more_nobody_else_is_signed_up(
        village: Village, browser: Browser) -> None:
    wang, _zhang = await _two_on_one_phone(village, browser)
    job = await village.job()
    form = fields_of(await browser.open("/jobs/10"), SIGN_UP)
    async with village.database.session() as db:
        (await db.merge(wang)).phone = None
    late = await browser.client.post(SIGN_UP, data={**form, "late": "600"})
    assert (late.status_code, late.headers["content-type"]) == (422, "text/plain; charset=utf-8")
    assert "谁去" in (await browser.client.post(SIGN_UP, data=form)).text
    assert await village.places(job) == []


async def test_a_late_form_whose_phone_has_nobody_left_gets_a_sentence(village: Village, browser: Browser) -> None:
    wang, job = await village.neighbour("王秀英", WANG), await village.job()
    await proved(browser, village, WANG)
    form = fields_of(await browser.open("/jobs/10"), SIGN_UP)
    async with village.database.session() as db:
        (await db.merge(wang)).phone = None
    late = await browser.client.post(SIGN_UP, data={**form, "late": "600"})
    assert (late.status_code, late.headers["content-type"]) == (422, "text/plain; charset=utf-8")
    assert await village.places(job) == []


async def test_who_goes_is_asked_again_where_the_answer_got_lost(village: Village, browser: Browser) -> None:
    """A script that sends a form leaves out the button that was pressed."""
    await _two_on_one_phone(village, browser)
    job = await village.job()
    await browser.open("/jobs/10")
    page = await browser.send(SIGN_UP, button='value="ask"')
    assert "谁去" in page
    assert "谁去" in (await browser.client.post(SIGN_UP, data=fields_of(page, SIGN_UP))).text
    assert await village.places(job) == []


async def test_to_sign_up_somebody_else_does_not_make_one_that_person(village: Village, browser: Browser) -> None:
    wang, zhang = await _two_on_one_phone(village, browser)
    job = await village.job()
    await browser.open("/jobs/10")
    await browser.send(SIGN_UP, resident=str(zhang.id))
    assert await village.places(job) == [(ZHANG, Place.TAKEN)]
    await browser.open("/me/language")
    await browser.send("/me/language", language="en")
    assert [(await _again(village, one)).language for one in (wang, zhang)] == ["en", "zh"]


async def test_a_form_that_was_kept_means_what_had_the_number_then(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    old = await village.job()
    await proved(browser, village, WANG)
    form = fields_of(await browser.open("/jobs/10"), SIGN_UP)
    async with village.database.session() as db:
        row = await db.merge(old)
        row.state, row.closed_at = State.CLOSED, moment("2026-01-01 12:00")
        row.starts_at, row.ends_at = moment("2026-01-01 07:00"), moment("2026-01-01 12:00")
    new = await village.job("搬砖")
    assert new.number == old.number
    late = await browser.client.post(SIGN_UP, data={**form, "late": "300"})
    assert late.status_code == 422
    assert (await browser.client.post(SIGN_UP, data=form)).status_code == 404
    assert await village.places(new) == []


async def test_a_number_comes_back_once_its_listing_is_over(village: Village, browser: Browser) -> None:
    """Closed for sign-ups long before, the bus still has its people, who cancel by its number."""
    wang = await village.neighbour("王秀英", WANG)
    bus = await village.occasion(Kind.BUS, "返岗大巴", starts_at=clock.now() + timedelta(days=45))
    async with village.database.session() as db:
        await signups.sign_up(db, await db.merge(bus), await db.merge(wang), via=Via.PAGE)
        row = await db.merge(bus)
        row.state, row.closed_at = State.CLOSED, clock.now()
    clock.turn(clock.now() + timedelta(days=31))
    async with village.database.session() as db:
        assert await listings.free_number(db, village.area) == bus.number + 1
    await proved(browser, village, WANG)
    await browser.open("/me")
    await browser.send(CANCEL)
    assert await village.places(bus) == [("王秀英", Place.CANCELLED)]


async def test_the_same_code_twice_from_one_browser_is_one_log_in(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await browser.open("/login")
    page = await browser.send("/login", phone=WANG)
    form = {**fields_of(page, "/login", having='name="code"'), "code": await village.code(WANG)}
    answers = [await browser.client.post("/login", data=form, follow_redirects=False) for _press in range(2)]
    assert [answer.headers.get("location") for answer in answers] == ["/me", "/me"]
    browser.client.cookies.clear()  # another browser, which read the code over somebody's shoulder
    form["_csrf_token"] = fields_of(await browser.open("/login"), "/login")["_csrf_token"]
    assert "不能用了" in (await browser.client.post("/login", data=form)).text


@pytest.mark.parametrize("path", ["/login", SIGN_UP])
async def test_where_the_log_in_is_over_an_answer_is_found_all_the_same(village: Village, browser: Browser,
                                                                        path: str) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await proved(browser, village, WANG)
    kept = browser.client.cookies["phone"]
    await browser.open("/me")
    await browser.send("/me/forget")
    browser.client.cookies.set("phone", kept)  # the answer that should have taken it away got lost
    await browser.open("/login" if path == "/login" else "/jobs/10")
    page = await browser.send(path, phone="123")
    assert "这不是手机号" in page


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_link_that_was_asked_for_from_a_fair_leads_there(village: Village, browser: Browser) -> None:
    await village.neighbour("李建国", LI)
    await village.occasion()
    await browser.open("/jobs/10")
    await browser.send(SIGN_UP, phone=LI, link="1")
    answer = await browser.client.get(await link_in(village, LI), headers=BY_HAND, follow_redirects=False)
    assert answer.headers["location"] == "/jobs/10?area=demo"


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_an_address_that_no_page_has_is_none(browser: Browser, village: Village) -> None:
    await browser.open("/again/%00")
    assert (browser.status, browser.path) == (200, "/")
