"""What answers a form has an address of its own, to which a browser without scripts goes back."""

from datetime import timedelta

import pytest
from httpx import AsyncClient
from litestar.testing import AsyncTestClient

from app import clock
from app.access import form_answers, sessions
from tests.routes.phone.conftest import LI, WANG, Browser, proved
from tests.village import Village


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_each_step_can_be_loaded_again(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    job = await village.job()
    await browser.open("/jobs/10")
    wrong = await browser.send("/jobs/10/signup", phone="123")
    wrong_at, wrong_status = browser.path, browser.status
    step = await browser.send("/jobs/10/signup", phone=WANG)
    step_at = browser.path
    assert wrong_status == 422
    assert await browser.open(wrong_at) == wrong
    assert browser.status == 422
    assert 'value="123"' in wrong
    assert await browser.open(step_at) == step
    assert browser.status == 200
    await browser.send("/jobs/10/signup", code=await village.code(WANG))
    assert browser.path.startswith("/jobs/10")
    assert [place for _name, place in await village.places(job)] == ["taken"]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_it_is_for_this_browser_and_for_half_an_hour(
        village: Village, browser: Browser, client: AsyncTestClient) -> None:  # type: ignore[type-arg]
    await browser.open("/login")
    await browser.send("/login", phone=LI)
    at = browser.path
    assert at.startswith("/again/")
    other = AsyncClient(transport=client._transport, base_url=client.base_url)
    answer = await other.get(at, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    clock.turn(clock.now() + form_answers.KEPT + timedelta(seconds=1))
    await browser.open(at)
    assert browser.path == "/"
    async with village.database.session() as db:
        await form_answers.forget_old(db)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_after_logging_out_nothing_can_be_gone_back_to(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await proved(browser, village, WANG)
    await browser.open("/jobs/10")
    first = dict(browser.client.cookies)
    await browser.open("/me")
    await browser.send("/me/forget")
    assert "csrf" in first
    assert browser.client.cookies.get("csrf") != first["csrf"]


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_htmx_and_browsers_without_cookies_are_answered_at_once(village: Village, browser: Browser) -> None:
    await browser.open("/login")
    token = browser.page.split('name="_csrf_token" value="')[1].split('"')[0]
    answer = await browser.client.post("/login", data={"_csrf_token": token, "phone": "1"},
                                       headers={"HX-Request": "true"}, follow_redirects=False)
    assert answer.status_code == 422



@pytest.mark.parametrize("engine", ["sqlite"])
async def test_what_was_said_to_somebody_goes_with_their_session(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await proved(browser, village, WANG)
    await browser.open("/me/correct")
    await browser.send("/me/correct", new="x" * 61)
    at = browser.path
    assert at.startswith("/again/")
    await browser.open(at)
    assert browser.path == at
    async with village.database.session() as db:
        await sessions.end(db, browser.client.cookies["phone"])
    await browser.open(at)
    assert browser.path == "/"


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_cookies_of_other_sites_undo_nothing(village: Village, browser: Browser) -> None:
    await browser.open("/login")
    browser.client.cookies.set("a/b", "1")
    await browser.send("/login", phone=LI)
    assert browser.status == 200
    assert browser.path.startswith("/again/")
    assert len(await village.texts(LI)) == 1


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_wrong_forms_fill_no_disk(village: Village, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form_answers, "MOST", 2)
    for path in ("/again/", "/again/", "/login"):
        await browser.open("/login")
        await browser.send("/login", phone="1")
        assert browser.path.startswith(path)
        assert browser.status == 422
