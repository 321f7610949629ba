"""What a browser is told so that it can keep pages, and must forget them."""

import json
import re
from datetime import timedelta

import pytest

from app import assets, clock
from tests.routes.phone.conftest import LI, WANG, Browser, proved
from tests.village import Village

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
MOST_BYTES = 6_400  # of the worker, before packing


async def _whose(browser: Browser, path: str) -> str:
    return str((await browser.client.get(path, follow_redirects=False)).headers.get("kept-for", ""))


async def test_a_page_says_for_whom_it_may_be_kept(village: Village, browser: Browser) -> None:
    for name, phone in (("王秀英", WANG), ("李建国", LI)):
        await village.neighbour(name, phone)
    await village.job()
    assert await _whose(browser, "/jobs") == await _whose(browser, "/jobs/10") == "all"
    sessions = []
    for phone in (WANG, WANG, LI):
        await proved(browser, village, phone)
        sessions.append(await _whose(browser, "/me"))
        assert await _whose(browser, "/jobs/10") == sessions[-1]
        await browser.open("/me")
        await browser.send("/me/forget")
        assert await _whose(browser, "/jobs/10") == "all"
        assert await _whose(browser, "/me") == ""
        clock.turn(clock.now() + timedelta(minutes=2))  # codes are not sent oftener
    assert len(set(sessions)) == 3
    assert all(re.fullmatch(r"me:[0-9a-f]{16}", session) for session in sessions)


async def test_a_step_of_proving_a_phone_is_never_kept(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await browser.open("/jobs/10")
    await browser.send("/jobs/10/signup", phone=WANG)
    for path in ("/login", "/jobs/10/signup"):
        assert await _whose(browser, path) == ""
    assert WANG in await browser.open("/jobs/10/signup")


async def test_whoever_leaves_clears_what_the_browser_holds(village: Village, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await proved(browser, village, WANG)
    page = await browser.open("/me")
    token = re.findall(r'_csrf_token" value="([^"]+)"', page)[-1]
    answer = await browser.client.post("/me/forget", data={"_csrf_token": token}, follow_redirects=False)
    assert answer.headers["clear-site-data"] == '"cache"'
    assert "phone=" in answer.headers["set-cookie"]


async def test_the_worker_is_small_and_of_today(browser: Browser) -> None:
    answer = await browser.client.get("/sw.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["service-worker-allowed"] == "/"
    assert len(answer.content) <= MOST_BYTES
    for name in ("phone.js", "htmx.min.js"):
        assert assets.asset(name) in answer.text
    assert "{#" not in answer.text
    assert "\n" not in answer.text


@pytest.mark.parametrize(("language", "name"), [("zh", "家门口的活"), ("en", "Work close to home")])
async def test_the_manifest_speaks_the_language_of_the_page(browser: Browser, language: str, name: str) -> None:
    page = await browser.open(f"/?lang={language}")
    found = re.search(r'<link rel="manifest" href="([^"]+)"', page)
    assert found
    said = json.loads((await browser.client.get(found[1])).text)
    assert (said["name"], said["display"], said["start_url"]) == (name, "standalone", "/")
    for icon in said["icons"]:
        answer = await browser.client.get(icon["src"])
        assert answer.headers["content-type"] == "image/svg+xml"


async def test_the_words_without_a_signal_are_nobodys(village: Village, browser: Browser) -> None:
    """Each piece of them stands between two remarks of its name, and no other piece is asked for."""
    await village.neighbour("王秀英", WANG)
    plain = await browser.open("/offline")
    await proved(browser, village, WANG)
    assert WANG[-4:] not in await browser.open("/offline")
    names = re.findall(r"<!--(\w+)-->", plain)
    assert sorted(set(names)) == sorted(names[::2]) == sorted(names[1::2])
    worker = (await browser.client.get("/sw.js")).text
    asked = re.findall(r'(?:say|instead)\((?:[\w.]+\?)?"(\w+)"(?::"(\w+)")?|out\?"(\w+)":"(\w+)"', worker)
    assert {name for found in asked for name in found if name} == set(names)


async def test_scripts_stay_small(browser: Browser) -> None:
    content = assets.read(assets.asset("phone.js").rpartition("/")[2])
    assert content
    assert len(content) <= 3_950
    assert not re.search(rb"=>|\b(let|const|async|await)\b|`", content)  # phones of 2014 read it
