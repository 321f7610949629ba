"""Forms that only our own pages can send, though a page that is the same for everybody holds nobody's token."""

import re
from typing import Any

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient

from app.csrf import first_step, masked
from app.settings import Settings
from tests.routes.phone.conftest import STRANGER, WANG, Browser, led_on, proved
from tests.village import Village

Client = AsyncTestClient[Any]
SIGN_UP = "/jobs/10/signup"


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def open_token(settings: Settings) -> str:
    """The token that stands on pages for everybody."""
    return first_step(settings.secret_key)


async def _send(client: Client, path: str, token: str, *, headers: dict[str, str] | None = None,
                **fields: str) -> Response:
    answer = await client.post(path, data={"_csrf_token": token, **fields}, headers=headers, follow_redirects=False)
    return await led_on(client, answer)


def _token(page: str) -> str:
    found = re.search(r'name="_csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


async def test_a_browser_that_was_never_here_makes_the_first_step(village: Village, client: Client, browser: Browser,
                                                                  open_token: str) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    page = await browser.open("/jobs/10")
    assert _token(page) == open_token
    assert not client.cookies
    page = await browser.send(SIGN_UP, phone=WANG)
    assert _token(page) != open_token
    assert "csrf" in client.cookies
    assert "报上了" in await browser.send(SIGN_UP, code=await village.code(WANG))


async def test_so_does_one_that_has_a_token_of_its_own(village: Village, client: Client, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await browser.open("/login")
    own = client.cookies["csrf"]
    await browser.open("/jobs/10")
    await browser.send(SIGN_UP, phone=WANG)
    assert client.cookies["csrf"] == own
    assert "报上了" in await browser.send(SIGN_UP, code=await village.code(WANG))


@pytest.mark.parametrize("cookie", ["old", "é" * 128, "0" * 128, "a" * 64 + "f" * 64])
async def test_and_one_whose_token_is_of_another_key(village: Village, client: Client, browser: Browser,
                                                     cookie: str) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    page = (await client.get("/jobs/10")).text
    answer = await client.post(SIGN_UP, data={"_csrf_token": _token(page), "area": "demo", "phone": WANG},
                               headers=[(b"cookie", f"csrf={cookie}".encode())], follow_redirects=False)
    assert answer.status_code == 303
    assert "csrf=" in answer.headers["set-cookie"]


async def test_the_code_needs_the_browsers_own_token(village: Village, client: Client, browser: Browser,
                                                     open_token: str) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await browser.open("/jobs/10")
    page = await browser.send(SIGN_UP, phone=WANG)
    code, own = await village.code(WANG), _token(page)
    for path in (SIGN_UP, "/login"):
        for token in (open_token, "", "x", masked("0" * 128), own[:-2], "é" * 86, own + own):
            answer = await _send(client, path, token, phone=WANG, code=code, area="demo")
            assert answer.status_code == 403, token
    assert (await _send(client, SIGN_UP, own, phone=WANG, code=code, area="demo")).status_code == 303


async def test_nobody_can_be_logged_in_from_elsewhere(village: Village, client: Client, open_token: str) -> None:
    """Somebody else's number and code, sent by another site's form: the browser must not become theirs."""
    await village.neighbour("李建国", STRANGER)
    assert (await _send(client, "/login", open_token, phone=STRANGER)).status_code == 200
    code = await village.code(STRANGER)
    client.cookies.clear()  # the browser of the one who is to be tricked
    for more in ({}, {"again": ""}):
        fields = {"_csrf_token": open_token, "phone": STRANGER, "code": code, **more}
        answer = await client.post("/login", data=fields, follow_redirects=False)
        assert answer.status_code == 403
        assert "phone" not in client.cookies


@pytest.mark.parametrize("headers", [
    {"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver.local"},
    {"Origin": "http://testserver.local.elsewhere.example"},
])
async def test_a_browser_that_says_that_the_form_is_from_elsewhere_is_believed(
        village: Village, client: Client, open_token: str, headers: dict[str, str]) -> None:
    await village.neighbour("王秀英", WANG)
    assert (await _send(client, "/login", open_token, headers=headers, phone=WANG)).status_code == 403
    assert await village.texts(WANG) == []


@pytest.mark.parametrize("headers", [
    {}, {"Origin": "http://testserver.local"}, {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver.local"},
    {"Sec-Fetch-Site": "none"},
])
async def test_one_that_says_that_it_is_from_here_too(village: Village, client: Client, open_token: str,
                                                      headers: dict[str, str]) -> None:
    await village.neighbour("王秀英", WANG)
    assert (await _send(client, "/login", open_token, headers=headers, phone=WANG)).status_code == 200
    assert len(await village.texts(WANG)) == 1


async def test_in_somebodys_name_nothing_is_done_with_the_open_token(village: Village, client: Client,
                                                                     browser: Browser, open_token: str) -> None:
    await village.neighbour("王秀英", WANG)
    job = await village.job()
    await proved(browser, village, WANG)
    for path in (SIGN_UP, "/login", "/jobs/10/cancel", "/me/who", "/me/forget"):
        answer = await _send(client, path, open_token, area="demo")
        assert answer.status_code in (303, 403), path
    assert await village.places(job) == []
    assert "phone" in client.cookies


async def test_a_page_that_was_open_since_before_leads_to_the_one_of_now(village: Village, client: Client,
                                                                        browser: Browser) -> None:
    """The job was open in one window while somebody proved the phone in another: nothing is done, and the page that
    is the person's own comes up."""
    await village.neighbour("王秀英", WANG)
    job = await village.job()
    before = await browser.open("/jobs/10")
    await proved(browser, village, WANG)
    browser.page = before
    await browser.send(SIGN_UP, phone=WANG)
    assert (browser.status, browser.path) == (200, "/jobs/10")
    assert await village.places(job) == []
    assert "报上了" in await browser.send(SIGN_UP)


@pytest.mark.parametrize("path", ["/jobs/10/cancel", "/me/who", "/me/forget", "/office/login", "/office/logout"])
async def test_other_forms_never_take_it(village: Village, client: Client, open_token: str, path: str) -> None:
    await village.job()
    assert (await _send(client, path, open_token)).status_code == 403


async def test_it_is_taken_in_a_form_only(village: Village, client: Client, open_token: str) -> None:
    await village.neighbour("王秀英", WANG)
    for send in ({"json": {"phone": WANG, "_csrf_token": open_token}},
                 {"json": {"phone": WANG}, "headers": {"X-CSRFToken": open_token}},
                 {"content": f"phone={WANG}&_csrf_token={open_token}", "headers": {"Content-Type": "text/plain"}}):
        assert (await client.post("/login", **send)).status_code == 403


async def test_a_page_shows_the_browsers_own_token_in_other_letters_each_time(village: Village, client: Client) -> None:
    pages = [(await client.get("/login")).text for _again in range(5)]
    tokens = [_token(page) for page in pages]
    assert len(set(tokens)) == 5
    assert not [page for page in pages if client.cookies["csrf"][:64] in page]
    for token in tokens:
        assert (await _send(client, "/login", token, phone="12")).status_code == 422


async def test_the_token_of_another_browser_is_not_ones_own(village: Village, client: Client) -> None:
    theirs = _token((await client.get("/login")).text)
    client.cookies.clear()
    await client.get("/login")
    assert (await _send(client, "/login", theirs, phone=WANG, code="123456")).status_code == 403


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
async def test_what_programs_ask_for_gives_no_cookie(client: Client, path: str) -> None:
    assert "set-cookie" not in (await client.get(path)).headers
