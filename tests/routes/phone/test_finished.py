"""Pages without anybody's data: made once for all who ask for the same, and never older than what they show."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import brotli
import pytest
from httpx import Response
from litestar import get
from litestar.testing import AsyncTestClient

from app import clock
from app.arguments import AnyRequest
from app.db import Database
from app.finished import Leak, Site
from app.jobs import jobs
from app.main import create_app
from app.pages import page
from app.settings import Settings
from app.shelf import Shelf
from app.versions import Version
from tests.routes.phone.conftest import LI, WANG, Browser, proved
from tests.village import Village, settle

Client = AsyncTestClient[Any]


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def made(client: Client, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that a route was asked for, since the test began."""
    paths: list[str] = []
    make = Site._made

    async def noted(self: Site, stranger: Any, door: Any) -> Any:
        paths.append(stranger.path)
        return await make(self, stranger, door)

    monkeypatch.setattr(Site, "_made", noted)
    return paths


async def _get(client: Client, path: str, **headers: str) -> Response:
    """As a browser that never was here."""
    client.cookies.clear()
    return await client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


async def test_a_page_is_made_once_for_everybody(village: Village, client: Client, made: list[str]) -> None:
    await village.job()
    pages = [await _get(client, path) for path in ("/jobs", "/jobs", "/jobs?page=1", "/jobs?utm=x&page=1")]
    assert made == ["/jobs", "/jobs"]
    assert pages[0].text == pages[1].text
    assert pages[2].text == pages[3].text
    for answer in pages:
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "public, max-age=5"
        assert {"Accept-Encoding", "Cookie", "HX-Request"} <= set(answer.headers["vary"].split(", "))


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_a_sign_up_by_text_changes_the_places_at_once(village: Village, client: Client) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    for left in ("还有12个名额", "还有11个名额"):
        for path in ("/", "/jobs", "/jobs/10"):
            assert left in (await _get(client, path)).text
            assert left in (await _get(client, path)).text
        await village.says(WANG, "报名10")


async def test_an_employer_and_a_place_of_another_name_are_seen(village: Village, client: Client) -> None:
    job = await village.job()
    assert "2号厂房" in (await _get(client, "/jobs/10")).text
    async with village.database.session() as db:
        found = await jobs.get(db, job.id)
        assert found
        found.place, found.employer.name = "3号厂房", "另一家合作社"
    page = (await _get(client, "/jobs/10")).text
    assert "3号厂房" in page
    assert "另一家合作社" in page


async def test_what_one_person_sees_is_on_no_shelf(village: Village, client: Client, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.neighbour("王小明", WANG)
    await village.job()
    await proved(browser, village, WANG)
    page = await browser.open("/jobs/10")
    assert "王秀英" in await browser.send("/jobs/10/signup")
    mine = await client.get("/jobs/10")
    assert mine.headers["cache-control"] == "no-store"
    for path in ("/jobs/10", "/jobs/10?area=demo", "/", "/jobs"):
        for headers in ({}, {"HX-Request": "true"}):
            shown = await client.get(path, headers=headers)
            assert "王秀英" not in shown.text
            kept = list(client.cookies.jar)
            stranger = await _get(client, path, **headers)
            assert "王秀英" not in stranger.text
            for cookie in kept:
                client.cookies.jar.set_cookie(cookie)
    assert 'name="phone"' not in page


async def test_a_stranger_first_does_not_change_what_one_person_sees(village: Village, client: Client,
                                                                     browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await _get(client, "/jobs/10")
    await proved(browser, village, WANG)
    assert 'name="phone"' not in await browser.open("/jobs/10")
    assert "报上了" in await browser.send("/jobs/10/signup")


async def test_languages_sizes_and_communities_do_not_mix(village: Village, client: Client) -> None:
    other = await settle(village.database, "other", "柳陂社区")
    await village.job("香菇分拣")
    await other.job("织袜挡车")
    seen = {}
    for lang in ("zh", "en"):
        for size in ("20", "30"):
            for area in ("demo", "other"):
                cookie = f"lang={lang}; size={size}; area={area}"
                seen[cookie] = (await _get(client, "/jobs", Cookie=cookie)).text
                assert ("香菇分拣" in seen[cookie], "织袜挡车" in seen[cookie]) == (area == "demo", area == "other")
                assert ('lang="en"' in seen[cookie][:60]) == (lang == "en")
                assert ('class="s30"' in seen[cookie][:80]) == (size == "30")
    assert len(set(seen.values())) == 8
    for cookie, text in seen.items():
        assert (await _get(client, "/jobs", Cookie=f"x=1; {cookie}; csrf=abc")).text == text


async def test_what_the_address_prefers_is_remembered_and_kept_by_nobody(village: Village, client: Client,
                                                                        made: list[str]) -> None:
    await village.job()
    for _again in range(2):
        answer = await _get(client, "/jobs?lang=en&size=30&area=demo")
        assert {cookie.name: cookie.value for cookie in client.cookies.jar} == {
            "lang": "en", "size": "30", "area": "demo"}
        assert answer.headers["cache-control"] == "private, no-cache"
    assert made == ["/jobs"]
    assert "All work" in (await client.get("/jobs")).text


async def test_a_piece_is_not_the_page(village: Village, client: Client) -> None:
    await village.job()
    for _again in range(2):
        whole = await _get(client, "/jobs/10")
        piece = await _get(client, "/jobs/10", HX_Request="true")
        restored = await _get(client, "/jobs/10", HX_Request="true", HX_History_Restore_Request="true")
        assert restored.text == whole.text
        assert "<html" in whole.text
        assert "<html" not in piece.text
        assert "还有12个名额" in piece.text


async def test_at_midnight_tomorrow_becomes_today(village: Village, client: Client) -> None:
    evening = clock.at(clock.today() + timedelta(days=1), time(23, 59, 50))
    clock.turn(evening)
    await village.job(starts_at=evening + timedelta(hours=9))
    assert "明早8点59分" in (await _get(client, "/jobs")).text
    clock.turn(evening + timedelta(seconds=11))
    assert "今早8点59分" in (await _get(client, "/jobs")).text


async def test_work_that_begins_is_seen_though_nobody_changed_anything(village: Village, client: Client) -> None:
    job = await village.job()
    clock.turn(job.starts_at - timedelta(seconds=5))
    assert "我要报名" in (await _get(client, "/jobs/10")).text
    clock.turn(job.starts_at + timedelta(seconds=16))
    assert "我要报名" not in (await _get(client, "/jobs/10")).text


async def test_many_who_ask_at_once_wait_for_one_page(village: Village, client: Client, made: list[str]) -> None:
    await village.job()
    answers = await asyncio.gather(*(client.get("/jobs") for _ in range(8)))
    assert made == ["/jobs"]
    assert len({answer.text for answer in answers}) == 1


async def test_an_answer_that_is_no_page_is_not_kept(village: Village, client: Client, made: list[str]) -> None:
    for _again in range(2):
        missing = await _get(client, "/jobs/99")
        assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-store")
    assert made == ["/jobs/99"] * 2
    await village.job()
    assert (await _get(client, "/jobs/10")).status_code == 200


async def test_each_encoding_has_its_bytes_and_its_tag(village: Village, client: Client) -> None:
    await village.job()
    tags = {}
    for accepted, encoding in (("br, gzip", "br"), ("gzip", "gzip"), ("identity", None), ("br;q=0, gzip;q=0", None)):
        answer = await _get(client, "/jobs", Accept_Encoding=accepted)
        assert answer.headers.get("content-encoding") == encoding
        assert "香菇分拣" in answer.text
        tags[encoding] = answer.headers["etag"]
        async with client.stream("GET", "/jobs", headers={"Accept-Encoding": accepted}) as raw:
            sent = b"".join([part async for part in raw.aiter_raw()])
        assert len(sent) == int(answer.headers["content-length"])
        if encoding == "br":
            assert "香菇分拣" in brotli.decompress(sent).decode()
        head = await client.head("/jobs", headers={"Accept-Encoding": accepted})
        assert head.content == b""
        assert {**head.headers} == {**answer.headers}
    assert len(set(tags.values())) == 3
    assert all(tag.startswith('"') for tag in tags.values())


async def test_what_the_browser_has_already_is_not_sent_again(village: Village, client: Client) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    tag = (await _get(client, "/jobs", Accept_Encoding="br")).headers["etag"]
    for asked in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = await _get(client, "/jobs", Accept_Encoding="br", If_None_Match=asked)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
        assert answer.headers["cache-control"] == "public, max-age=5"
        assert "Cookie" in answer.headers["vary"]
    assert (await _get(client, "/jobs", Accept_Encoding="gzip", If_None_Match=tag)).status_code == 200
    await village.says(WANG, "报名10")
    answer = await _get(client, "/jobs", Accept_Encoding="br", If_None_Match=tag)
    assert (answer.status_code, answer.headers["etag"] != tag) == (200, True)


async def test_a_page_that_many_want_becomes_smaller(village: Village, client: Client) -> None:
    await village.job()
    first = await _get(client, "/jobs", Accept_Encoding="br")
    for _again in range(200):
        last = await _get(client, "/jobs", Accept_Encoding="br")
        if last.headers["etag"] != first.headers["etag"]:
            break
        await asyncio.sleep(0.05)
    assert int(last.headers["content-length"]) < int(first.headers["content-length"])
    assert last.text == first.text


async def test_a_page_that_may_change_with_ones_sign_up_is_asked_for_again(village: Village, client: Client) -> None:
    await village.job()
    assert (await _get(client, "/jobs/10")).headers["cache-control"] == "public, max-age=0, s-maxage=5"


async def test_one_persons_page_comes_packed_too(village: Village, client: Client, browser: Browser) -> None:
    await village.neighbour("王秀英", WANG)
    await village.job()
    await proved(browser, village, WANG)
    for path in ("/me", "/jobs/10"):
        answer = await client.get(path, headers={"Accept-Encoding": "br, gzip"})
        assert (answer.headers["content-encoding"], answer.headers["cache-control"]) == ("gzip", "no-store")
        assert "Accept-Encoding" in answer.headers["vary"]
        assert "etag" not in answer.headers


async def test_while_the_database_is_away_nothing_old_is_shown_as_new(village: Village, client: Client,
                                                                     settings: Settings) -> None:
    await village.job()
    assert (await _get(client, "/jobs")).status_code == 200
    there, kept = client.app.state.database, client.app.state.shelf._version
    away = Database(replace(settings, database_url="postgresql+asyncpg://nobody@127.0.0.1:1/none"))
    client.app.state.database, client.app.state.shelf._version = away, Version(away)
    answer = await _get(client, "/jobs")
    assert (answer.status_code, answer.headers["retry-after"], answer.headers["cache-control"]) == (
        503, "5", "no-store")
    client.app.state.database, client.app.state.shelf._version = there, kept
    assert (await _get(client, "/jobs")).status_code == 200
    await away.close()


@pytest.fixture
async def careless(database_url: str, settings: Settings) -> AsyncIterator[Client]:
    """An application with routes that promise what they do not hold."""
    @get("/cookie", opt={"finished": True})
    async def cookie(request: AnyRequest) -> Any:
        response = page(request, "layouts/sentence.html", sentence="x", before="", block="sentence")
        response.set_cookie("phone", "secret")
        return response

    @get("/kept", opt={"finished": True})
    async def kept(request: AnyRequest) -> Any:
        return page(request, "layouts/sentence.html", sentence="x", before="", headers={"Cache-Control": "no-store"})

    @get("/who", opt={"finished": True})
    async def who(request: AnyRequest) -> Any:
        said = f"{sorted(request.cookies)} {request.client} {sorted(dict(request.headers))}"
        return page(request, "layouts/sentence.html", sentence=said, before="")

    app = create_app(replace(settings, database_url=database_url), dispatch=False)
    for handler in (cookie, kept, who):
        app.register(handler)
    assert isinstance(app, Site)
    app.know_doors()
    async with AsyncTestClient(app) as opened:
        yield opened


async def test_a_route_that_gives_something_away_is_a_bug_and_shown_to_nobody(careless: Client) -> None:
    for path in ("/cookie", "/kept"):
        with pytest.raises(Leak):
            await _get(careless, path)


async def test_a_route_of_finished_pages_is_told_nothing_about_who_asks(careless: Client) -> None:
    answer = await _get(careless, "/who", Cookie="phone=a; staff=b; csrf=c; asked=d; lang=en", User_Agent="x",
                        Referer="http://testserver.local/jobs", Authorization="y", X_Forwarded_For="1.2.3.4")
    assert "&#39;lang&#39;] None [&#39;cookie&#39;, &#39;host&#39;]" in answer.text


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_two_processes_show_the_same(village: Village, client: Client, settings: Settings, database_url: str,
                                           browser: Browser) -> None:
    """Each has a shelf of its own; the database tells both."""
    await village.neighbour("王秀英", WANG)
    await village.neighbour("李建国", LI)
    await village.job()
    async with AsyncTestClient(create_app(replace(settings, database_url=database_url), dispatch=False)) as other:
        for answer in (await client.get("/jobs"), await other.get("/jobs")):
            assert "还有12个名额" in answer.text
        await proved(browser, village, WANG)
        await browser.open("/jobs/10")
        await browser.send("/jobs/10/signup")
        for answer in (await client.get("/jobs"), await other.get("/jobs")):
            assert "还有11个名额" in answer.text
        assert isinstance(other.app.state.shelf, Shelf)
        assert other.app.state.shelf is not client.app.state.shelf


async def test_no_other_site_shows_our_pages_or_learns_where_somebody_was(village: Village, client: Client) -> None:
    await village.job()
    for path in ("/", "/jobs/10", "/nothing", "/login", "/office/login", "/l/none"):
        answer = await _get(client, path)
        assert answer.headers["x-frame-options"] == "DENY", path
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["referrer-policy"] == ("no-referrer" if path == "/l/none" else "same-origin"), path


async def test_what_no_person_types_is_not_remembered(village: Village, client: Client, made: list[str]) -> None:
    await village.job()
    assert (await _get(client, f"/jobs?q={'x' * 3000}")).status_code == 200
    assert made == []
