"""A personal link: opened once, by a browser in somebody's hand, by nobody else, and not for long."""

import asyncio
import logging
import re
from datetime import timedelta

import pytest
from httpx import AsyncClient
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from app import clock
from app.access import links
from app.access.links import Link
from app.access.sessions import PhoneSession
from tests.routes.conftest import rows
from tests.routes.phone.conftest import BY_HAND, LI, STRANGER, WANG, Browser, link_in, proved
from tests.village import Village

OVER = "这个链接打不开了"


@pytest.fixture
def other(client: AsyncTestClient) -> AsyncClient:  # type: ignore[type-arg]
    """A second device."""
    return AsyncClient(transport=client._transport, base_url=client.base_url)


async def _asked(village: Village, browser: Browser, phone: str = WANG) -> str:
    await browser.open("/login")
    await browser.send("/login", phone=phone, link="1")
    return await link_in(village, phone)


async def test_a_link_opens_signed_in(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    path = await _asked(village, browser)
    assert f"我们给 {WANG} 发了短信" in browser.page
    answer = await browser.client.get(path, headers=BY_HAND, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "您还没有报名" in await browser.open("/me")


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("headers", [
    {}, {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    {**BY_HAND, "Sec-Fetch-User": ""}, {**BY_HAND, "Sec-Fetch-Site": "cross-site"},
    {**BY_HAND, "Sec-Purpose": "prefetch"}, {**BY_HAND, "Sec-Fetch-Dest": "iframe"}])
async def test_whatever_looks_beforehand_uses_nothing_up(village: Village, browser: Browser,
                                                         headers: dict[str, str]) -> None:
    await village.neighbour("王秀英", WANG)
    path = await _asked(village, browser)
    for _time in range(2):
        looked = await browser.client.get(path, headers=headers, follow_redirects=False)
        assert looked.status_code == 200
        assert "打开我的网页" in looked.text
        assert (await browser.client.head(path, headers=headers)).status_code == 200
    await browser.open(path)
    await browser.send(path)
    assert browser.path == "/me"
    assert "您还没有报名" in browser.page


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_link_leads_to_the_work_that_was_looked_at(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await browser.open("/jobs/10/signup")
    await browser.open("/jobs/10")
    answer = await browser.client.post("/jobs/10/signup", data={
        "_csrf_token": _token(browser.page), "area": "demo", "phone": WANG, "link": "1"})
    assert "请看短信" in answer.text
    opened = await browser.client.get(await link_in(village, WANG), headers=BY_HAND, follow_redirects=False)
    assert opened.headers["location"] == "/jobs/10?area=demo"


async def test_used_old_and_unknown_links_get_the_same_words(village: Village, browser: Browser,
                                                             other: AsyncClient) -> None:
    await village.neighbour("王秀英", WANG)
    used = await _asked(village, browser)
    await browser.client.get(used, headers=BY_HAND)
    clock.turn(clock.now() + timedelta(minutes=2))
    async with village.database.session() as db:
        old = (await links.make(db, "+86" + LI)).removeprefix("http://127.0.0.1:8000")
    clock.turn(clock.now() + timedelta(minutes=15, seconds=1))
    said = [await other.get(path, headers=BY_HAND, follow_redirects=False) for path in (used, old, "/l/" + "a" * 20)]
    assert {answer.status_code for answer in said} == {410}
    bodies = {re.sub(r"/l/\w+", "/l/", answer.text) for answer in said}
    assert len(bodies) == 1
    assert OVER in said[0].text
    assert 'href="/login"' in said[0].text


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_who_is_in_already_just_goes_on(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    path = await _asked(village, browser)
    for _time in range(2):
        again = await browser.client.get(path, headers=BY_HAND, follow_redirects=False)
        assert (again.status_code, again.headers["location"]) == (303, "/me")


async def test_of_two_who_open_it_at_once_one_wins(village: Village, browser: Browser, other: AsyncClient) -> None:
    await village.neighbour("王秀英", WANG)
    path = await _asked(village, browser)
    answers = await asyncio.gather(*(client.get(path, headers=BY_HAND, follow_redirects=False)
                                     for client in (browser.client, other)))
    assert sorted(answer.status_code for answer in answers) == [303, 410]
    assert len(await rows(village.database, select(PhoneSession))) == 1


async def test_a_button_pressed_twice_is_pressed_once(village: Village, browser: Browser, other: AsyncClient) -> None:
    await village.neighbour("王秀英", WANG)
    path = await _asked(village, browser)
    page = await browser.open(path)
    for _time in range(2):
        browser.client.cookies.delete("phone") if "phone" in browser.client.cookies else None
        pressed = await browser.client.post(path, data={"_csrf_token": _token(page)}, follow_redirects=False)
        assert pressed.status_code == 303
        assert "phone=" in pressed.headers["set-cookie"]
    theirs = _token((await other.get("/login")).text)
    assert (await other.post(path, data={"_csrf_token": theirs}, follow_redirects=True)).status_code == 410


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_on_a_shared_phone_the_link_of_one_is_theirs(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    zhang = await village.neighbour("张建国", WANG)
    [asked] = await village.says(WANG, "网页")
    assert asked == "要谁的网页?回1 王秀英 回2 张建国"
    [told] = await village.says(WANG, "2")
    path = told[told.index("/l/"):]
    await browser.client.get(path, headers=BY_HAND, follow_redirects=False)
    [session] = await rows(village.database, select(PhoneSession))
    assert session.resident_id == zhang.id
    assert "张建国 (我就是)" in await browser.open("/me") or "张建国" in browser.page


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_shared_phone_is_asked_who_after_a_link_from_the_page(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.neighbour("张建国", WANG)
    await browser.client.get(await _asked(village, browser), headers=BY_HAND)
    assert "现在是谁在用手机" in await browser.open("/me/known") or "谁" in browser.page
    assert 'name="to" value="/me/known"' in browser.page


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("text", ["网页", "LINK", "给我发个链接"])
async def test_a_text_asks_for_a_link(village: Village, browser: Browser, text: str) -> None:
    await village.neighbour("王秀英", WANG)
    [told] = await village.says(WANG, text)
    assert told.startswith("您的网页,15分钟内点开:http://127.0.0.1:8000/l/")
    assert (await browser.client.get(told[told.index("/l/"):], headers=BY_HAND,
                                     follow_redirects=False)).status_code == 303


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_links_share_the_limits_of_codes(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    first = await browser.open("/login")
    await browser.send("/login", phone=WANG, link="1")
    browser.page = first
    page = await browser.send("/login", phone=WANG, link="1")
    assert browser.status == 429
    assert "刚给这个手机发过短信" in page
    assert f'value="{WANG}"' in page
    assert len(await village.texts(WANG)) == 1


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_page_tells_nobody_who_is_known(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    first = await browser.open("/login")
    known = await browser.send("/login", phone=WANG, link="1")
    browser.page = first
    unknown = await browser.send("/login", phone=STRANGER, link="1")
    token = re.compile('name="_csrf_token" value="[^"]+"')  # looks different in each answer
    assert token.sub("", known.replace(WANG, "")) == token.sub("", unknown.replace(STRANGER, ""))


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_only_a_keyed_hash_of_it_is_kept(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    path = await _asked(village, browser)
    [link] = await rows(village.database, select(Link))
    assert path.removeprefix("/l/") not in repr(vars(link))
    assert len(link.token_hash) == 64


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_number_that_is_somebody_elses_now_opens_nothing(village: Village, browser: Browser) -> None:
    wang = await village.neighbour("王秀英", WANG)
    path = await _asked(village, browser)
    async with village.database.session() as db:
        (await db.merge(wang, load=True)).phone = None
    assert (await browser.client.get(path, headers=BY_HAND, follow_redirects=False)).status_code == 410


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_the_language_chosen_on_the_page_becomes_the_persons(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await browser.open("/login?lang=en")
    await proved(browser, village, WANG)
    assert (await village.says(WANG, "我的"))[0].startswith("You have not signed up")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_on_a_shared_phone_it_becomes_nobodys(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.neighbour("张建国", WANG)
    await browser.open("/login?lang=en")
    await proved(browser, village, WANG)
    assert (await village.says(WANG, "我的"))[0].startswith("您现在没有报名")


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_link_stands_in_no_log(village: Village, browser: Browser, monkeypatch: pytest.MonkeyPatch,
                                       caplog: pytest.LogCaptureFixture) -> None:
    async def breaks(_db: object, token: str, **_facts: object) -> None:
        raise ValueError(token)

    await village.neighbour("王秀英", WANG)
    path = await _asked(village, browser)
    monkeypatch.setattr(links, "use", breaks)
    caplog.clear()
    caplog.set_level("INFO")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the caller of these tests
    assert (await browser.client.get(path, headers=BY_HAND)).status_code == 500
    assert "failed: GET /l/{token}" in caplog.text
    assert path.removeprefix("/l/") not in caplog.text


def _token(page: str) -> str:
    found = re.search(r'name="_csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


async def test_nobody_else_keeps_a_client(client: AsyncTestClient) -> None:  # type: ignore[type-arg]
    """An address without a token is no page."""
    assert (await client.get("/l/", follow_redirects=False)).status_code == 404
